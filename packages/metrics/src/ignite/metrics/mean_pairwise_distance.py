"""The mean distance of predicted vectors from their targets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from ignite.metrics._regression import MeanOfPairs, as_pair
from ignite.metrics.functional.distance import mean_pairwise_distance_update
from ignite.metrics.metric import identity

__all__ = ["MeanPairwiseDistance"]


class MeanPairwiseDistance(MeanOfPairs):
    """The mean distance ``mean ||y_pred - y + eps||_p`` of vectors.

    ``update`` takes ``(y_pred, y)``, each ``(batch, ..., features)``, of any real dtype;
    ``(batch,)`` is taken as ``(batch, 1)``. The mean is over examples, each of which has the sum
    over its vectors.

    Args:
        p: of the norm.
        eps: added to each difference.
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        device: where the sum lives.
        skip_unrolling: as in :class:`Metric`.

    >>> import torch
    >>> metric = MeanPairwiseDistance()
    >>> metric.update((torch.tensor([[3.0, 0.0]]), torch.tensor([[0.0, 4.0]])))
    >>> round(metric.compute(), 4)
    5.0
    """

    def __init__(
        self,
        p: int = 2,
        eps: float = 1e-6,
        output_transform: Callable[[Any], Any] = identity,
        device: str | torch.device = "cpu",
        skip_unrolling: bool = False,
    ) -> None:
        super().__init__(output_transform, device, skip_unrolling)
        self._p = p
        self._eps = eps

    @staticmethod
    def _as_pair(output: Any) -> tuple[torch.Tensor, torch.Tensor]:
        y_pred, y = as_pair(output)
        return (y_pred, y) if y.dim() > 1 else (y_pred.unsqueeze(1), y.unsqueeze(1))

    def _total(self, y_pred: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return mean_pairwise_distance_update(y_pred, y, self._p, self._eps)
