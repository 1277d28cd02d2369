"""The base of metrics that follow from what is counted per class."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

import torch

from ignite.metrics._class_counts import ClassCounts, CountsClasses, counted, table_shape
from ignite.metrics._classification import Kind, classify, moved
from ignite.metrics._derived import Derivable
from ignite.metrics._tables import table_in, total_of
from ignite.metrics.functional.confusion_matrix import confusion_matrix_update
from ignite.metrics.functional.precision_recall import (
    binary_matrix_update,
    multiclass_counts_update,
    multilabel_counts_update,
    precision_compute,
    recall_compute,
)
from ignite.metrics.functional.validation import count_non_binary
from ignite.metrics.interface import InvalidValuesError, Rows, StateValue
from ignite.metrics.metric import Metric, identity

__all__ = ["ClassTable", "PrecisionAndRecall"]


class ClassTable(CountsClasses, Derivable):
    """A metric that keeps one table of counts, whose shape :func:`table_shape` tells.

    Args:
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        is_multilabel: whether tensors of one shape are multilabel.
        device: where the counts live.
        skip_unrolling: as in :class:`Metric`.
    """

    _counts: Rows
    _num_examples: int
    _num_non_binary: torch.Tensor

    def __init__(
        self,
        output_transform: Callable[[Any], Any] = identity,
        is_multilabel: bool = False,
        device: str | torch.device = "cpu",
        skip_unrolling: bool = False,
    ) -> None:
        self._is_multilabel = is_multilabel
        super().__init__(output_transform, device, skip_unrolling)
        self._declare_counts()
        self.declare_examples()
        self.declare_invalid(
            "_num_non_binary",
            "At {count} positions y_pred or y is neither 0 nor 1; round probabilities in "
            "output_transform=, or give scores as (batch, classes, ...).",
        )

    def sharing_key(self) -> Hashable:
        """Whatever is computed of the table, it is accumulated alike."""
        return ClassTable, self._is_multilabel

    def states_from(self, other: Metric) -> Mapping[str, StateValue] | None:
        """Return the states, from any metric that counts the same classes."""
        found = counted(other, self._is_multilabel)
        if found is None:
            return None
        return {
            "_counts": None if found.table is None else found.table.unsqueeze(0),
            "_num_examples": found.num_examples,
            "_num_non_binary": found.num_non_binary,
        }

    def class_counts(self) -> ClassCounts | None:
        """Return what was counted."""
        return ClassCounts(
            total_of(self._counts), self._num_examples, self._num_non_binary, self._is_multilabel
        )

    def update(self, output: Sequence[torch.Tensor]) -> None:
        """Take in ``(y_pred, y)``.

        Raises:
            TypeError: not real tensors.
            ValueError: shapes that do not fit together, or another number of classes.
            RuntimeError: another kind than before.
        """
        y_pred, y = output
        kind, num_classes, y_pred, y = classify(y_pred, y, self._is_multilabel)
        self._add(kind, num_classes, y_pred, y)
        if kind != "multiclass":
            self._num_non_binary += moved(count_non_binary(y_pred, y), self._device)
        self._num_examples += y.numel() // num_classes if kind == "multilabel" else y.numel()

    def counts(self, both: bool) -> torch.Tensor:
        """Return the counts ``(3, classes)``.

        Args:
            both: whether those of binary data are to be of both classes; else of class 1 alone.

        Raises:
            InvalidValuesError: labels outside 0..classes-1.
        """
        found = self.class_counts()
        assert found is not None
        counts = found.per_class()
        if found.is_binary:
            return counts if both else counts[:, 1:]
        outside = self._num_examples - int(counts[2].sum())
        if outside and not self._is_multilabel:
            raise InvalidValuesError(
                f"{outside} labels are outside 0..{counts.shape[1] - 1}; leave such positions out "
                "in output_transform=, or give scores for more classes."
            )
        return counts

    def _declare_counts(self) -> None:
        self.declare_state("_counts", "cat", torch.int64, shape=None)

    def _add(self, kind: Kind, num_classes: int, y_pred: torch.Tensor, y: torch.Tensor) -> None:
        table = table_in(self._counts, table_shape(kind, num_classes), kind)
        if kind == "binary":
            binary_matrix_update(table, y_pred, y)
        elif kind == "multilabel":
            table += moved(multilabel_counts_update(y_pred, y), table.device)
        elif table.shape[1] == num_classes:
            confusion_matrix_update(table, y_pred, y)
        else:
            multiclass_counts_update(table[0], y_pred, y)


class PrecisionAndRecall(ClassTable):
    """Precision and recall together, for metrics of both.

    Args:
        both: whether binary data has a value for both classes; else for class 1 alone.
        kwargs: as for :class:`ClassTable`.
    """

    def __init__(self, both: bool, **kwargs: Any) -> None:
        self._both = both
        super().__init__(**kwargs)

    def compute(self) -> torch.Tensor:
        """Return float64 ``(2, classes)``, or of class 1 alone ``(2,)`` (collective).

        Raises:
            NotComputableError: no example was given on any rank.
            InvalidValuesError: binary or multilabel values other than 0 and 1, or labels outside
                0..classes-1.
        """
        counts = self.counts(self._both)
        value = torch.stack([precision_compute(counts), recall_compute(counts)])
        return value.squeeze(1) if counts.shape[1] == 1 else value
