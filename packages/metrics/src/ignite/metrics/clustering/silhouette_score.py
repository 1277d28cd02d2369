"""The silhouette score of clusters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from ignite.metrics.clustering._base import ClusteringScore
from ignite.metrics.functional._pairwise import distance_between
from ignite.metrics.functional.clustering import silhouette_score
from ignite.metrics.metric import identity

__all__ = ["SilhouetteScore"]


class SilhouetteScore(ClusteringScore):
    """How much nearer their own cluster than any other examples are, from -1 to 1.

    With a the mean distance to the other examples of its cluster, and b the least mean distance to
    those of another, it is the mean of (b - a) / max(a, b), where an example that is alone in its
    cluster counts as 0 (Rousseeuw, "Silhouettes: a graphical aid to the interpretation and
    validation of cluster analysis", 1987). ``update`` takes ``(features, labels)``:
    ``(batch, columns)`` and ``(batch,)``, real.
    **Every example is kept**, on every rank those of all ranks when the value is computed; that
    takes the distances of all pairs, but holds a block of them at a time.

    Args:
        output_transform: makes of ``engine.state.output`` the pair ``(features, labels)``.
        check_compute_fn: has no effect, for there is no function of the user's to check.
        device: where the examples are kept.
        skip_unrolling: as in :class:`Metric`.
        silhouette_kwargs: ``metric``, the distance: ``"euclidean"`` (the default) or ``"l2"``,
            ``"sqeuclidean"``, ``"manhattan"``, ``"cityblock"`` or ``"l1"``, ``"chebyshev"``,
            ``"cosine"``, or ``"minkowski"`` with the power ``p``.
        max_examples: how many a rank may keep; None for any number.

    Raises:
        ValueError: other ``silhouette_kwargs``.

    >>> metric = SilhouetteScore()
    >>> metric.update((torch.tensor([[0.0], [1.0], [9.0], [10.0]]), torch.tensor([0, 0, 1, 1])))
    >>> round(metric.compute(), 4)
    0.8885
    """

    def __init__(
        self,
        output_transform: Callable[[Any], Any] = identity,
        check_compute_fn: bool = True,
        device: str | torch.device = "cpu",
        skip_unrolling: bool = False,
        silhouette_kwargs: dict[str, Any] | None = None,
        *,
        max_examples: int | None = None,
    ) -> None:
        arguments = {"metric": "euclidean", **(silhouette_kwargs or {})}
        if unknown := arguments.keys() - {"metric", "p"}:
            raise ValueError(
                f"silhouette_kwargs may have 'metric' and 'p', got {sorted(unknown)}; to score a "
                "sample, let output_transform= choose it."
            )
        self._distance = distance_between(**arguments)
        super().__init__(
            output_transform, check_compute_fn, device, skip_unrolling, max_examples=max_examples
        )

    def score(self, features: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """Return the score of all examples."""
        return silhouette_score(features, labels, self._distance)
