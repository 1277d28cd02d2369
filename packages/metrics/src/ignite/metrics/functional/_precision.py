"""Dtypes in which values are computed, whatever dtype they come in."""

from __future__ import annotations

import torch

__all__ = ["double", "full_precision", "ratio", "wide"]


def full_precision(y_pred: torch.Tensor, y: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return both in one floating dtype of at least 32 bits, whose squares do not overflow soon.

    Integers become float64, where the device has it: a difference of them is then exact, and that
    of unsigned ones may be negative.

    Raises:
        TypeError: one is complex.
    """
    if y_pred.dtype is y.dtype and y.dtype in (torch.float32, torch.float64):
        return y_pred, y
    if y_pred.is_floating_point() and y.is_floating_point():
        common = torch.promote_types(torch.promote_types(y_pred.dtype, y.dtype), torch.float32)
        return y_pred.to(common), y.to(common)
    if y_pred.is_complex() or y.is_complex():
        raise TypeError(f"y_pred and y are real, got {y_pred.dtype} and {y.dtype}.")
    return double(y_pred), double(y)


def wide(x: torch.Tensor) -> torch.Tensor:
    """Return it in a floating dtype of at least 32 bits."""
    if x.dtype is torch.float32 or x.dtype is torch.float64:
        return x
    return x.float() if x.is_floating_point() else double(x)


def double(x: torch.Tensor) -> torch.Tensor:
    """Return it as float64; where the device has none (MPS), as float32."""
    return x.to(torch.float32 if x.device.type == "mps" else torch.float64)


def ratio(numerator: torch.Tensor, denominator: torch.Tensor) -> torch.Tensor:
    """Return ``numerator / denominator``, where zero over zero is zero: no error counts as none."""
    return (numerator / denominator).masked_fill_(numerator.logical_not(), 0)
