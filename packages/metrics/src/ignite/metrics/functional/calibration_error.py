"""The calibration error as functions: how far confidence is from accuracy."""

from __future__ import annotations

from typing import Literal

import torch

from ignite.metrics.functional.score_counts import double

__all__ = ["calibration_error_compute", "calibration_error_update", "calibration_inner_edges"]


def calibration_inner_edges(num_bins: int) -> torch.Tensor:
    """Return what separates so many bins of equal width from 0 to 1, float64.

    >>> calibration_inner_edges(4)
    tensor([0.2500, 0.5000, 0.7500], dtype=torch.float64)
    """
    return torch.arange(1, num_bins, dtype=torch.float64) / num_bins


def calibration_error_update(
    counts: torch.Tensor,
    confidence: torch.Tensor,
    is_correct: torch.Tensor,
    inner_edges: torch.Tensor,
) -> torch.Tensor:
    """Count a batch into ``counts`` in place, and return the sums of its confidences in each bin.

    A bin is open below and closed above; the first takes in 0. Edges are compared in the dtype of
    the confidences.

    Args:
        counts: int64, contiguous, ``(2, bins)``: of wrong and of right predictions.
        confidence: floating, between 0 and 1, ``(n,)``.
        is_correct: bool, ``(n,)``.
        inner_edges: of the bins, floating, ascending, ``(bins - 1,)``.

    Returns:
        In the dtype of ``inner_edges``, ``(bins,)``.

    >>> counts = torch.zeros(2, 2, dtype=torch.int64)
    >>> confidence, is_correct = torch.tensor([0.25, 0.75, 1.0]), torch.tensor([False, True, True])
    >>> calibration_error_update(counts, confidence, is_correct, calibration_inner_edges(2))
    tensor([0.2500, 1.7500], dtype=torch.float64)
    >>> counts
    tensor([[1, 0],
            [0, 2]])
    """
    num_bins = counts.shape[1]
    place = torch.bucketize(confidence.contiguous(), inner_edges.to(confidence.dtype))
    index = torch.add(place, is_correct, alpha=num_bins)
    counts.view(-1).index_add_(0, index, torch.ones_like(index))
    sums = inner_edges.new_zeros(num_bins)
    return sums.index_add_(0, place, confidence.to(sums.dtype))


def calibration_error_compute(
    counts: torch.Tensor, confidence: torch.Tensor, norm: Literal["l1", "l2", "max"] = "l1"
) -> torch.Tensor:
    r"""Return how far apart accuracy and mean confidence are, over the bins.

    With the share :math:`w_b` of examples in bin :math:`b` and the difference :math:`d_b` there:
    ``"l1"`` is :math:`\sum_b w_b |d_b|`, the expected calibration error (ECE), ``"max"`` is
    :math:`\max_b |d_b|`, the maximum calibration error (MCE); both of Guo et al., "On calibration
    of modern neural networks", 2017. ``"l2"`` is :math:`\sqrt{\sum_b w_b d_b^2}`, the root mean
    square calibration error of Kumar et al., "Verified uncertainty calibration", 2019.

    Args:
        counts: int64, ``(2, bins)``: of wrong and of right predictions.
        confidence: sums of confidences, floating, ``(bins,)``.
        norm: ``"l1"``, ``"l2"`` or ``"max"``.

    Returns:
        float64, ``()``.

    >>> counts, confidence = torch.tensor([[1, 0], [0, 2]]), torch.tensor([0.25, 1.75])
    >>> calibration_error_compute(counts, confidence)
    tensor(0.1667, dtype=torch.float64)
    """
    sizes = double(counts.sum(0))
    # An empty bin has no part in any of the three.
    difference = (double(confidence) - double(counts[1])).abs() / sizes.clamp(min=1)
    if norm == "max":
        return difference.max()
    weights = sizes / sizes.sum()
    if norm == "l1":
        return (weights * difference).sum()
    return (weights * difference.square()).sum().sqrt()
