"""Normalized discounted cumulative gain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from ignite.metrics.functional.ranking import ndcg_update, ranks_up_to
from ignite.metrics.metric import identity
from ignite.metrics.rec_sys._ranking import RankingMetric

__all__ = ["NDCG"]


class NDCG(RankingMetric):
    r"""The mean over users of their normalized discounted cumulative gain among the top k.

    The gain of an item is :math:`2^{relevance} - 1`, divided by :math:`\log_2(rank + 1)`; the sum
    over the top k is divided by that of the best ranking. (Järvelin and Kekäläinen, "Cumulated
    gain-based evaluation of IR techniques", 2002; Burges et al., "Learning to rank using gradient
    descent", 2005.) ``update`` takes ``(y_pred, y)``, both ``(users, items)``: scores, the highest
    of which ranks first, and relevances. Items of equal score are ranked in the order of their
    index: shuffle them if that tells their relevance.

    Args:
        top_k: a number of items or several; more than there are means all.
        ignore_zero_hits: whether users without any relevant item are left out; otherwise they
            add 0.
        relevance_threshold: the least relevance of a relevant item; below, it is taken as 0.
        gain_function: ``"exp_rank"`` for :math:`2^{relevance} - 1`, ``"linear_rank"`` for the
            relevance itself.
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        device: where the sums live.
        skip_unrolling: as in :class:`Metric`.

    Attributes:
        top_k: in ascending order.

    Raises:
        ValueError: ``top_k`` that is no positive number, nor a list of them; a threshold below 0;
            or an unknown ``gain_function``.

    >>> metric = NDCG(top_k=[1, 2])
    >>> metric.update((torch.tensor([[0.9, 0.1, 0.5]]), torch.tensor([[0, 0, 1]])))
    >>> [round(value, 4) for value in metric.compute()]
    [0.0, 0.6309]
    """

    _discounts: torch.Tensor
    _sum: torch.Tensor

    def __init__(
        self,
        top_k: list[int] | int,
        ignore_zero_hits: bool = True,
        relevance_threshold: float = 1.0,
        gain_function: str = "exp_rank",
        output_transform: Callable[[Any], Any] = identity,
        device: str | torch.device = "cpu",
        skip_unrolling: bool = False,
    ) -> None:
        if not relevance_threshold >= 0:
            raise ValueError(f"relevance_threshold is at least 0, got {relevance_threshold!r}.")
        if gain_function not in ("exp_rank", "linear_rank"):
            raise ValueError(
                f"Unknown gain_function {gain_function!r}; use 'exp_rank' or 'linear_rank'."
            )
        self.relevance_threshold = relevance_threshold
        self.gain_function = gain_function
        super().__init__(top_k, ignore_zero_hits, output_transform, device, skip_unrolling)
        self.declare_sum("_sum", (len(self.top_k),))
        ranks = torch.arange(1, self.top_k[-1] + 1, dtype=torch.float64)
        self.hold("_discounts", ranks_up_to(1 / (ranks + 1).log2(), self.top_k))

    def is_relevant(self, y: torch.Tensor) -> torch.Tensor:
        """Return which items are relevant, bool: those of at least the threshold."""
        return y >= self.relevance_threshold

    def take_in_ranking(self, ranked: torch.Tensor, y: torch.Tensor) -> None:
        """Add up the users' normalized gains."""
        both = torch.stack([ranked, y.topk(ranked.shape[1], dim=1).values])
        relevance = torch.where(self.is_relevant(both), both, 0)
        is_exponential = self.gain_function == "exp_rank"
        self.accumulate("_sum", ndcg_update(relevance, self._discounts, is_exponential))

    def compute(self) -> list[float]:
        """Return the mean for each k, in ascending order of k (collective).

        Raises:
            NotComputableError: no user was given on any rank, or all are left out.
            InvalidValuesError: scores or relevances that are NaN.
        """
        mean: list[float] = (self._sum / int(self._num_users)).tolist()
        return mean
