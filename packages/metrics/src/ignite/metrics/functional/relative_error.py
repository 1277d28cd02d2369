"""Medians of errors, and errors relative to the mean target, as functions of all examples."""

from __future__ import annotations

import torch

from ignite.metrics.functional._precision import double, ratio

__all__ = [
    "geometric_mean_relative_absolute_error",
    "median_absolute_error",
    "median_absolute_percentage_error",
    "median_relative_absolute_error",
]


def median_absolute_error(y_pred: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Return the median of ``|y - y_pred|``.

    Args:
        y_pred: any real dtype and shape, at least one element.
        y: any real dtype, the same shape.

    Returns:
        Floating, ``()``; of an even number of errors the mean of the middle two; NaN if any is.

    >>> median_absolute_error(torch.tensor([1.0, 2.0, 9.0]), torch.tensor([1.0, 0.0, 0.0]))
    tensor(2., dtype=torch.float64)
    """
    return _median(_absolute_error(y_pred, y))


def median_absolute_percentage_error(y_pred: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Return the median of ``100 |y - y_pred| / |y|``; zero over zero counts as zero.

    Args:
        y_pred: any real dtype and shape, at least one element.
        y: any real dtype, the same shape.

    Returns:
        As :func:`median_absolute_error`.

    >>> median_absolute_percentage_error(torch.tensor([1.0, 3.0]), torch.tensor([2.0, 2.0]))
    tensor(50., dtype=torch.float64)
    """
    return 100 * _median(ratio(_absolute_error(y_pred, y), double(y).abs()))


def median_relative_absolute_error(y_pred: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Return the median of ``|y - y_pred| / |y - mean(y)|``; zero over zero counts as zero.

    Args:
        y_pred: any real dtype and shape, at least one element.
        y: any real dtype, the same shape.

    Returns:
        As :func:`median_absolute_error`.

    >>> median_relative_absolute_error(torch.tensor([1.0, 3.0]), torch.tensor([0.0, 4.0]))
    tensor(0.5000, dtype=torch.float64)
    """
    return _median(_relative_absolute_error(y_pred, y))


def geometric_mean_relative_absolute_error(y_pred: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Return the geometric mean of ``|y - y_pred| / |y - mean(y)|``; zero over zero counts as zero.

    Args:
        y_pred: any real dtype and shape, at least one element.
        y: any real dtype, the same shape.

    Returns:
        Floating, ``()``; 0 if one prediction is exact.

    >>> y_pred, y = torch.tensor([2.0, 2.0]), torch.tensor([1.0, 9.0])
    >>> geometric_mean_relative_absolute_error(y_pred, y)  # sqrt(1 * 7) / 4
    tensor(0.6614, dtype=torch.float64)
    """
    return _relative_absolute_error(y_pred, y).log_().mean().exp_()


def _relative_absolute_error(y_pred: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    y = double(y)
    deviation = y - y.flatten()[0]  # so that it is exactly zero if all are equal
    return ratio(_absolute_error(y_pred, y), (deviation - deviation.mean()).abs_())


def _absolute_error(y_pred: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return (double(y) - double(y_pred)).abs_()


def _median(x: torch.Tensor) -> torch.Tensor:
    ordered, n = x.flatten().sort().values, x.numel()
    middle = ordered[(n - 1) // 2] / 2 + ordered[n // 2] / 2
    return torch.where(ordered[-1].isnan(), torch.nan, middle)
