"""The confusion matrix of each of several labels as a function."""

from __future__ import annotations

import torch

__all__ = ["multilabel_confusion_matrix_compute"]


def multilabel_confusion_matrix_compute(counts: torch.Tensor, num_examples: int) -> torch.Tensor:
    """Return for each class the true and false negatives and positives.

    Args:
        counts: int64, ``(3, classes)``; how often a class was predicted rightly, predicted, and
            was the label, as
            :func:`~ignite.metrics.functional.precision_recall.multilabel_counts_update` gives it.
        num_examples: of each class.

    Returns:
        int64, ``(classes, 2, 2)``: for each class ``[[true negatives, false positives],
        [false negatives, true positives]]``.

    >>> multilabel_confusion_matrix_compute(torch.tensor([[1], [3], [2]]), num_examples=10)
    tensor([[[6, 2],
             [1, 1]]])
    """
    right, predicted, actual = counts
    neither = num_examples - predicted - actual + right
    cells = torch.stack([neither, predicted - right, actual - right, right], dim=1)
    return cells.reshape(-1, 2, 2)
