"""Values that a metric's definition does not cover, counted without waiting for the device."""

from __future__ import annotations

import torch

__all__ = ["count_non_binary"]


def count_non_binary(y_pred: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Return at how many positions one of two tensors is neither 0 nor 1.

    Args:
        y_pred: any real dtype, any shape.
        y: any real dtype, the same shape.

    Returns:
        int64, ``()``.

    >>> count_non_binary(torch.tensor([0.0, 0.7, 1.0]), torch.tensor([0, 1, 2]))
    tensor(2)
    """
    return torch.count_nonzero(torch.logical_or(_excess(y_pred), _excess(y)))


def _excess(x: torch.Tensor) -> torch.Tensor:
    # x * (x - 1) would be 0 also where an integer overflows to it; x * x - x never is,
    # for of two neighbours one is odd.
    return torch.zeros_like(x) if x.dtype is torch.bool else x * x - x
