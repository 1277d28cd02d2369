"""Sums of squares and products of predictions and targets, from which a correlation follows.

They are taken of differences from a pivot, which is one of the examples: about zero, a mean that is
large beside the spread would take all digits. The square of the pivot's distance from the mean is
at most the number of examples times the variance, so that of the 53 bits of float64 no more are
lost than that number has, and as a rule none.
"""

from __future__ import annotations

import torch

from ignite.metrics.functional._precision import double, full_precision

__all__ = [
    "moments_merge",
    "moments_pivot",
    "moments_update",
    "pearson_correlation_compute",
    "r2_score_compute",
]

_PREDICTION, _TARGET, _ERROR, _ONE = range(4)


def moments_pivot(y_pred: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Return the first example of a batch as the pivot of prediction, target, error and one.

    Args:
        y_pred: any real dtype, ``(batch,)``.
        y: any real dtype, ``(batch,)``.

    Returns:
        float64 where the device has it, ``(1, 4, 1)``; zero for error and one.

    >>> moments_pivot(torch.tensor([7.0, 8.0]), torch.tensor([9.0, 9.0])).flatten()
    tensor([7., 9., 0., 0.], dtype=torch.float64)
    """
    pivot = torch.stack((double(y_pred[0]), double(y[0])))
    return torch.nn.functional.pad(pivot, (0, 2)).reshape(1, 4, 1)


def moments_update(
    products: torch.Tensor, pivot: torch.Tensor, y_pred: torch.Tensor, y: torch.Tensor
) -> torch.Tensor:
    """Add a batch to ``products`` in place, and return it.

    Args:
        products: sums of the products of each two of prediction, target, error and one, the first
            two less their pivot; the dtype and device of the pivot, ``(1, 4, 4)``.
        pivot: ``(1, 4, 1)``; see :func:`moments_pivot`.
        y_pred: any real dtype, ``(batch,)``.
        y: any real dtype, ``(batch,)``.

    >>> y_pred, y = torch.tensor([7.0, 8.0]), torch.tensor([9.0, 9.0])
    >>> products = torch.zeros(1, 4, 4, dtype=torch.float64)
    >>> moments_update(products, moments_pivot(y_pred, y), y_pred, y)
    tensor([[[ 1.,  0., -1.,  1.],
             [ 0.,  0.,  0.,  0.],
             [-1.,  0.,  5., -3.],
             [ 1.,  0., -3.,  2.]]], dtype=torch.float64)
    """
    y_pred, y = full_precision(y_pred, y)
    columns = torch.stack((y_pred, y, y_pred - y, torch.ones_like(y)))
    if columns.device != pivot.device:
        columns = columns.to(pivot)
    columns = columns - pivot
    return products.baddbmm_(columns, columns.mT)


def moments_merge(products: torch.Tensor, pivots: torch.Tensor) -> torch.Tensor:
    """Return the sums of products over all parts, about the pivot of the first.

    Chan, Golub, LeVeque: Algorithms for computing the sample variance, The American Statistician
    37 (1983), in the form for sums about any pivots.

    Args:
        products: of each part, ``(parts, 4, 4)``; see :func:`moments_update`.
        pivots: of each part, ``(parts, 4, 1)``.

    Returns:
        ``(4, 4)``.

    >>> y_pred, y = torch.tensor([7.0, 8.0]), torch.tensor([9.0, 9.0])
    >>> products, pivot = torch.zeros(1, 4, 4, dtype=torch.float64), moments_pivot(y_pred, y)
    >>> products = moments_update(products, pivot, y_pred, y)
    >>> moments_merge(products.repeat(2, 1, 1), pivot.repeat(2, 1, 1)).diagonal()
    tensor([ 2.,  0., 10.,  4.], dtype=torch.float64)
    """
    shift = torch.eye(4, dtype=products.dtype, device=products.device).repeat(len(products), 1, 1)
    shift[:, :, _ONE:] += pivots - pivots[:1]
    return (shift @ products @ shift.mT).sum(dim=0)


def pearson_correlation_compute(products: torch.Tensor, eps: float = 1e-8) -> torch.Tensor:
    """Return the covariance over the product of standard deviations, which is at least ``eps``.

    Args:
        products: ``(4, 4)``, as :func:`moments_merge` returns them.
        eps: the least product of standard deviations.

    Returns:
        ``()``.

    >>> y_pred, y = torch.tensor([1.0, 2.0, 4.0]), torch.tensor([-1.0, -2.0, -4.0])
    >>> products, pivot = torch.zeros(1, 4, 4, dtype=torch.float64), moments_pivot(y_pred, y)
    >>> products = moments_update(products, pivot, y_pred, y)
    >>> pearson_correlation_compute(products[0])
    tensor(-1., dtype=torch.float64)
    """
    means = products[_ONE, :2] / products[_ONE, _ONE]
    covariance = products[:2, :2] / products[_ONE, _ONE] - means.outer(means)
    deviations = covariance.diagonal().clamp(min=0).sqrt().prod()
    return (covariance[_PREDICTION, _TARGET] / deviations.clamp(min=eps)).clamp(-1, 1)


def r2_score_compute(products: torch.Tensor) -> torch.Tensor:
    """Return 1 minus the sum of squared errors over that of deviations from the mean target.

    Args:
        products: ``(4, 4)``, as :func:`moments_merge` returns them.

    Returns:
        ``()``; if all targets are equal, minus infinity, or NaN without any error.

    >>> y_pred, y = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([1.0, 2.0, 4.0])
    >>> products, pivot = torch.zeros(1, 4, 4, dtype=torch.float64), moments_pivot(y_pred, y)
    >>> products = moments_update(products, pivot, y_pred, y)
    >>> r2_score_compute(products[0])
    tensor(0.7857, dtype=torch.float64)
    """
    deviation = products[_TARGET, _ONE]
    total = products[_TARGET, _TARGET] - deviation * deviation / products[_ONE, _ONE]
    return 1 - products[_ERROR, _ERROR] / total.clamp(min=0)
