"""The receiver operating characteristic (ROC), and the area under it."""

from __future__ import annotations

from typing import Any

import torch

from ignite.metrics._plot import axes_or_new
from ignite.metrics._scores import ScoreMetric, columns, distinct_score_counts
from ignite.metrics.functional.roc_auc import roc_auc_compute, roc_curve_compute
from ignite.metrics.functional.score_counts import score_counts

__all__ = ["ROC_AUC", "RocCurve", "roc_auc_compute_fn", "roc_auc_curve_compute_fn"]

Curve = tuple[torch.Tensor, torch.Tensor, torch.Tensor]


def roc_auc_compute_fn(y_preds: torch.Tensor, y_targets: torch.Tensor) -> float:
    """Return the area under the ROC curve, of all data.

    Args:
        y_preds: scores ``(batch,)``, or ``(batch, classes)``.
        y_targets: 0 and 1, of the same shape; or classes ``(batch,)``.

    Returns:
        The mean over classes; NaN if one has no positive or no negative.

    Raises:
        TypeError: not real tensors.
        ValueError: shapes that do not fit together, NaN scores, or labels that are none.

    >>> roc_auc_compute_fn(torch.tensor([0.1, 0.4, 0.35, 0.8]), torch.tensor([0, 0, 1, 1]))
    0.75
    """
    counts = score_counts(*columns(y_preds, y_targets))[1]
    return float(roc_auc_compute(counts).mean())


def roc_auc_curve_compute_fn(y_preds: torch.Tensor, y_targets: torch.Tensor) -> Curve:
    """Return the ROC curve of all data, without points midway between their neighbours.

    Args:
        y_preds: scores ``(batch,)``.
        y_targets: 0 and 1, ``(batch,)``.

    Returns:
        False positive rates, true positive rates and thresholds, highest first, as float64.

    Raises:
        TypeError: not real tensors.
        ValueError: other shapes, NaN scores, or labels other than 0 and 1.

    >>> scores, labels = torch.tensor([0.25, 0.5, 0.75]), torch.tensor([0, 1, 1])
    >>> false_positive_rate, true_positive_rate, _ = roc_auc_curve_compute_fn(scores, labels)
    >>> true_positive_rate
    tensor([0.0000, 0.5000, 1.0000, 1.0000], dtype=torch.float64)
    """
    counts, thresholds = distinct_score_counts(y_preds, y_targets)
    return _without_midway(counts, roc_curve_compute(counts, thresholds))


class ROC_AUC(ScoreMetric):  # noqa: N801 - the name of PyTorch-Ignite
    r"""The area under the receiver operating characteristic.

    That is how often a positive example has a higher score than a negative one; equal scores
    count half. (Hanley and McNeil, "The meaning and use of the area under a receiver operating
    characteristic (ROC) curve", 1982.) ``update`` takes ``(y_pred, y)``:

    ===========  ====================================  ==================================
    kind         ``y_pred``                            ``y``
    ===========  ====================================  ==================================
    binary       scores ``(batch,)``, ``(batch, 1)``   0 and 1, ``(batch,)``, ``(batch, 1)``
    multilabel   scores ``(batch, classes)``           0 and 1, ``(batch, classes)``
    multiclass   scores ``(batch, classes)``           labels 0..classes-1, ``(batch,)``
    ===========  ====================================  ==================================

    Of several classes it is the mean, in a multiclass problem of each class against the rest. It
    is NaN if a class has no positive or no negative example. Scores are only ordered, and may be
    infinite.

    **Every example is kept**, unless ``thresholds`` are given. Then the metric holds two counts
    per threshold, and takes scores between two thresholds as equal. With :math:`p_k` and
    :math:`n_k`, the shares of positives and of negatives that lie between neighbouring
    thresholds, the value is off by at most :math:`\frac{1}{2} \sum_k p_k n_k`; it is exact if
    scores lie on thresholds.

    Args:
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        check_compute_fn: whether to try to compute the value of the first batch, and to warn if
            that fails; without ``thresholds``.
        device: where the examples are kept, or the counts.
        skip_unrolling: as in :class:`Metric`.
        max_examples: how many a rank may keep; None for any number.
        thresholds: how many, from 0 to 1 at equal distances, or which, in ascending order; None
            to keep all examples.
        num_classes: with ``thresholds``, the number of columns of ``y_pred``; None for binary.

    >>> metric = ROC_AUC()
    >>> metric.update((torch.tensor([0.1, 0.4, 0.35, 0.8]), torch.tensor([0, 0, 1, 1])))
    >>> metric.compute()
    0.75
    """

    of_all = staticmethod(roc_auc_compute_fn)

    def compute(self) -> float:
        """Return the area, the mean over classes (collective).

        Raises:
            NotComputableError: no example was given on any rank.
            InvalidValuesError: scores that are NaN, or labels that are none.
        """
        return float(roc_auc_compute(self.score_counts()).mean())

    def plot(self, axes: Any | None = None) -> Any:
        """Draw the ROC curve of each class (collective), and return the axes."""
        return self.draw_columns(axes, _draw_area)


