"""The Calinski-Harabasz score of clusters."""

from __future__ import annotations

from ignite.metrics.clustering._base import ClusteringScore
from ignite.metrics.functional.clustering import calinski_harabasz_score

__all__ = ["CalinskiHarabaszScore"]


class CalinskiHarabaszScore(ClusteringScore):
    """The dispersion between clusters over that within: the higher, the better they are apart.

    It is (sum over clusters of their size times the squared distance of their center to the mean)
    / (k - 1), over (sum over examples of the squared distance to their center) / (n - k) (Calinski
    and Harabasz, "A dendrite method for cluster analysis", 1974); 1 if all examples lie on their
    centers. ``update`` takes ``(features, labels)``: ``(batch, columns)`` and ``(batch,)``, real.
    **Every example is kept**, on every rank those of all ranks when the value is computed.

    Args:
        output_transform: makes of ``engine.state.output`` the pair ``(features, labels)``.
        check_compute_fn: has no effect, for there is no function of the user's to check.
        device: where the examples are kept.
        skip_unrolling: as in :class:`Metric`.
        max_examples: how many a rank may keep; None for any number.

    >>> import torch
    >>> metric = CalinskiHarabaszScore()
    >>> metric.update((torch.tensor([[0.0], [1.0], [9.0], [10.0]]), torch.tensor([0, 0, 1, 1])))
    >>> metric.compute()
    162.0
    """

    score = staticmethod(calinski_harabasz_score)
