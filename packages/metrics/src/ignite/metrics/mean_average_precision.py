"""Mean average precision of a classification."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import partial
from typing import Any, Literal

import torch

from ignite.metrics._classification import classify
from ignite.metrics._scores import ScoreMetric, columns
from ignite.metrics.functional.average_precision import (
    average_precision_compute,
    interpolated_average_precision_compute,
)
from ignite.metrics.functional.score_counts import double, score_counts
from ignite.metrics.metric import identity

__all__ = ["MeanAveragePrecision"]


class MeanAveragePrecision(ScoreMetric):
    r"""The mean over classes of their average precisions.

    ``update`` takes ``(y_pred, y)``, whose shapes say what they are:

    ============  ==============================  =======================================
    kind          ``y_pred``                      ``y``
    ============  ==============================  =======================================
    binary        scores, as ``y`` or with a      0 and 1, ``(batch, ...)``
                  dimension 1 of size 1 more
    multiclass    scores                          labels 0..classes-1, ``(batch, ...)``
                  ``(batch, classes, ...)``
    multilabel    scores, as ``y``                0 and 1, ``(batch, classes, ...)``
    ============  ==============================  =======================================

    Every position counts as an example; in a multiclass problem each class is against the rest.
    The average precision of a class is as in :class:`AveragePrecision`, or with ``rec_thresholds``
    :math:`r_i` it is :math:`\sum_i (r_i - r_{i-1}) P_i`, from :math:`r_0 = 0` on, where
    :math:`P_i` is the precision at the highest score with a recall of at least :math:`r_i`. That
    of a class without a positive example is 0.

    **Every example is kept**, unless ``thresholds`` are given; see :class:`AveragePrecision` for
    how far off the value may be then.

    Args:
        rec_thresholds: recalls between 0 and 1, in any order; None for all of the data.
        class_mean: ``"macro"``, the mean; ``"weighted"``, that with weights, the number of
            positives of each class; ``"micro"``, of all classes as if they were one; None, no mean.
        is_multilabel: whether tensors of one shape are multilabel.
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        device: where the examples are kept, or the counts.
        skip_unrolling: as in :class:`Metric`.
        max_examples: how many a rank may keep; None for any number.
        thresholds: of scores, as in :class:`ROC_AUC`.
        num_classes: with ``thresholds``, the number of classes; None for binary.

    Raises:
        TypeError: ``rec_thresholds`` that are no numbers.
        ValueError: none, or some that are not between 0 and 1; or an unknown ``class_mean``.

    >>> metric = MeanAveragePrecision()
    >>> scores = torch.tensor([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.7, 0.3]])
    >>> metric.update((scores, torch.tensor([0, 1, 1, 0])))
    >>> metric.compute()
    tensor(1., dtype=torch.float64)
    """

    def __init__(
        self,
        rec_thresholds: Sequence[float] | torch.Tensor | None = None,
        class_mean: Literal["micro", "macro", "weighted"] | None = "macro",
        is_multilabel: bool = False,
        output_transform: Callable[[Any], Any] = identity,
        device: str | torch.device = "cpu",
        skip_unrolling: bool = False,
        *,
        max_examples: int | None = None,
        thresholds: int | torch.Tensor | None = None,
        num_classes: int | None = None,
    ) -> None:
        if class_mean not in ("micro", "macro", "weighted", None):
            raise ValueError(
                f"Unknown class_mean {class_mean!r}; use 'micro', 'macro', 'weighted' or None."
            )
        self.rec_thresholds = None if rec_thresholds is None else _recalls(rec_thresholds)
        self.class_mean = class_mean
        self._is_multilabel = is_multilabel
        self.of_all = partial(_of_all, recalls=self.rec_thresholds, class_mean=class_mean)
        super().__init__(
            output_transform,
            device=device,
            skip_unrolling=skip_unrolling,
            max_examples=max_examples,
            thresholds=thresholds,
            num_classes=num_classes,
        )

    def checked(self, output: Sequence[torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
        """Return scores ``(positions,)`` or ``(positions, classes)``, and labels.

        Raises:
            TypeError: not real tensors.
            ValueError: shapes that do not fit together.
        """
        y_pred, y = output
        kind, num_classes, y_pred, y = classify(y_pred, y, self._is_multilabel)
        if kind == "binary":
            return y_pred.reshape(-1), y.reshape(-1)
        y_pred = y_pred.movedim(1, -1).reshape(-1, num_classes)
        if kind == "multiclass":
            return y_pred, y.reshape(-1)
        return y_pred, y.movedim(1, -1).reshape(-1, num_classes)

    def compute(self) -> torch.Tensor | float:
        """Return the mean average precision (collective).

        Returns:
            A float if binary; otherwise float64, ``()``, or ``(classes,)`` without a mean. With
            ``class_mean="weighted"`` it is NaN without a positive example.

        Raises:
            NotComputableError: no example was given on any rank.
            InvalidValuesError: scores that are NaN, or labels that are none.
        """
        if self._thresholds is None:
            value: torch.Tensor | float = self.of_all(
                self._predictions.tensor(), self._targets.tensor()
            )
            return value
        counts = self.score_counts()
        if self.class_mean == "micro":
            counts = counts.sum(0, keepdim=True)
        mean = _mean(counts, self.rec_thresholds, self.class_mean)
        return mean if self._num_classes else float(mean)

    def sharing_key(self) -> Hashable | None:
        """Return what those have in common that keep or count the same."""
        return MeanAveragePrecision, self._is_multilabel, super().sharing_key()


def _of_all(
    y_pred: torch.Tensor, y: torch.Tensor, recalls: torch.Tensor | None, class_mean: str | None
) -> torch.Tensor | float:
    scores, is_positive = columns(y_pred, y)
    if class_mean == "micro":
        scores, is_positive = scores.reshape(1, -1), is_positive.reshape(1, -1)
    value = _mean(score_counts(scores, is_positive)[1], recalls, class_mean)
    return value if y_pred.dim() > 1 else float(value)


def _mean(
    counts: torch.Tensor, recalls: torch.Tensor | None, class_mean: str | None
) -> torch.Tensor:
    """Return the mean over ``counts`` of classes, ``(classes, 2, n)``, highest score first."""
    if recalls is None:
        averages = average_precision_compute(counts)
    else:
        averages = interpolated_average_precision_compute(counts, recalls)
    if class_mean is None:
        return averages
    if class_mean != "weighted":
        return averages.mean()
    weights = double(counts[:, 1].sum(-1))
    return (weights * averages).sum() / weights.sum()


def _recalls(thresholds: Sequence[float] | torch.Tensor) -> torch.Tensor:
    if not isinstance(thresholds, (Sequence, torch.Tensor)) or isinstance(thresholds, str):
        raise TypeError(f"rec_thresholds are a sequence or a tensor, got {thresholds!r}.")
    recalls = torch.as_tensor(thresholds, dtype=torch.float64, device="cpu")
    if recalls.dim() != 1 or not len(recalls) or not bool(((recalls >= 0) & (recalls <= 1)).all()):
        raise ValueError(f"rec_thresholds are numbers between 0 and 1, got {thresholds!r}.")
    return recalls.sort().values
