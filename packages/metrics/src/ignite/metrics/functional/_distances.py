"""Squared Euclidean distances between all pairs of rows."""

from __future__ import annotations

import math

import torch

__all__ = ["rounding", "squared_distances"]


def squared_distances(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Return the squared distances of the rows ``(..., n, columns)`` to ``(..., m, columns)``.

    They come of one matrix product, so center the rows before: what its rounding would make of
    equal rows is taken for 0, and so is any other distance that small.

    Returns:
        ``(..., n, m)``, at least 0.
    """
    norms_x, norms_y = (x * x).sum(-1, keepdim=True), (y * y).sum(-1, keepdim=True)
    products = (x * -2) @ y.mT
    return products.add_(norms_x * (1 - rounding(x))).add_(norms_y.mT).clamp_min_(0)


def rounding(x: torch.Tensor) -> float:
    """Return what rounding may make of 1 in the product of two rows ``(..., columns)``."""
    return 4 * math.sqrt(x.shape[-1]) * float(torch.finfo(x.dtype).eps)
