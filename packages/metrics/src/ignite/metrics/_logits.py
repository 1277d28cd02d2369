"""What the tensors given to a metric of distributions have to be."""

from __future__ import annotations

import torch

__all__ = ["count_distributions"]


def count_distributions(logits: torch.Tensor) -> int:
    """Return how many distributions logits ``(batch, classes, ...)`` are.

    Raises:
        TypeError: not a floating tensor.
        ValueError: another shape.
    """
    if not isinstance(logits, torch.Tensor):
        raise TypeError(
            f"Logits are a tensor, got {type(logits).__name__}; choose it with output_transform=."
        )
    if not logits.is_floating_point():
        raise TypeError(f"Logits are floating, got {logits.dtype}; convert them with .float().")
    shape = logits.shape
    if len(shape) < 2 or shape[1] == 0:
        raise ValueError(f"Logits are of shape (batch, classes, ...), got {tuple(shape)}.")
    return logits.numel() // shape[1]
