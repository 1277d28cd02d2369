"""Distances of the rows of two tensors, by name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

import torch

from ignite.metrics.functional._distances import rounding, squared_distances

__all__ = ["Distance", "distance_between"]

Distance: TypeAlias = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
"""Returns of rows ``(m, columns)`` and ``(n, columns)`` their distances ``(m, n)``."""


def distance_between(metric: str, p: float | None = None) -> Distance:
    """Return the distance of a name, with the power ``p`` (2 by default) for that of Minkowski.

    Raises:
        ValueError: unknown name, or a ``p`` that is not positive or not for this distance.
    """
    if metric == "minkowski":
        power = 2 if p is None else p
        if not power > 0:
            raise ValueError(f"p must be positive, got {p!r}.")
        return _euclidean if power == 2 else partial(torch.cdist, p=float(power))
    if metric not in _DISTANCES:
        raise ValueError(
            f"Unknown metric {metric!r}; use one of {sorted([*_DISTANCES, 'minkowski'])}."
        )
    if p is not None:
        raise ValueError(f"p is for the metric 'minkowski', got it for {metric!r}.")
    return _DISTANCES[metric]


def _squared_euclidean(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    center = y.mean(0)
    return squared_distances(x - center, y - center)


def _euclidean(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return _squared_euclidean(x, y).sqrt_()


def _cosine(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    x, y = (torch.nn.functional.normalize(rows, dim=1) for rows in (x, y))
    return (1 - rounding(x) - x @ y.T).clamp_min_(0)


_manhattan = partial(torch.cdist, p=1.0)

_DISTANCES: dict[str, Distance] = {
    "euclidean": _euclidean,
    "l2": _euclidean,
    "sqeuclidean": _squared_euclidean,
    "manhattan": _manhattan,
    "cityblock": _manhattan,
    "l1": _manhattan,
    "chebyshev": partial(torch.cdist, p=float("inf")),
    "cosine": _cosine,
}
