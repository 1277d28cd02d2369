"""Scores of clusters as functions, of examples and the labels of their clusters.

They are defined for at least two clusters and at least one cluster fewer than there are examples;
otherwise they are NaN.
"""

from __future__ import annotations

import torch

from ignite.metrics.functional._clusters import clusters_of
from ignite.metrics.functional._pairwise import Distance, distance_between

__all__ = ["calinski_harabasz_score", "davies_bouldin_score", "silhouette_score"]

BLOCK = 2**22  # distances that are held at once


def calinski_harabasz_score(features: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Return the dispersion between clusters over that within, by their degrees of freedom.

    It is (sum over clusters of their size times the squared distance of their center to the mean)
    / (k - 1), over (sum over examples of the squared distance to their center) / (n - k) (Calinski
    and Harabasz, "A dendrite method for cluster analysis", 1974); 1 if all examples lie on their
    centers.

    Args:
        features: real, ``(n, columns)``.
        labels: real, ``(n,)``.

    Returns:
        float64, ``()``; the higher, the better the clusters are apart.

    >>> features = torch.tensor([[0.0], [1.0], [9.0], [10.0]])
    >>> calinski_harabasz_score(features, torch.tensor([0, 0, 1, 1]))
    tensor(162., dtype=torch.float64)
    """
    _, sizes, centers, deviations = clusters_of(features, labels)
    n, k = len(deviations), len(sizes)
    if not 1 < k < n:
        return sizes.new_full((), torch.nan)
    within = deviations.square().sum()
    mean = sizes @ centers / n
    between = sizes @ (centers - mean).square().sum(1)
    return torch.where(within == 0, 1.0, between * (n - k) / (within * (k - 1)))


def davies_bouldin_score(features: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Return the mean over clusters of how near they are to the one that is most alike.

    With s the mean distance of a cluster's examples to its center, and d the distance of two
    centers, it is the mean over i of the maximum over j of (s_i + s_j) / d_ij (Davies and Bouldin,
    "A cluster separation measure", 1979); pairs of one center are left out.

    Args:
        features: real, ``(n, columns)``.
        labels: real, ``(n,)``.

    Returns:
        float64, ``()``; the lower, the better the clusters are apart.

    >>> features = torch.tensor([[0.0], [1.0], [9.0], [10.0]])
    >>> davies_bouldin_score(features, torch.tensor([0, 0, 1, 1]))
    tensor(0.1111, dtype=torch.float64)
    """
    indices, sizes, centers, deviations = clusters_of(features, labels)
    k = len(sizes)
    if not 1 < k < len(deviations):
        return sizes.new_full((), torch.nan)
    to_center: torch.Tensor = torch.linalg.vector_norm(deviations, dim=1)
    spreads = to_center.new_zeros(k).index_add_(0, indices, to_center) / sizes
    spreads = spreads + spreads[:, None]
    distances = distance_between("euclidean")(centers, centers)
    # Rounding may set centers apart that are one.
    are_one = distances <= spreads * (64 * torch.finfo(spreads.dtype).eps)
    return (spreads / distances).masked_fill_(are_one, 0).amax(1).mean()


def silhouette_score(
    features: torch.Tensor, labels: torch.Tensor, distance: Distance | None = None
) -> torch.Tensor:
    """Return the mean over examples of how much nearer their own cluster is than any other.

    With a the mean distance to the other examples of its cluster, and b the least mean distance to
    those of another, it is the mean of (b - a) / max(a, b), where an example that is alone in its
    cluster counts as 0 (Rousseeuw, "Silhouettes: a graphical aid to the interpretation and
    validation of cluster analysis", 1987). Distances are computed block by block.

    Args:
        features: real, ``(n, columns)``.
        labels: real, ``(n,)``.
        distance: returns of rows ``(m, columns)`` and ``(n, columns)`` their distances ``(m, n)``;
            None for the Euclidean one.

    Returns:
        float64, ``()``, from -1 to 1; the higher, the better the clusters are apart.

    >>> features = torch.tensor([[0.0], [1.0], [9.0], [10.0]])
    >>> silhouette_score(features, torch.tensor([0, 0, 1, 1]))
    tensor(0.8885, dtype=torch.float64)
    """
    _, indices, sizes = torch.unique(labels, return_inverse=True, return_counts=True)
    n, features = len(features), features.double()
    if not 1 < len(sizes) < n:
        return features.new_full((), torch.nan)
    distance = distance_between("euclidean") if distance is None else distance
    blocks = torch.split(torch.arange(n, device=features.device), max(1, BLOCK // n))
    sums = [_silhouettes(features, indices, sizes, rows, distance).sum() for rows in blocks]
    return torch.stack(sums).sum() / n


def _silhouettes(
    features: torch.Tensor,
    indices: torch.Tensor,
    sizes: torch.Tensor,
    rows: torch.Tensor,
    distance: Distance,
) -> torch.Tensor:
    distances = distance(features[rows], features).scatter_(1, rows[:, None], 0)
    sums = distances.new_zeros(len(rows), len(sizes)).index_add_(1, indices, distances)
    own = indices[rows][:, None]
    others = sizes[own].squeeze(1) - 1
    within = sums.gather(1, own).squeeze(1) / others
    across = (sums / sizes).scatter_(1, own, torch.inf).amin(1)
    larger = torch.maximum(within, across)
    return torch.where((others == 0) | (larger == 0), 0, (across - within) / larger)
