"""Metrics as functions on tensors: no state, no engine, no ranks."""

from __future__ import annotations

from ignite.metrics.functional.accuracy import (
    accuracy_compute,
    binary_accuracy_update,
    multiclass_accuracy_update,
    multilabel_accuracy_update,
)
from ignite.metrics.functional.confusion_matrix import (
    confusion_matrix_compute,
    confusion_matrix_update,
)
from ignite.metrics.functional.validation import count_non_binary

__all__ = [
    "accuracy_compute",
    "binary_accuracy_update",
    "confusion_matrix_compute",
    "confusion_matrix_update",
    "count_non_binary",
    "multiclass_accuracy_update",
    "multilabel_accuracy_update",
]
