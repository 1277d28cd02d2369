"""Correlations of ranks as functions, which need all examples."""

from __future__ import annotations

from typing import Literal

import torch

from ignite.metrics.functional._precision import double

__all__ = ["count_inversions", "kendall_rank_correlation", "spearman_rank_correlation"]


def spearman_rank_correlation(y_pred: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Return the correlation of ranks, where equal values share the mean of their ranks.

    Spearman: The proof and measurement of association between two things, American Journal of
    Psychology 15 (1904).

    Args:
        y_pred: any real dtype, ``(n,)``.
        y: any real dtype, ``(n,)``.

    Returns:
        Floating, ``()``; NaN if all values of one are equal, or any value is NaN.

    >>> spearman_rank_correlation(torch.tensor([1.0, 2.0, 3.0]), torch.tensor([10, 30, 20]))
    tensor(0.5000, dtype=torch.float64)
    """
    y_pred, y = _comparable(y_pred), _comparable(y)
    n = len(y)
    # Twice the ranks, less their mean: integers.
    a, b = (double(smaller + up_to - n) for smaller, up_to in (_places(y_pred), _places(y)))
    value = (a * b).sum() / (a.square().sum() * b.square().sum()).sqrt()
    return _nan_if_any_is(value, y_pred, y)


def kendall_rank_correlation(
    y_pred: torch.Tensor, y: torch.Tensor, variant: Literal["b", "c"] = "b"
) -> torch.Tensor:
    """Return the excess of the pairs of examples in equal order over those in opposite order.

    Variant ``"b"`` divides it by the geometric mean of how many pairs are not tied in each
    (Kendall: The treatment of ties in ranking problems, Biometrika 33, 1945), ``"c"`` by the most
    that it can be in a table of as many rows and columns as there are distinct values (Stuart: The
    estimation and comparison of strengths of association in contingency tables, Biometrika 40,
    1953). Pairs are counted exactly, in ``O(n log n)``.

    Args:
        y_pred: any real dtype, ``(n,)``.
        y: any real dtype, ``(n,)``.
        variant: ``"b"`` or ``"c"``.

    Returns:
        Floating, ``()``; NaN if all values of one are equal, or any value is NaN.

    >>> kendall_rank_correlation(torch.tensor([1.0, 2.0, 3.0]), torch.tensor([10, 30, 20]))
    tensor(0.3333, dtype=torch.float64)
    """
    y_pred, y = _comparable(y_pred), _comparable(y)
    n = len(y)
    places = _places(y_pred), _places(y)
    both = places[0][0] * n + places[1][0]  # sorts by y_pred, then by y
    opposite = count_inversions((both.sort().values % n).argsort(stable=True))
    pairs = n * (n - 1) // 2
    untied = [pairs - _count_ties(*each) for each in places]
    excess = double(untied[0] + untied[1] - pairs + _count_ties(*_places(both)) - 2 * opposite)
    if variant == "b":
        value = excess / double(untied[0]).sqrt() / double(untied[1]).sqrt()
    else:
        distinct = torch.minimum(*(_count_distinct(smaller) for smaller, _ in places))
        value = 2 * distinct * excess / (n * n * double(distinct - 1))
    return _nan_if_any_is(value, y_pred, y)


def count_inversions(permutation: torch.Tensor) -> torch.Tensor:
    """Return how many pairs of a permutation of 0..n-1 are in falling order.

    Bit by bit from the highest, which splits the numbers into those with the bit and those without
    as a sort by digits does, each without follows those with it that it is smaller than.

    Args:
        permutation: int64, ``(n,)``.

    Returns:
        int64, ``()``.

    >>> count_inversions(torch.tensor([2, 0, 3, 1]))
    tensor(3)
    """
    order, n = permutation, len(permutation)
    place = torch.arange(n, device=order.device)
    inversions = order.new_zeros(())
    for bit in reversed(range((n - 1).bit_length())):
        # Numbers that differ from here on only lie together, in their first order.
        start = (order >> (bit + 1)) << (bit + 1)
        has_bit = (order >> bit) & 1
        preceding = has_bit.cumsum(0) - has_bit
        preceding = preceding - preceding[start]
        inversions = inversions + (preceding * (1 - has_bit)).sum()
        with_bit, without = start + (1 << bit) + preceding, place - preceding
        target = torch.where(has_bit == 1, with_bit, without)
        order = torch.empty_like(order).scatter_(0, target, order)
    return inversions


def _comparable(x: torch.Tensor) -> torch.Tensor:
    is_narrow = x.dtype in (torch.float16, torch.bfloat16, torch.bool)
    return x.float() if is_narrow else x


def _places(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return for each value how many are smaller, and how many smaller or equal."""
    ordered, order = x.sort()
    place = torch.arange(len(x), device=x.device)
    is_new = torch.ones_like(place, dtype=torch.bool)
    is_new[1:] = ordered[1:] != ordered[:-1]
    first = torch.where(is_new, place, 0).cummax(0).values
    is_last = is_new.roll(-1)  # as the first value is always new, the last one ends its run
    last = torch.where(is_last, place, len(x)).flip(0).cummin(0).values.flip(0)
    bounds = torch.stack((first, last + 1))
    smaller, up_to = torch.empty_like(bounds).scatter_(1, order.expand(2, -1), bounds)
    return smaller, up_to


def _count_ties(smaller: torch.Tensor, up_to: torch.Tensor) -> torch.Tensor:
    """Return how many pairs are of equal values."""
    return (up_to - smaller - 1).sum() // 2


def _count_distinct(smaller: torch.Tensor) -> torch.Tensor:
    return torch.zeros_like(smaller).scatter_(0, smaller, 1).sum()


def _nan_if_any_is(value: torch.Tensor, *columns: torch.Tensor) -> torch.Tensor:
    has_nan = torch.stack([column.isnan().any() for column in columns]).any()
    return torch.where(has_nan, torch.nan, value.clamp(-1, 1))
