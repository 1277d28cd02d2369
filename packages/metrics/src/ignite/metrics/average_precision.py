"""Average precision: the area under the curve of precision against recall."""

from __future__ import annotations

from typing import Any

import torch

from ignite.metrics._scores import ScoreMetric, columns
from ignite.metrics.functional.average_precision import (
    average_precision_compute,
    precision_recall_curve_compute,
)
from ignite.metrics.functional.score_counts import score_counts
from ignite.metrics.precision_recall_curve import draw

__all__ = ["AveragePrecision", "average_precision_compute_fn"]


def average_precision_compute_fn(y_preds: torch.Tensor, y_targets: torch.Tensor) -> float:
    """Return the average precision of all data.

    Args:
        y_preds: scores ``(batch,)``, or ``(batch, classes)``.
        y_targets: 0 and 1, of the same shape; or classes ``(batch,)``.

    Returns:
        The mean over classes; a class without a positive adds 0.

    Raises:
        TypeError: not real tensors.
        ValueError: shapes that do not fit together, NaN scores, or labels that are none.

    >>> average_precision_compute_fn(torch.tensor([0.1, 0.4, 0.8]), torch.tensor([1, 0, 1]))
    0.8333333333333333
    """
    counts = score_counts(*columns(y_preds, y_targets))[1]
    return float(average_precision_compute(counts).mean())


class AveragePrecision(ScoreMetric):
    r"""Average precision: the mean of precision over the positives, each at its own score.

    It is :math:`\sum_n (R_n - R_{n-1}) P_n` over all distinct scores, with precision :math:`P_n`
    and recall :math:`R_n` of the examples with at least that score; there is no interpolation.
    (Zhu, "Recall, precision and average precision", 2004.) ``update`` takes what that of
    :class:`ROC_AUC` does. Of several classes it is the mean; a class without a positive adds 0.

    **Every example is kept**, unless ``thresholds`` are given. Then the metric holds two counts
    per threshold, and takes scores between two thresholds as equal. Of the positives between
    neighbouring thresholds precision is at least :math:`l_k = (T + 1) / (T + 1 + F + n)` and at
    most :math:`u_k = (T + p) / (T + p + F)`, where there are :math:`T` positives and :math:`F`
    negatives above, and :math:`p` and :math:`n` between. So the value is off by at most
    :math:`\sum_k p (u_k - l_k)` over the number of positives; it is exact if scores lie on
    thresholds.

    Args:
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        check_compute_fn: as in :class:`ROC_AUC`.
        device: where the examples are kept, or the counts.
        skip_unrolling: as in :class:`Metric`.
        max_examples: how many a rank may keep; None for any number.
        thresholds: as in :class:`ROC_AUC`.
        num_classes: as in :class:`ROC_AUC`.

    >>> metric = AveragePrecision()
    >>> metric.update((torch.tensor([0.1, 0.4, 0.8]), torch.tensor([1, 0, 1])))
    >>> metric.compute()
    0.8333333333333333
    """

    of_all = staticmethod(average_precision_compute_fn)

    def compute(self) -> float:
        """Return the average precision, the mean over classes (collective).

        Raises:
            NotComputableError: no example was given on any rank.
            InvalidValuesError: scores that are NaN, or labels that are none.
        """
        return float(average_precision_compute(self.score_counts()).mean())

    def plot(self, axes: Any | None = None) -> Any:
        """Draw precision against recall of each class (collective), and return the axes."""
        return self.draw_columns(axes, _draw_average)


def _draw_average(axes: Any, counts: torch.Tensor, scores: torch.Tensor, of_class: str) -> None:
    label = f"{of_class}average {float(average_precision_compute(counts)):.3f}"
    draw(axes, precision_recall_curve_compute(counts, scores), label)
