"""What is counted per class, and which metrics can be told from it."""

from __future__ import annotations

from abc import abstractmethod
from typing import NamedTuple

import torch

from ignite.metrics._classification import Kind
from ignite.metrics._derived import speaks_for_update
from ignite.metrics.functional.precision_recall import counts_of_matrix
from ignite.metrics.metric import Metric

__all__ = ["ClassCounts", "CountsClasses", "counted", "table_of", "table_shape"]

FEW = 64  # classes, up to which their matrix takes less time than the counts, and little memory


def table_shape(kind: Kind, num_classes: int) -> tuple[int, int]:
    """Return the shape of the table that is kept.

    It is the confusion matrix of few classes that exclude each other, that of binary data as ``(4,
    1)``; or else the counts ``(3, classes)`` that
    :mod:`ignite.metrics.functional.precision_recall` describes.
    """
    if kind == "binary":
        return 4, 1
    few = kind == "multiclass" and num_classes <= FEW
    return (num_classes if few else 3), num_classes


def table_of(matrix: torch.Tensor) -> torch.Tensor:
    """Return the table that is kept in place of a confusion matrix, perhaps itself."""
    return matrix if len(matrix) <= FEW else counts_of_matrix(matrix)


class ClassCounts(NamedTuple):
    """What a metric has counted.

    Attributes:
        table: as :func:`table_shape` says, int64; None before the first batch.
        num_examples: the positions that have a label, or if multilabel each a label per class.
        num_non_binary: the positions at which binary or multilabel values are refused.
        is_multilabel: whether a position may have several labels.
    """

    table: torch.Tensor | None
    num_examples: int
    num_non_binary: torch.Tensor
    is_multilabel: bool

    @property
    def is_binary(self) -> bool:
        """Whether the data is, of which class 1 is meant unless one asks for both."""
        return self.table is not None and self.table.shape[1] == 1

    def per_class(self) -> torch.Tensor:
        """Return the counts ``(3, classes)``, of both classes if binary."""
        if self.table is None:
            return torch.zeros(3, 0, dtype=torch.int64)
        if self.is_binary:
            return counts_of_matrix(self.table.view(2, 2))
        is_matrix = not self.is_multilabel and len(self.table) == self.table.shape[1]
        return counts_of_matrix(self.table) if is_matrix else self.table

    def num_correct(self) -> torch.Tensor:
        """Return for how many examples the class is right; not if multilabel."""
        return self.per_class()[0].sum()


class CountsClasses(Metric):
    """A metric of whose states follows what others count per class."""

    _is_multilabel: bool

    @abstractmethod
    def class_counts(self) -> ClassCounts | None:
        """Return what was counted, of tensors that may be the states themselves.

        None if classes are not counted; that depends on the metric's construction alone.
        """


def counted(metric: Metric, is_multilabel: bool) -> ClassCounts | None:
    """Return what a metric has counted; None if it does not count classes of that kind."""
    if (
        isinstance(metric, CountsClasses)
        and metric._is_multilabel == is_multilabel
        and speaks_for_update(metric, "class_counts")
    ):
        return metric.class_counts()
    return None
