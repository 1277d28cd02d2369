"""The peak signal-to-noise ratio as functions."""

from __future__ import annotations

import math

import torch

from ignite.metrics.functional._precision import double

__all__ = ["psnr_compute", "psnr_update"]


def psnr_update(y_pred: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Return the sum over all images of log10(root mean squared error).

    Args:
        y_pred: floating, ``(batch, ...)``.
        y: as ``y_pred``.

    Returns:
        float64 (float32 on MPS), ``()``; -inf if two images are equal.

    >>> psnr_update(torch.zeros(3, 2, 2), torch.full((3, 2, 2), 0.1))
    tensor(-3.0000, dtype=torch.float64)
    """
    errors = y_pred - y
    errors = errors.flatten(1) if errors.dim() > 1 else errors[:, None]
    norms = torch.linalg.vector_norm(errors, dim=1)
    return double(norms).div_(math.sqrt(errors.shape[1])).log10_().sum()


def psnr_compute(sum_of_logs: torch.Tensor, num_examples: int, data_range: float) -> float:
    """Return the mean over images of 20 log10(data_range / root mean squared error), in dB.

    Args:
        sum_of_logs: of all images, ``()``.
        num_examples: how many images.
        data_range: largest possible difference of two values.

    >>> round(psnr_compute(torch.tensor(-3.0), 3, data_range=1.0), 4)
    20.0
    """
    return 20 * (math.log10(data_range) - sum_of_logs.item() / num_examples)
