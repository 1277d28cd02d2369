"""The maximum mean discrepancy as a function."""

from __future__ import annotations

import torch

from ignite.metrics.functional._distances import squared_distances

__all__ = ["squared_maximum_mean_discrepancy"]


def squared_maximum_mean_discrepancy(
    x: torch.Tensor, y: torch.Tensor, var: float = 1.0
) -> torch.Tensor:
    """Return an estimate of the squared distance of two distributions, with a Gaussian kernel.

    With k(a, b) = exp(-|a - b|^2 / (2 var)) it is the mean of k over all pairs of two examples of
    x, plus that of y, less twice that over the pairs of one of x and one of y (Gretton, Borgwardt,
    Rasch, Schölkopf and Smola, "A kernel two-sample test", 2012, equation 3).

    Args:
        x: floating, ``(n, columns)``, n at least 2.
        y: as ``x``.
        var: of the kernel, positive.

    Returns:
        ``()``; unbiased, hence also below 0 where the distributions are near.

    >>> x = torch.tensor([[0.0], [1.0]])
    >>> squared_maximum_mean_discrepancy(x, x + 10)
    tensor(1.2131)
    """
    n = len(x)
    center = x.mean(0)
    first, second = torch.stack([x, y, x]).sub_(center), torch.stack([x, y, y]).sub_(center)
    kernels = squared_distances(first, second).mul_(-0.5 / var).exp_()
    # An example is as far from itself as 1 says, which is left out of the means over pairs.
    within, across = kernels[:2].sum() - 2 * n, kernels[2].sum()
    return within / (n * (n - 1)) - across * (2 / n**2)
