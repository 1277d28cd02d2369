"""The curve of precision against recall."""

from __future__ import annotations

from typing import Any

import torch

from ignite.metrics._plot import axes_or_new
from ignite.metrics._scores import ScoreMetric, distinct_score_counts
from ignite.metrics.functional.average_precision import precision_recall_curve_compute

__all__ = ["PrecisionRecallCurve", "draw", "precision_recall_curve_compute_fn"]

Curve = tuple[torch.Tensor, torch.Tensor, torch.Tensor]


def precision_recall_curve_compute_fn(y_preds: torch.Tensor, y_targets: torch.Tensor) -> Curve:
    """Return the curve of precision against recall, of all data.

    Args:
        y_preds: scores ``(batch,)``.
        y_targets: 0 and 1, ``(batch,)``.

    Returns:
        Precision, recall and thresholds, the lowest first, as float64; a last point, precision 1
        and recall 0, is of no threshold.

    Raises:
        TypeError: not real tensors.
        ValueError: other shapes, NaN scores, or labels other than 0 and 1.

    >>> scores, labels = torch.tensor([0.25, 0.5, 0.75]), torch.tensor([0, 1, 1])
    >>> precision, recall, thresholds = precision_recall_curve_compute_fn(scores, labels)
    >>> precision
    tensor([0.6667, 1.0000, 1.0000, 1.0000], dtype=torch.float64)
    """
    return precision_recall_curve_compute(*distinct_score_counts(y_preds, y_targets))


class PrecisionRecallCurve(ScoreMetric):
    """Precision against recall, at each threshold.

    ``update`` takes ``(y_pred, y)``: scores, and 0 or 1, both ``(batch,)`` or ``(batch, 1)``. An
    example is taken as positive if its score is at least the threshold. Without a positive example
    recall is 1.

    **Every example is kept**, unless ``thresholds`` are given. Then the metric holds two counts
    per threshold, and the points at these thresholds, which are exact; precision is 1 at those
    that no score reaches.

    Args:
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        check_compute_fn: as in :class:`ROC_AUC`.
        device: where the examples are kept, or the counts.
        skip_unrolling: as in :class:`Metric`.
        max_examples: how many a rank may keep; None for any number.
        thresholds: as in :class:`ROC_AUC`.

    >>> metric = PrecisionRecallCurve()
    >>> metric.update((torch.tensor([0.25, 0.5, 0.75]), torch.tensor([0, 1, 1])))
    >>> precision, recall, thresholds = metric.compute()
    >>> recall
    tensor([1.0000, 1.0000, 0.5000, 0.0000], dtype=torch.float64)
    """

    takes_columns = False
    of_all = staticmethod(precision_recall_curve_compute_fn)

    def compute(self) -> Curve:
        """Return the curve (collective).

        Returns:
            Precision, recall and thresholds as float64, the lowest threshold first; of precision
            and recall one more, 1 and 0, that is of no threshold.

        Raises:
            NotComputableError: no example was given on any rank.
            InvalidValuesError: scores that are NaN, or labels other than 0 and 1.
        """
        [curve_counts] = self.curve_counts()
        return precision_recall_curve_compute(*curve_counts)

    def plot(self, axes: Any | None = None) -> Any:
        """Draw precision against recall (collective), and return the axes."""
        curve = self.compute()
        axes = axes_or_new(axes)
        draw(axes, curve)
        return axes


def draw(axes: Any, curve: Curve, label: str | None = None) -> None:
    """Draw steps, whose area is the average precision."""
    axes.plot(curve[1].cpu(), curve[0].cpu(), drawstyle="steps-post", label=label)
    axes.set(xlabel="Recall", ylabel="Precision", ylim=(0, 1.05))
