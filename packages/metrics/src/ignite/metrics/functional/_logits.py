"""Probabilities from logits, in a precision that their logarithms can be summed in."""

from __future__ import annotations

import torch

__all__ = ["log_probabilities", "probabilities"]


def log_probabilities(logits: torch.Tensor) -> torch.Tensor:
    """Return the logarithms of the probabilities of logits ``(batch, classes, ...)``.

    At least float32; a new tensor.
    """
    return torch.log_softmax(_summable(logits), dim=1)


def probabilities(logits: torch.Tensor) -> torch.Tensor:
    """Return the probabilities of logits ``(batch, classes, ...)``: at least float32."""
    return torch.softmax(_summable(logits), dim=1)


def _summable(x: torch.Tensor) -> torch.Tensor:
    return x.float() if x.dtype in (torch.float16, torch.bfloat16) else x
