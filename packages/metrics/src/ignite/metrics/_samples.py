"""Two batches of examples whose distributions are compared."""

from __future__ import annotations

import torch

__all__ = ["paired_rows"]


def paired_rows(x: torch.Tensor, y: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return ``(batch, ...)``, both, as rows ``(batch, columns)`` of at least float32.

    Raises:
        TypeError: not real tensors.
        ValueError: another shape, or other numbers of examples.
    """
    for name, value in (("x", x), ("y", y)):
        if not isinstance(value, torch.Tensor):
            raise TypeError(
                f"{name} is a tensor, got {type(value).__name__}; choose it with output_transform=."
            )
        if value.is_complex():
            raise TypeError(f"{name} is real, got {value.dtype}.")
        if value.dim() < 2:
            raise ValueError(
                f"{name} is of shape (batch, columns), got {tuple(value.shape)}; give a single "
                "column as (batch, 1)."
            )
    if len(x) != len(y):
        raise ValueError(f"x has {len(x)} examples and y {len(y)}; give as many.")
    dtype = torch.promote_types(torch.promote_types(x.dtype, y.dtype), torch.float32)
    return x.detach().flatten(1).to(dtype), y.detach().flatten(1).to(dtype)
