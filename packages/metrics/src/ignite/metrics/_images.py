"""What the images that are compared have to be."""

from __future__ import annotations

import math

import torch

__all__ = ["check_data_range", "paired_images"]


def check_data_range(data_range: float) -> None:
    """Raise unless the range is a positive number.

    Raises:
        ValueError: it is not.
    """
    if not isinstance(data_range, (int, float)) or not 0 < data_range < math.inf:
        raise ValueError(
            f"data_range must be a positive number, got {data_range!r}; it is the largest possible "
            "difference of two values, such as 1.0 or 255."
        )


def paired_images(
    y_pred: torch.Tensor, y: torch.Tensor, dimensions: int | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return both as float32 or float64, without their gradient.

    Args:
        y_pred: ``(batch, ...)``.
        y: of the same shape and dtype.
        dimensions: how many there must be; None for at least 1.

    Raises:
        TypeError: not real tensors, or of different dtypes.
        ValueError: another shape.
    """
    if not (isinstance(y_pred, torch.Tensor) and isinstance(y, torch.Tensor)):
        raise TypeError(
            f"y_pred and y are tensors, got {type(y_pred).__name__} and {type(y).__name__}; "
            "choose them from the output with output_transform=."
        )
    if y_pred.dtype is not y.dtype or y_pred.is_complex():
        raise TypeError(
            f"y_pred and y are real and of one dtype, got {y_pred.dtype} and {y.dtype}."
        )
    found = y_pred.dim()
    if y_pred.shape != y.shape or not (found >= 1 if dimensions is None else found == dimensions):
        expected = "(batch, ...)" if dimensions is None else f"of {dimensions} dimensions"
        raise ValueError(
            f"y_pred and y are of one shape {expected}, got {tuple(y_pred.shape)} and "
            f"{tuple(y.shape)}."
        )
    y_pred, y = y_pred.detach(), y.detach()
    if y_pred.dtype not in (torch.float32, torch.float64):
        return y_pred.float(), y.float()
    return y_pred, y
