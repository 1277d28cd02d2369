"""The mean cosine similarity of predicted vectors and their targets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from ignite.metrics._regression import MeanOfPairs, as_pair
from ignite.metrics.functional.distance import cosine_similarity_update
from ignite.metrics.metric import identity

__all__ = ["CosineSimilarity"]


class CosineSimilarity(MeanOfPairs):
    """The mean of ``<y_pred, y> / (max(||y_pred||, eps) max(||y||, eps))`` over examples.

    ``update`` takes ``(y_pred, y)``, each ``(batch, features, ...)``, of any real dtype; all
    elements of an example are one vector.

    Args:
        eps: the least norm, so that a vector of zeros has the similarity 0.
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        device: where the sum lives.
        skip_unrolling: as in :class:`Metric`.

    >>> import torch
    >>> metric = CosineSimilarity()
    >>> metric.update((torch.tensor([[3.0, 0.0]]), torch.tensor([[3.0, 4.0]])))
    >>> round(metric.compute(), 4)
    0.6
    """

    def __init__(
        self,
        eps: float = 1e-8,
        output_transform: Callable[[Any], Any] = identity,
        device: str | torch.device = "cpu",
        skip_unrolling: bool = False,
    ) -> None:
        super().__init__(output_transform, device, skip_unrolling)
        self._eps = eps

    @staticmethod
    def _as_pair(output: Any) -> tuple[torch.Tensor, torch.Tensor]:
        y_pred, y = as_pair(output)
        if y.dim() < 2:
            raise ValueError(
                "Expected y_pred and y of shape (batch, features, ...), got "
                f"{tuple(y_pred.shape)}; between single numbers there is no angle."
            )
        return (y_pred, y) if y.dim() == 2 else (y_pred.flatten(1), y.flatten(1))

    def _total(self, y_pred: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return cosine_similarity_update(y_pred, y, self._eps)
