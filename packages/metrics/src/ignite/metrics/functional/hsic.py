"""The Hilbert-Schmidt independence criterion as functions."""

from __future__ import annotations

import torch

from ignite.metrics.functional._distances import squared_distances

__all__ = ["hsic"]


def hsic(
    x: torch.Tensor, y: torch.Tensor, sigma_x: float = -1, sigma_y: float = -1
) -> torch.Tensor:
    """Return the unbiased estimate of the dependence of x and y, with Gaussian kernels.

    With K and L the kernel matrices without their diagonals, it is (tr(KL) + sum(K) sum(L) /
    ((n - 1)(n - 2)) - 2 sum(KL) / (n - 2)) / (n(n - 3)) (Song, Smola, Gretton, Bedo and Borgwardt,
    "Feature selection via dependence maximization", 2012, equation 5).

    Args:
        x: floating, ``(n, columns)``, n at least 4.
        y: as ``x``; the columns may be others.
        sigma_x: the width of the kernel exp(-d^2 / (2 sigma^2)) of ``x``; if negative, the median
            of the distances of all pairs, also of each row to itself.
        sigma_y: the same of ``y``.

    Returns:
        ``()``; near 0 where x and y are independent, also below.

    >>> x = torch.arange(5.0)[:, None]
    >>> hsic(x, x**2) > hsic(x, torch.tensor([[1.0], [4.0], [0.0], [3.0], [2.0]]))
    tensor(True)
    """
    n = len(x)
    kernel_x, kernel_y = _kernel(x, sigma_x), _kernel(y, sigma_y)
    rows_x, rows_y = kernel_x.sum(0), kernel_y.sum(0)
    trace = (kernel_x * kernel_y).sum()
    sums = rows_x.sum() * rows_y.sum() / ((n - 1) * (n - 2))
    return (trace + sums - 2 / (n - 2) * (rows_x * rows_y).sum()) / (n * (n - 3))


def _kernel(x: torch.Tensor, sigma: float) -> torch.Tensor:
    """Return the kernel matrix without its diagonal."""
    centered = x - x.mean(0)
    squares = squared_distances(centered, centered)
    if sigma < 0:
        # A median of 0 gives the limit of the kernel: 1 for equal rows, and otherwise 0.
        scale = _median(squares).mul_(-2).clamp_max_(-torch.finfo(x.dtype).tiny)
        kernel = squares.div_(scale)
    else:
        kernel = squares.mul_(-0.5 / sigma**2)
    return kernel.exp_().fill_diagonal_(0)


def _median(x: torch.Tensor) -> torch.Tensor:
    """Return the median, the mean of the two in the middle if there are two."""
    below = x.median()
    above = torch.where(x > below, x, torch.inf).amin()
    is_doubled = torch.count_nonzero(x <= below) > x.numel() // 2
    return torch.where(is_doubled, below, (below + above) / 2)
