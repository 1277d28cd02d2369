"""How many positive and negative examples have each score: what curves are drawn from."""

from __future__ import annotations

import torch

from ignite.metrics._stateful import FLOAT64_LESS

__all__ = ["binned_score_counts_update", "double", "one_against_rest", "score_counts"]


def one_against_rest(y: torch.Tensor, scores: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return which labels are positive, and how many are none at all.

    Args:
        y: 0 and 1, of the shape of ``scores``; or classes ``(batch,)``. Any real dtype.
        scores: ``(batch,)`` or ``(batch, classes)``.

    Returns:
        bool, of the shape of ``scores``; and the count of labels other than 0 and 1 (other than
        0..classes-1), int64, ``()``.

    >>> one_against_rest(torch.tensor([0, 2, 5]), torch.zeros(3, 3))
    (tensor([[ True, False, False],
            [False, False,  True],
            [False, False, False]]), tensor(1))
    """
    if y.dim() == scores.dim():
        is_positive = y == 1
        return is_positive, torch.count_nonzero(is_positive != y)
    is_positive = y.unsqueeze(1) == torch.arange(scores.shape[1], device=y.device)
    return is_positive, torch.count_nonzero(torch.logical_not(is_positive.any(dim=1)))


def score_counts(
    scores: torch.Tensor, is_positive: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return each distinct score, highest first, and how many examples have it.

    There are as many places as scores; those that the distinct ones leave over are at the end,
    with counts of 0.

    Args:
        scores: any real dtype without NaN, ``(..., n)``.
        is_positive: bool, ``(..., n)``.

    Returns:
        The scores ``(..., n)``, and counts of negatives and positives, int64, ``(..., 2, n)``.

    >>> score_counts(torch.tensor([0.1, 0.7, 0.1]), torch.tensor([True, True, False]))
    (tensor([0.7000, 0.1000, 0.0000]), tensor([[0, 1, 0],
            [1, 1, 0]]))
    """
    ranked, order = torch.sort(scores, dim=-1, descending=True)
    is_new = ranked[..., 1:] != ranked[..., :-1]
    place = torch.cat([torch.zeros_like(order[..., :1]), is_new.cumsum(dim=-1)], dim=-1)
    distinct = torch.zeros_like(ranked).scatter_(-1, place, ranked)
    size = scores.shape[-1]
    counts = place.new_zeros((*scores.shape[:-1], 2 * size))
    index = torch.add(place, is_positive.gather(-1, order), alpha=size)
    counts.scatter_add_(-1, index, torch.ones_like(index))
    return distinct, counts.view(*scores.shape[:-1], 2, size)


def binned_score_counts_update(
    counts: torch.Tensor,
    scores: torch.Tensor,
    is_positive: torch.Tensor,
    thresholds: torch.Tensor,
) -> torch.Tensor:
    """Count the scores between thresholds, into ``counts`` in place, and return it.

    The thresholds are compared in the dtype of the scores, so that scores that are written alike
    are at the threshold, not beside it.

    Args:
        counts: int64, contiguous, ``(columns, 2, thresholds + 1)``: of negatives and positives
            below the lowest threshold, then at or above each, but below the next.
        scores: floating, ``(batch,)`` for one column, or ``(batch, columns)``. A NaN is above all.
        is_positive: bool, the same shape.
        thresholds: floating, in ascending order, ``(thresholds,)``.

    >>> counts = torch.zeros(1, 2, 3, dtype=torch.int64)
    >>> scores, is_positive = torch.tensor([0.1, 0.5, 0.7]), torch.tensor([False, True, True])
    >>> binned_score_counts_update(counts, scores, is_positive, torch.tensor([0.5, 0.6]))
    tensor([[[1, 0, 0],
             [0, 1, 1]]])
    """
    size = counts.shape[-1]
    place = torch.bucketize(scores.contiguous(), thresholds.to(scores.dtype), right=True)
    index = torch.add(place, is_positive, alpha=size)
    if scores.dim() > 1:
        index += torch.arange(0, counts.numel(), 2 * size, device=index.device)
        index = index.flatten()
    counts.view(-1).index_add_(0, index, torch.ones_like(index))
    return counts


def double(x: torch.Tensor) -> torch.Tensor:
    """Return ``x`` as float64; on the CPU where its device has none."""
    return (x.cpu() if x.device.type in FLOAT64_LESS else x).double()
