"""Averages as functions: what a batch adds to a sum over values."""

from __future__ import annotations

import torch

from ignite.metrics.functional._precision import wide

__all__ = ["average_update", "geometric_average_update"]

_SUMMED = {torch.float16: torch.float32, torch.bfloat16: torch.float32}


def average_update(values: torch.Tensor) -> torch.Tensor:
    """Return the sum over the batch; a tensor of at most one dimension is one value.

    Args:
        values: any real dtype, ``(batch, ...)``, or ``(size,)`` or ``()``.

    Returns:
        Of at least 32 bits, ``(...)``, or as ``values``.

    >>> average_update(torch.tensor([[1, 2], [3, 5]]))
    tensor([4, 7])
    """
    return values.sum(0, dtype=_SUMMED.get(values.dtype)) if values.dim() > 1 else values


def geometric_average_update(values: torch.Tensor) -> torch.Tensor:
    """Return the sum of logarithms over the batch; a tensor of at most one dimension is one value.

    Args:
        values: any real dtype, ``(batch, ...)``, or ``(size,)`` or ``()``; not negative.

    Returns:
        Floating, of at least 32 bits, ``(...)``, or as ``values``; NaN for what is negative.

    >>> geometric_average_update(torch.tensor([[1.0, 2.0], [1.0, 8.0]]))
    tensor([0.0000, 2.7726])
    """
    return average_update(wide(values).log())
