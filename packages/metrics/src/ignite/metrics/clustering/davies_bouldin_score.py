"""The Davies-Bouldin score of clusters."""

from __future__ import annotations

from ignite.metrics.clustering._base import ClusteringScore
from ignite.metrics.functional.clustering import davies_bouldin_score

__all__ = ["DaviesBouldinScore"]


class DaviesBouldinScore(ClusteringScore):
    """How near clusters are to the one that is most alike: the lower, the better they are apart.

    With s the mean distance of a cluster's examples to its center, and d the distance of two
    centers, it is the mean over i of the maximum over j of (s_i + s_j) / d_ij (Davies and Bouldin,
    "A cluster separation measure", 1979); pairs of one center are left out. ``update`` takes
    ``(features, labels)``: ``(batch, columns)`` and ``(batch,)``, real.
    **Every example is kept**, on every rank those of all ranks when the value is computed.

    Args:
        output_transform: makes of ``engine.state.output`` the pair ``(features, labels)``.
        check_compute_fn: has no effect, for there is no function of the user's to check.
        device: where the examples are kept.
        skip_unrolling: as in :class:`Metric`.
        max_examples: how many a rank may keep; None for any number.

    >>> import torch
    >>> metric = DaviesBouldinScore()
    >>> metric.update((torch.tensor([[0.0], [1.0], [9.0], [10.0]]), torch.tensor([0, 0, 1, 1])))
    >>> round(metric.compute(), 4)
    0.1111
    """

    score = staticmethod(davies_bouldin_score)
