"""Examples by their clusters."""

from __future__ import annotations

from typing import NamedTuple

import torch

__all__ = ["Clusters", "clusters_of"]


class Clusters(NamedTuple):
    """The k clusters of n examples; all but the indices of float64.

    Attributes:
        indices: of the cluster of each example, int64, ``(n,)``.
        sizes: of the clusters, ``(k,)``.
        centers: the mean of each cluster, less one example, ``(k, columns)``.
        deviations: of the examples from their centers, ``(n, columns)``.
    """

    indices: torch.Tensor
    sizes: torch.Tensor
    centers: torch.Tensor
    deviations: torch.Tensor


def clusters_of(features: torch.Tensor, labels: torch.Tensor) -> Clusters:
    """Return the clusters of examples ``(n, columns)`` by labels ``(n,)``."""
    _, indices, counts = torch.unique(labels, return_inverse=True, return_counts=True)
    sizes = counts.double()
    places = torch.arange(len(labels), device=labels.device)
    first = torch.full_like(counts, len(labels)).scatter_reduce_(0, indices, places, "amin")
    # Less the first of each cluster, so that no rounding sets examples that are equal apart.
    features = features.double() - features[:1].double()
    deviations = features - features[first][indices]
    means = torch.zeros_like(features[first]).index_add_(0, indices, deviations) / sizes[:, None]
    return Clusters(indices, sizes, features[first] + means, deviations - means[indices])
