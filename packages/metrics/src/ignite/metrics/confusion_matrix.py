"""The confusion matrix."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from ignite.metrics._classification import classify
from ignite.metrics.functional.confusion_matrix import (
    confusion_matrix_compute,
    confusion_matrix_update,
)
from ignite.metrics.metric import Metric, identity

__all__ = ["ConfusionMatrix"]


class ConfusionMatrix(Metric):
    """How often each class was taken for each: row the label, column the prediction.

    ``update`` takes ``(y_pred, y)``: scores (or one-hot predictions) of shape
    ``(batch, classes, ...)``, and integer labels ``(batch, ...)``. The prediction is the
    class of the highest score. Positions with a label outside 0..classes-1 are left out.

    Args:
        num_classes: at least 2.
        average: None, counts; ``"samples"``, counts per example of the batch dimension;
            ``"recall"``, each row divided by its sum; ``"precision"``, each column.
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        device: where the matrix lives.
        skip_unrolling: as in :class:`Metric`.

    Attributes:
        confusion_matrix: the counts of this rank, int64, ``(classes, classes)``.

    Raises:
        ValueError: a bad ``num_classes`` or ``average``.

    >>> metric = ConfusionMatrix(num_classes=2)
    >>> scores = torch.tensor([[0.9, 0.1], [0.2, 0.8], [0.7, 0.3]])
    >>> metric.update((scores, torch.tensor([0, 1, 1])))
    >>> metric.compute()
    tensor([[1, 0],
            [1, 1]])
    """

    confusion_matrix: torch.Tensor
    _num_examples: int

    def __init__(
        self,
        num_classes: int,
        average: str | None = None,
        output_transform: Callable[[Any], Any] = identity,
        device: str | torch.device = "cpu",
        skip_unrolling: bool = True,
    ) -> None:
        if not isinstance(num_classes, int) or num_classes < 2:
            raise ValueError(f"num_classes must be an integer of at least 2, got {num_classes!r}.")
        if average not in (None, "samples", "recall", "precision"):
            raise ValueError(
                f"Unknown average {average!r}; use None, 'samples', 'recall' or 'precision'."
            )
        self.num_classes = num_classes
        self.average = average
        super().__init__(output_transform, device, skip_unrolling)
        self.declare_state("confusion_matrix", "sum", shape=(num_classes, num_classes))
        self.declare_examples()

    def update(self, output: Sequence[torch.Tensor]) -> None:
        """Take in ``(y_pred, y)``.

        Raises:
            TypeError: not real tensors, or labels that are no integers.
            ValueError: shapes that do not fit together or to ``num_classes``.
        """
        y_pred, y = output
        kind, num_classes, y_pred, y = classify(y_pred, y, is_multilabel=False)
        if kind != "multiclass" or num_classes != self.num_classes:
            raise ValueError(
                f"Expected y_pred (batch, {self.num_classes}, ...) with y (batch, ...), got "
                f"y_pred {tuple(output[0].shape)} and y {tuple(y.shape)}."
            )
        if y.is_floating_point():
            raise TypeError(f"y holds integer labels, got {y.dtype}; convert it with y.long().")
        confusion_matrix_update(self.confusion_matrix, y_pred, y)
        self._num_examples += len(y)

    def compute(self) -> torch.Tensor:
        """Return the matrix ``(classes, classes)`` (collective).

        Returns:
            Counts as int64, or with ``average`` shares in the default floating dtype; a
            tensor of its own, that later updates leave alone.

        Raises:
            NotComputableError: no example was given on any rank.
        """
        if self.average is None:
            return self.confusion_matrix.clone()
        if self.average == "samples":
            return self.confusion_matrix / self._num_examples
        return confusion_matrix_compute(self.confusion_matrix, self.average)

    @staticmethod
    def normalize(matrix: torch.Tensor, average: str) -> torch.Tensor:
        """Return ``matrix`` with rows or columns that sum to 1.

        Args:
            matrix: counts ``(classes, classes)``.
            average: ``"recall"`` for rows, ``"precision"`` for columns.

        Raises:
            ValueError: another ``average``.
        """
        return confusion_matrix_compute(matrix, average)
