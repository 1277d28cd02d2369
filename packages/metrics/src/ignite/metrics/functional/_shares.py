"""Shares of counts."""

from __future__ import annotations

import torch

from ignite.metrics.functional._precision import double, ratio

__all__ = ["share"]


def share(part: torch.Tensor, whole: torch.Tensor) -> torch.Tensor:
    """Return one count divided by another as float64 where the device has it; 0 of 0 is 0."""
    return ratio(double(part), double(whole))
