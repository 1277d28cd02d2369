"""The receiver operating characteristic as functions, from counts of scores."""

from __future__ import annotations

import torch

from ignite.metrics.functional.score_counts import double

__all__ = ["roc_auc_compute", "roc_curve_compute"]


def roc_auc_compute(counts: torch.Tensor) -> torch.Tensor:
    """Return the area under the curve: how often a positive has a higher score than a negative.

    Half of the pairs of equal scores count. (Hanley and McNeil, "The meaning and use of the area
    under a receiver operating characteristic (ROC) curve", 1982.)

    Args:
        counts: of negatives and positives, int64, ``(..., 2, n)``, highest score first.

    Returns:
        float64, ``(...)``; NaN without a positive or without a negative.

    >>> roc_auc_compute(torch.tensor([[0, 1, 1], [1, 1, 0]]))
    tensor(0.8750, dtype=torch.float64)
    """
    negatives, positives = counts.unbind(-2)
    ahead = 2 * positives.cumsum(-1) - positives
    pairs = (double(negatives) * ahead.to(double(negatives))).sum(-1)
    return pairs / (2 * double(positives.sum(-1)) * double(negatives.sum(-1)))


def roc_curve_compute(
    counts: torch.Tensor, thresholds: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return the curve: which shares of negatives and of positives are taken as positive.

    Args:
        counts: of negatives and positives, int64, ``(2, n)``, highest score first.
        thresholds: the lowest score of the first of these places, ``(m,)``, ``m`` at most ``n``.

    Returns:
        The false positive rate, the true positive rate and the thresholds, inf the first of them;
        all float64, ``(m + 1,)``. A rate is NaN without any example to take it of.

    >>> counts, thresholds = torch.tensor([[0, 1, 1], [1, 1, 0]]), torch.tensor([0.75, 0.5])
    >>> false_positive_rate, true_positive_rate, thresholds = roc_curve_compute(counts, thresholds)
    >>> true_positive_rate
    tensor([0.0000, 0.5000, 1.0000], dtype=torch.float64)
    >>> thresholds
    tensor([   inf, 0.7500, 0.5000], dtype=torch.float64)
    """
    taken = double(torch.nn.functional.pad(counts.cumsum(-1), (1, 0)))
    rates = taken[:, : len(thresholds) + 1] / taken[:, -1:]
    return rates[0], rates[1], torch.cat([rates.new_full((1,), torch.inf), thresholds.to(rates)])
