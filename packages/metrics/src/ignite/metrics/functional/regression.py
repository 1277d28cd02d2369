"""Errors of regression as functions: what a batch adds to a sum over examples.

Each takes tensors of one shape and any real dtype. Halves and integers are widened first, and zero
over zero counts as zero.
"""

from __future__ import annotations

import torch

from ignite.metrics.functional._precision import full_precision, ratio

__all__ = [
    "canberra_metric_update",
    "count_zeros",
    "fractional_absolute_error_update",
    "fractional_bias_update",
    "geometric_mean_absolute_error_update",
    "maximum_absolute_error_update",
    "mean_absolute_error_update",
    "mean_absolute_relative_error_update",
    "mean_error_update",
    "mean_normalized_bias_update",
    "mean_squared_error_update",
    "wave_hedges_distance_update",
]


def mean_squared_error_update(y_pred: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Return the sum of ``(y - y_pred)^2``, ``()``.

    >>> mean_squared_error_update(torch.tensor([1.0, 2.0]), torch.tensor([0.0, 4.0]))
    tensor(5.)
    """
    y_pred, y = full_precision(y_pred, y)
    return (y - y_pred).square_().sum()


def mean_absolute_error_update(y_pred: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Return the sum of ``|y - y_pred|``, ``()``.

    >>> mean_absolute_error_update(torch.tensor([1.0, 2.0]), torch.tensor([0.0, 4.0]))
    tensor(3.)
    """
    y_pred, y = full_precision(y_pred, y)
    return (y - y_pred).abs_().sum()


def mean_error_update(y_pred: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Return the sum of ``y - y_pred``, ``()``.

    >>> mean_error_update(torch.tensor([1.0, 2.0]), torch.tensor([0.0, 4.0]))
    tensor(1.)
    """
    y_pred, y = full_precision(y_pred, y)
    return (y - y_pred).sum()


def maximum_absolute_error_update(y_pred: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Return the largest of ``|y - y_pred|``, of at least one; NaN if one is, ``()``.

    >>> maximum_absolute_error_update(torch.tensor([1.0, 2.0]), torch.tensor([0.0, 4.0]))
    tensor(2.)
    """
    y_pred, y = full_precision(y_pred, y)
    return (y - y_pred).abs_().max()


def geometric_mean_absolute_error_update(y_pred: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Return the sum of ``log |y - y_pred|``, ``()``: minus infinity if there is no error.

    >>> geometric_mean_absolute_error_update(torch.tensor([1.0, 2.0]), torch.tensor([2.0, 4.0]))
    tensor(0.6931)
    """
    y_pred, y = full_precision(y_pred, y)
    return (y - y_pred).abs_().log_().sum()


def mean_absolute_relative_error_update(y_pred: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Return the sum of ``|y - y_pred| / |y|``, ``()``; no number if ``y`` has a zero.

    >>> mean_absolute_relative_error_update(torch.tensor([1.0, 2.0]), torch.tensor([2.0, -4.0]))
    tensor(2.)
    """
    y_pred, y = full_precision(y_pred, y)
    return (y - y_pred).div_(y).abs_().sum()


def mean_normalized_bias_update(y_pred: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Return the sum of ``(y - y_pred) / y``, ``()``; no number if ``y`` has a zero.

    >>> mean_normalized_bias_update(torch.tensor([1.0, 6.0]), torch.tensor([2.0, 4.0]))
    tensor(0.)
    """
    y_pred, y = full_precision(y_pred, y)
    return (y - y_pred).div_(y).sum()


def count_zeros(y: torch.Tensor) -> torch.Tensor:
    """Return how many elements are zero, int64, ``()``.

    >>> count_zeros(torch.tensor([0.0, 1.0, -0.0]))
    tensor(2)
    """
    return torch.count_nonzero(y.logical_not())


def canberra_metric_update(y_pred: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Return the sum of ``|y - y_pred| / (|y| + |y_pred|)``, ``()``.

    >>> canberra_metric_update(torch.tensor([1.0, 0.0]), torch.tensor([3.0, 0.0]))
    tensor(0.5000)
    """
    y_pred, y = full_precision(y_pred, y)
    # As no error is larger than what divides it, only zero over zero is to be avoided.
    size = y.abs().add_(y_pred.abs()).clamp_min_(torch.finfo(y.dtype).tiny)
    return (y - y_pred).abs_().div_(size).sum()


def fractional_absolute_error_update(y_pred: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Return the sum of ``2 |y - y_pred| / (|y| + |y_pred|)``, ``()``.

    >>> fractional_absolute_error_update(torch.tensor([1.0, 0.0]), torch.tensor([3.0, 0.0]))
    tensor(1.)
    """
    return canberra_metric_update(y_pred, y).mul_(2)


def fractional_bias_update(y_pred: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Return the sum of ``2 (y - y_pred) / (y + y_pred)``, ``()``.

    >>> fractional_bias_update(torch.tensor([1.0, 0.0]), torch.tensor([3.0, 0.0]))
    tensor(1.)
    """
    y_pred, y = full_precision(y_pred, y)
    return ratio(y - y_pred, y + y_pred).sum().mul_(2)


def wave_hedges_distance_update(y_pred: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Return the sum of ``|y - y_pred| / max(y, y_pred)``, ``()``.

    >>> wave_hedges_distance_update(torch.tensor([1.0, 0.0]), torch.tensor([4.0, 0.0]))
    tensor(0.7500)
    """
    y_pred, y = full_precision(y_pred, y)
    return ratio((y - y_pred).abs_(), torch.maximum(y, y_pred)).sum()
