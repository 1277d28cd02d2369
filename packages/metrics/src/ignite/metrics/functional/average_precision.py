"""Precision and recall at each threshold as functions, from counts of scores."""

from __future__ import annotations

import torch

from ignite.metrics.functional.score_counts import double

__all__ = [
    "average_precision_compute",
    "interpolated_average_precision_compute",
    "precision_recall_curve_compute",
]


def average_precision_compute(counts: torch.Tensor) -> torch.Tensor:
    r"""Return :math:`\sum_n (R_n - R_{n-1}) P_n` over all thresholds, without interpolation.

    Precision :math:`P_n` and recall :math:`R_n` are of all examples at or above a threshold.
    (Zhu, "Recall, precision and average precision", 2004.)

    Args:
        counts: of negatives and positives, int64, ``(..., 2, n)``, highest score first.

    Returns:
        float64, ``(...)``; 0 without a positive.

    >>> average_precision_compute(torch.tensor([[0, 1, 1], [1, 1, 0]]))
    tensor(0.8333, dtype=torch.float64)
    """
    positives = double(counts[..., 1, :])
    return (positives * _precision(counts)).sum(-1) / positives.sum(-1).clamp(min=1)


def interpolated_average_precision_compute(
    counts: torch.Tensor, recalls: torch.Tensor
) -> torch.Tensor:
    r"""Return :math:`\sum_i (r_i - r_{i-1}) P_i` over given recalls :math:`r_i`, from 0 on.

    :math:`P_i` is the precision at the highest threshold of at least this recall.

    Args:
        counts: of negatives and positives, int64, ``(..., 2, n)``, highest score first.
        recalls: float64 between 0 and 1, in ascending order, ``(m,)``.

    Returns:
        float64, ``(...)``; 0 without a positive.

    >>> counts = torch.tensor([[0, 1, 1], [1, 1, 0]])
    >>> interpolated_average_precision_compute(counts, torch.tensor([0.5, 1.0]).double())
    tensor(0.8333, dtype=torch.float64)
    """
    found = double(counts[..., 1, :].cumsum(-1))
    recall = (found / found[..., -1:].clamp(min=1)).contiguous()
    recalls = recalls.to(recall)
    steps = torch.diff(recalls, prepend=recalls.new_zeros(1))
    place = torch.searchsorted(recall, recalls.expand(*recall.shape[:-1], -1).contiguous())
    # Without a positive the place is past the end; the precision is 0 everywhere then.
    place = place.clamp(max=recall.shape[-1] - 1)
    return (steps * _precision(counts).gather(-1, place)).sum(-1)


def precision_recall_curve_compute(
    counts: torch.Tensor, thresholds: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return the curve: precision and recall at each threshold, the lowest first.

    The last point, precision 1 and recall 0, is of no threshold.

    Args:
        counts: of negatives and positives, int64, ``(2, n)``, highest score first.
        thresholds: the lowest score of the first of these places, ``(m,)``, ``m`` at most ``n``.

    Returns:
        Precision, recall, both ``(m + 1,)``, and the thresholds ``(m,)``, all float64. Where no
        score reaches the threshold precision is 1; without a positive recall is 1.

    >>> counts, thresholds = torch.tensor([[0, 1, 1], [1, 1, 0]]), torch.tensor([0.75, 0.5])
    >>> precision, recall, thresholds = precision_recall_curve_compute(counts, thresholds)
    >>> precision
    tensor([0.6667, 1.0000, 1.0000], dtype=torch.float64)
    >>> recall
    tensor([1.0000, 0.5000, 0.0000], dtype=torch.float64)
    """
    taken = double(counts.cumsum(-1))
    found, total = taken[1], taken[1, -1:]
    end, size = taken.new_ones(1), len(thresholds)
    is_reached = taken.sum(0) > 0
    precision = torch.where(is_reached, _precision(counts), end)
    recall = torch.where(total > 0, found / total, end)
    return (
        torch.cat([precision[:size].flip(0), end]),
        torch.cat([recall[:size].flip(0), end - 1]),
        thresholds.to(taken).flip(0),
    )


def _precision(counts: torch.Tensor) -> torch.Tensor:
    """Return the share of positives at or above each place; 0 where there is no example."""
    taken = counts.cumsum(-1)
    return double(taken[..., 1, :]) / double(taken.sum(-2)).clamp(min=1)