class RocCurve(ScoreMetric):
    """The receiver operating characteristic: true against false positive rate.

    ``update`` takes ``(y_pred, y)``: scores, and 0 or 1, both ``(batch,)`` or ``(batch, 1)``. An
    example is taken as positive if its score is at least the threshold. A rate is NaN without any
    example to take it of.

    **Every example is kept**, unless ``thresholds`` are given. Then the metric holds two counts
    per threshold, and the points at these thresholds, which are exact. If scores are below all of
    them, the curve ends before (1, 1).

    Args:
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        check_compute_fn: as in :class:`ROC_AUC`.
        device: where the examples are kept, or the counts.
        skip_unrolling: as in :class:`Metric`.
        max_examples: how many a rank may keep; None for any number.
        thresholds: as in :class:`ROC_AUC`.

    >>> metric = RocCurve()
    >>> metric.update((torch.tensor([0.25, 0.5, 0.75]), torch.tensor([0, 1, 1])))
    >>> false_positive_rate, true_positive_rate, thresholds = metric.compute()
    >>> true_positive_rate
    tensor([0.0000, 0.5000, 1.0000, 1.0000], dtype=torch.float64)
    """

    takes_columns = False
    of_all = staticmethod(roc_auc_curve_compute_fn)

    def compute(self) -> Curve:
        """Return the curve (collective).

        Returns:
            False positive rates, true positive rates and thresholds as float64, the highest
            threshold first. That is inf, with rates of 0. Points midway between their
            neighbours are left out, unless thresholds were given.

        Raises:
            NotComputableError: no example was given on any rank.
            InvalidValuesError: scores that are NaN, or labels other than 0 and 1.
        """
        [(counts, thresholds)] = self.curve_counts()
        curve = roc_curve_compute(counts, thresholds)
        return curve if self._thresholds is not None else _without_midway(counts, curve)

    def plot(self, axes: Any | None = None) -> Any:
        """Draw the curve (collective), and return the axes."""
        curve = self.compute()
        axes = axes_or_new(axes)
        _draw(axes, curve)
        return axes


def _without_midway(counts: torch.Tensor, curve: Curve) -> Curve:
    is_kept = torch.ones_like(curve[0], dtype=torch.bool)
    # A point is midway if as many come with its threshold as with the next one.
    is_kept[2:-1] = (counts[:, 1:-1] != counts[:, 2:]).any(0)
    false, true, thresholds = curve
    return false[is_kept], true[is_kept], thresholds[is_kept]


def _draw_area(axes: Any, counts: torch.Tensor, scores: torch.Tensor, of_class: str) -> None:
    label = f"{of_class}area {float(roc_auc_compute(counts)):.3f}"
    _draw(axes, roc_curve_compute(counts, scores), label)


def _draw(axes: Any, curve: Curve, label: str | None = None) -> None:
    axes.plot(curve[0].cpu(), curve[1].cpu(), label=label)
    axes.axline((0, 0), (1, 1), linestyle=":", color="gray")
    axes.set(xlabel="False positive rate", ylabel="True positive rate")
