"""The Fréchet inception distance as functions."""

from __future__ import annotations

import torch

__all__ = ["covariance_compute", "covariance_update", "frechet_distance"]


def covariance_update(features: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return of the rows the sum of their outer products, and their sum.

    Args:
        features: real, ``(batch, features)``.

    Returns:
        Both of the dtype of ``features``: ``(features, features)`` and ``(features,)``.

    >>> covariance_update(torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
    (tensor([[10., 14.],
            [14., 20.]]), tensor([4., 6.]))
    """
    return features.T @ features, features.sum(0)


def covariance_compute(
    products: torch.Tensor, total: torch.Tensor, num_examples: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the mean ``(features,)`` and the unbiased covariance ``(features, features)``.

    Args:
        products: the sum of the outer products, ``(features, features)``.
        total: the sum of the rows, ``(features,)``.
        num_examples: how many rows, at least 2.

    >>> covariance_compute(torch.tensor([[10.0, 14.0], [14.0, 20.0]]), torch.tensor([4.0, 6.0]), 2)
    (tensor([2., 3.]), tensor([[2., 2.],
            [2., 2.]]))
    """
    mean = total / num_examples
    return mean, (products - torch.outer(total, mean)) / (num_examples - 1)


def frechet_distance(
    mean_1: torch.Tensor,
    covariance_1: torch.Tensor,
    mean_2: torch.Tensor,
    covariance_2: torch.Tensor,
) -> torch.Tensor:
    """Return the squared Fréchet distance of two Gaussian distributions.

    It is |m_1 - m_2|^2 + tr(C_1 + C_2 - 2 (C_1 C_2)^(1/2)) (Dowson and Landau, "The Fréchet
    distance between multivariate normal distributions", 1982). With C = R R^T for both, the
    trace of the root is the sum of the singular values of R_1^T R_2, which exists and is well
    conditioned also where the covariances are singular.

    Args:
        mean_1: floating, ``(features,)``.
        covariance_1: symmetric and positive semidefinite, ``(features, features)``.
        mean_2: as ``mean_1``.
        covariance_2: as ``covariance_1``.

    Returns:
        ``()``, at least 0.

    >>> zero, one = torch.zeros(2), torch.eye(2)
    >>> round(frechet_distance(zero, one, zero + 3, 4 * one).item(), 4)  # 9 + 9 + (2 + 8 - 2 * 4)
    20.0
    """
    root_1, root_2 = _root(covariance_1), _root(covariance_2)
    trace_of_root = torch.linalg.svdvals(root_1.T @ root_2).sum()
    traces = covariance_1.trace() + covariance_2.trace()
    distance: torch.Tensor = (mean_1 - mean_2).square().sum() + traces - 2 * trace_of_root
    return distance.clamp_min(0)


def _root(covariance: torch.Tensor) -> torch.Tensor:
    """Return R of R R^T; eigenvalues that rounding may have made of 0 are taken for 0."""
    values: torch.Tensor
    vectors: torch.Tensor
    values, vectors = torch.linalg.eigh(covariance)
    rounding = values.amax() * torch.finfo(values.dtype).eps * len(values)
    return vectors * torch.where(values > rounding, values, 0).sqrt()
