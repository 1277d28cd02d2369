"""What metrics of rankings have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Hashable, Sequence
from typing import Any

import torch

from ignite.metrics._constants import HoldsConstants
from ignite.metrics.functional.ranking import first_hits_update, top_items
from ignite.metrics.metric import identity

__all__ = ["FirstHitMetric", "RankingMetric"]


class RankingMetric(HoldsConstants):
    """A mean over users of something about the items that are ranked first.

    Args:
        top_k: numbers of items.
        ignore_zero_hits: whether users without any relevant item are left out.
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        device: where the states live.
        skip_unrolling: as in :class:`Metric`.

    Attributes:
        top_k: in ascending order.

    Raises:
        ValueError: ``top_k`` that is no positive number, nor a list of them.
    """

    _num_users: Any
    _num_refused: torch.Tensor

    def __init__(
        self,
        top_k: list[int] | int,
        ignore_zero_hits: bool = True,
        output_transform: Callable[[Any], Any] = identity,
        device: str | torch.device = "cpu",
        skip_unrolling: bool = False,
    ) -> None:
        self.top_k = _ascending(top_k)
        self.ignore_zero_hits = ignore_zero_hits
        super().__init__(output_transform, device, skip_unrolling)
        # How many are left out depends on values; how many there are, the host knows.
        self.declare_state("_num_users", "sum", torch.int64 if ignore_zero_hits else int)
        self.declare_examples("_num_users")
        self.declare_invalid(
            "_num_refused",
            "{count} users have a score or a relevance that is NaN; give items that are not to be "
            "ranked the score -inf and the relevance 0.",
        )

    def update(self, output: Sequence[torch.Tensor]) -> None:
        """Take in ``(y_pred, y)``, scores and relevances ``(users, items)``.

        Raises:
            TypeError: not real tensors.
            ValueError: other shapes, or no items.
        """
        y_pred, y = _checked(output)
        y_pred, y = y_pred.detach().to(self._device), y.detach().to(self._device)
        items, highest = top_items(y_pred, self.top_k[-1])
        most = y.amax(dim=1)
        self.take_in_ranking(y.gather(1, items), y)
        # A NaN is the highest of all, and not equal to itself.
        self._num_refused += torch.count_nonzero((highest != highest) | (most != most))
        if self.ignore_zero_hits:
            self._num_users += torch.count_nonzero(self.is_relevant(most))
        else:
            self._num_users += len(y)

    def is_relevant(self, y: torch.Tensor) -> torch.Tensor:
        """Return which items are relevant, bool: those of a relevance above 0."""
        return y > 0

    @abstractmethod
    def take_in_ranking(self, ranked: torch.Tensor, y: torch.Tensor) -> None:
        """Accumulate from the relevances of the first items by rank, and of all items."""


class FirstHitMetric(RankingMetric):
    """A metric of the rank of each user's first relevant item."""

    _first_hits: torch.Tensor

    def __init__(
        self,
        top_k: list[int] | int,
        ignore_zero_hits: bool = True,
        output_transform: Callable[[Any], Any] = identity,
        device: str | torch.device = "cpu",
        skip_unrolling: bool = False,
    ) -> None:
        super().__init__(top_k, ignore_zero_hits, output_transform, device, skip_unrolling)
        self.declare_state("_first_hits", "sum", shape=(self.top_k[-1],))

    def take_in_ranking(self, ranked: torch.Tensor, y: torch.Tensor) -> None:
        """Count the users by the rank of their first relevant item."""
        first_hits_update(self._first_hits, self.is_relevant(ranked))

    def sharing_key(self) -> Hashable:
        """Return what those have in common that count the same ranks."""
        return FirstHitMetric, self.top_k[-1], self.ignore_zero_hits


def _ascending(top_k: list[int] | int) -> list[int]:
    numbers = [top_k] if isinstance(top_k, int) else top_k
    if (
        not isinstance(numbers, (list, tuple))
        or not numbers
        or not all(isinstance(number, int) and number > 0 for number in numbers)
    ):
        raise ValueError(f"top_k is a positive integer or a list of them, got {top_k!r}.")
    return sorted(numbers)


def _checked(output: Sequence[torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
    y_pred, y = output
    if not (isinstance(y_pred, torch.Tensor) and isinstance(y, torch.Tensor)):
        raise TypeError(
            f"y_pred and y are tensors, got {type(y_pred).__name__} and {type(y).__name__}; "
            "choose them from the output with output_transform=."
        )
    if y_pred.is_complex() or y.is_complex():
        raise TypeError(f"y_pred and y are real, got {y_pred.dtype} and {y.dtype}.")
    if y_pred.dim() != 2 or y_pred.shape != y.shape or y_pred.shape[1] == 0:
        raise ValueError(
            "Expected y_pred and y of one shape (users, items), with at least one item; got y_pred "
            f"{tuple(y_pred.shape)} and y {tuple(y.shape)}."
        )
    return y_pred, y.byte() if y.dtype is torch.bool else y
