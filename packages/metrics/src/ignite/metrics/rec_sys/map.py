"""Mean average precision of rankings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from ignite.metrics.functional.ranking import mean_average_precision_at_update, ranks_up_to
from ignite.metrics.metric import identity
from ignite.metrics.rec_sys._ranking import RankingMetric

__all__ = ["MAP"]


class MAP(RankingMetric):
    r"""The mean over users of their average precision among the top k.

    That of a user is :math:`\frac{1}{\min(k, R)} \sum_r P_r` over the ranks :math:`r` up to k of
    relevant items, where :math:`P_r` is the share of relevant ones among the first :math:`r`, and
    :math:`R` the number of all relevant items; so it is 1 for the best ranking whatever k is.
    (Manning, Raghavan and Schütze, "Introduction to information retrieval", 2008, without a bound
    k.) ``update`` takes what that of :class:`HitRate` does, and ranks as it does.

    Args:
        top_k: a number of items or several; more than there are means all.
        ignore_zero_hits: whether users without any relevant item are left out; otherwise they
            add 0.
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        device: where the sums live.
        skip_unrolling: as in :class:`Metric`.

    Attributes:
        top_k: in ascending order.

    Raises:
        ValueError: ``top_k`` that is no positive number, nor a list of them.

    >>> metric = MAP(top_k=[1, 3])
    >>> metric.update((torch.tensor([[0.9, 0.1, 0.5]]), torch.tensor([[1, 1, 0]])))
    >>> [round(value, 4) for value in metric.compute()]
    [1.0, 0.8333]
    """

    _inverses: torch.Tensor
    _sizes: torch.Tensor
    _sum: torch.Tensor

    def __init__(
        self,
        top_k: list[int] | int = 10,
        ignore_zero_hits: bool = True,
        output_transform: Callable[[Any], Any] = identity,
        device: str | torch.device = "cpu",
        skip_unrolling: bool = False,
    ) -> None:
        super().__init__(top_k, ignore_zero_hits, output_transform, device, skip_unrolling)
        self.declare_sum("_sum", (len(self.top_k),))
        ranks = torch.arange(1, self.top_k[-1] + 1, dtype=torch.float64)
        self.hold("_inverses", ranks_up_to(1 / ranks, self.top_k))
        self.hold("_sizes", torch.tensor(self.top_k, dtype=torch.float64))

    def take_in_ranking(self, ranked: torch.Tensor, y: torch.Tensor) -> None:
        """Add up the users' average precisions."""
        is_hit, num_relevant = self.is_relevant(ranked), self.is_relevant(y).sum(dim=1)
        sums = mean_average_precision_at_update(is_hit, num_relevant, self._inverses, self._sizes)
        self.accumulate("_sum", sums)

    def compute(self) -> list[float]:
        """Return the mean for each k, in ascending order of k (collective).

        Raises:
            NotComputableError: no user was given on any rank, or all are left out.
            InvalidValuesError: scores or relevances that are NaN.
        """
        mean: list[float] = (self._sum / int(self._num_users)).tolist()
        return mean
