"""The confusion matrix, and metrics that are computed from it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from itertools import product
from typing import Any

import torch

from ignite.metrics._class_counts import ClassCounts, CountsClasses, table_of
from ignite.metrics._classification import classify
from ignite.metrics.functional.confusion_matrix import (
    confusion_matrix_compute,
    confusion_matrix_update,
    matrix_accuracy,
    matrix_dice,
    matrix_jaccard,
    matrix_precision,
    matrix_recall,
)
from ignite.metrics.metric import identity
from ignite.metrics.metrics_lambda import MetricsLambda

__all__ = [
    "ConfusionMatrix",
    "DiceCoefficient",
    "IoU",
    "JaccardIndex",
    "cmAccuracy",
    "cmPrecision",
    "cmRecall",
    "mIoU",
]


class ConfusionMatrix(CountsClasses):
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
    _num_labels: int
    _is_multilabel = False

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
        self.declare_state("_num_labels", "sum", int)

    def sharing_key(self) -> Hashable:
        """Two of the same classes accumulate alike."""
        return ConfusionMatrix, self.num_classes

    def class_counts(self) -> ClassCounts:
        """Return what was counted; labels outside 0..classes-1 are missing in the table alone."""
        none_refused = self.confusion_matrix.new_zeros(())
        table = table_of(self.confusion_matrix)
        return ClassCounts(table, self._num_labels, none_refused, is_multilabel=False)

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
        self._num_labels += y.numel()

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

    def plot(self, axes: Any | None = None) -> Any:
        """Draw the matrix with its values (collective); return the axes.

        Args:
            axes: of matplotlib, to draw in; None for those of a new figure.

        Raises:
            NotComputableError: no example was given on any rank.
            ImportError: matplotlib is not installed.
        """
        from ignite.metrics._plot import axes_or_new

        matrix = self.compute().cpu()
        axes = axes_or_new(axes)
        axes.imshow(matrix, cmap="Blues")
        axes.set(xlabel="prediction", ylabel="label")
        axes.set_xticks(range(self.num_classes))
        axes.set_yticks(range(self.num_classes))
        middle = matrix.max() / 2
        for row, column in product(range(self.num_classes), repeat=2):
            value = matrix[row, column]
            text = f"{value.item():.2f}" if matrix.is_floating_point() else str(value.item())
            color = "white" if value > middle else "black"
            axes.text(column, row, text, ha="center", va="center", color=color)
        return axes

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


def cmAccuracy(cm: ConfusionMatrix) -> MetricsLambda:  # noqa: N802 - a name that users know
    """Return a metric of the share of right predictions, float64 ``()``.

    Args:
        cm: of counts, ``average`` None or ``"samples"``; reset and updated with the metric.

    Raises:
        TypeError: not a confusion matrix.
        ValueError: its rows or columns are divided by their sums.
    """
    return _of_counts(matrix_accuracy, cm)


def cmPrecision(cm: ConfusionMatrix, average: bool = True) -> MetricsLambda:  # noqa: N802
    """Return a metric of the precision, float64 ``(classes,)``, or ``()`` if averaged.

    Args:
        cm: as for :func:`cmAccuracy`.
        average: whether to take the mean over classes.

    Raises:
        TypeError: not a confusion matrix.
        ValueError: its rows or columns are divided by their sums.
    """
    return _of_counts(matrix_precision, cm, average=average)


def cmRecall(cm: ConfusionMatrix, average: bool = True) -> MetricsLambda:  # noqa: N802
    """Return a metric of the recall, float64 ``(classes,)``, or ``()`` if averaged.

    Args:
        cm: as for :func:`cmAccuracy`.
        average: whether to take the mean over classes.

    Raises:
        TypeError: not a confusion matrix.
        ValueError: its rows or columns are divided by their sums.
    """
    return _of_counts(matrix_recall, cm, average=average)


def IoU(cm: ConfusionMatrix, ignore_index: int | None = None) -> MetricsLambda:  # noqa: N802
    """Return a metric of the intersection over union of each class, float64 ``(classes,)``.

    The Jaccard index of where a class is predicted and where it is the label; 0 if nowhere.

    Args:
        cm: as for :func:`cmAccuracy`.
        ignore_index: a class whose value is left out; its predictions and labels count.

    Raises:
        TypeError: not a confusion matrix.
        ValueError: its rows or columns are divided by their sums, or a bad ``ignore_index``.

    >>> metric = IoU(ConfusionMatrix(num_classes=2))
    >>> scores = torch.tensor([[0.9, 0.1], [0.2, 0.8], [0.7, 0.3]])
    >>> metric.update((scores, torch.tensor([0, 1, 1])))
    >>> metric.compute()
    tensor([0.5000, 0.5000], dtype=torch.float64)
    """
    return _of_counts(matrix_jaccard, cm, ignore_index)


def JaccardIndex(  # noqa: N802
    cm: ConfusionMatrix, ignore_index: int | None = None
) -> MetricsLambda:
    """Return :func:`IoU` under its other name."""
    return IoU(cm, ignore_index)


def mIoU(cm: ConfusionMatrix, ignore_index: int | None = None) -> MetricsLambda:  # noqa: N802
    """Return a metric of the mean of :func:`IoU` over classes, float64 ``()``."""
    return IoU(cm, ignore_index).mean()


def DiceCoefficient(  # noqa: N802
    cm: ConfusionMatrix, ignore_index: int | None = None
) -> MetricsLambda:
    """Return a metric of the Dice coefficient of each class, float64 ``(classes,)``.

    The same as its F1; 0 where a class is neither predicted nor the label.

    Args:
        cm: as for :func:`cmAccuracy`.
        ignore_index: a class whose value is left out; its predictions and labels count.

    Raises:
        TypeError: not a confusion matrix.
        ValueError: its rows or columns are divided by their sums, or a bad ``ignore_index``.
    """
    return _of_counts(matrix_dice, cm, ignore_index)


def _of_counts(
    function: Callable[..., torch.Tensor],
    cm: ConfusionMatrix,
    ignore_index: int | None = None,
    **kwargs: Any,
) -> MetricsLambda:
    if not isinstance(cm, ConfusionMatrix):
        raise TypeError(f"cm must be a ConfusionMatrix, got {type(cm).__name__}.")
    if cm.average not in (None, "samples"):
        raise ValueError(
            f"cm must be of counts, with average None or 'samples', got {cm.average!r}."
        )
    metric = MetricsLambda(function, cm, **kwargs)
    if ignore_index is None:
        return metric
    if not isinstance(ignore_index, int) or not 0 <= ignore_index < cm.num_classes:
        raise ValueError(
            f"ignore_index must be an integer in 0..{cm.num_classes - 1}, got {ignore_index!r}."
        )
    return metric[[index for index in range(cm.num_classes) if index != ignore_index]]
