"""Hit rate: for how many users a relevant item is ranked among the first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from ignite.metrics.functional.ranking import hit_rate_compute
from ignite.metrics.metric import identity
from ignite.metrics.rec_sys._ranking import FirstHitMetric

__all__ = ["HitRate"]


class HitRate(FirstHitMetric):
    """The share of users that have a relevant item among the top k.

    ``update`` takes ``(y_pred, y)``, both ``(users, items)``: scores, the highest of which ranks
    first, and relevances, of which those above 0 are of relevant items. Items of equal score are
    ranked in the order of their index: shuffle them if that tells their relevance.

    Args:
        top_k: a number of items or several; more than there are means all.
        ignore_zero_hits: whether users without any relevant item are left out.
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        device: where the counts live.
        skip_unrolling: as in :class:`Metric`.

    Attributes:
        top_k: in ascending order.

    Raises:
        ValueError: ``top_k`` that is no positive number, nor a list of them.

    >>> metric = HitRate(top_k=[1, 2])
    >>> scores = torch.tensor([[0.9, 0.1, 0.5], [0.2, 0.3, 0.4]])
    >>> metric.update((scores, torch.tensor([[0, 0, 1], [0, 0, 1]])))
    >>> metric.compute()
    [0.5, 1.0]
    """

    def __init__(
        self,
        top_k: list[int] | int = 1,
        ignore_zero_hits: bool = True,
        output_transform: Callable[[Any], Any] = identity,
        device: str | torch.device = "cpu",
        skip_unrolling: bool = False,
    ) -> None:
        super().__init__(top_k, ignore_zero_hits, output_transform, device, skip_unrolling)

    def compute(self) -> list[float]:
        """Return the hit rate for each k, in ascending order of k (collective).

        Raises:
            NotComputableError: no user was given on any rank, or all are left out.
            InvalidValuesError: scores or relevances that are NaN.
        """
        return hit_rate_compute(self._first_hits, int(self._num_users), self.top_k)
