"""What a backend implements to move tensors; what it gets for it stands in ``collective.py``."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import torch

from ignite.distributed.interface import Capabilities, ReduceOp

__all__ = ["Transport"]


class Transport(ABC):
    """Moves tensors between the ranks of one group.

    It is given contiguous tensors on its device, alike on all ranks: of uint8 to be moved, of
    any dtype for which :meth:`reduces` is true to be reduced. Ranks are counted within the
    group. Everything but :meth:`send` and :meth:`receive` is collective. A call that does not
    finish in time raises ``CollectiveTimeout``, and ``DistributedError`` if it fails otherwise.

    Attributes:
        capabilities: what its backend declares; set by the backend before the first operation.
        reductions: how values are reduced over it, by op and dtype, as far as it was needed.

    Args:
        ranks: the group's ranks in the world, in ascending order.
        rank: which of them this one is: its position.
        device: where tensors must lie.
    """

    capabilities: Capabilities

    def __init__(self, ranks: Sequence[int], rank: int, device: torch.device) -> None:
        self.ranks = ranks
        self.rank = rank
        self.size = len(ranks)
        self.device = device
        self.reductions: dict[Any, Any] = {}

    def reduces(self, op: ReduceOp, dtype: torch.dtype) -> bool:
        """Return whether :meth:`reduce` takes it; what it does not take is gathered instead.

        Asked for SUM, PRODUCT, MIN, MAX, AND and OR of integers, and for SUM and PRODUCT of
        float32, float64.
        """
        return True

    def bring(self, tensor: torch.Tensor) -> torch.Tensor:
        """Return ``tensor`` where it can be moved from; itself if it lies there."""
        return tensor if tensor.device == self.device else tensor.to(self.device)

    @abstractmethod
    def reduce(self, values: torch.Tensor, op: ReduceOp) -> None:
        """Combine the ranks' ``values``, in place on every rank."""

    @abstractmethod
    def gather(self, row: torch.Tensor) -> torch.Tensor:
        """Return all ranks' rows: ``(n,)`` to ``(size, n)``."""

    @abstractmethod
    def broadcast(self, values: torch.Tensor, src: int) -> None:
        """Overwrite ``values`` with those of ``src``, where they are only read."""

    @abstractmethod
    def barrier(self) -> None:
        """Wait for all ranks."""

    # What follows works by the above; a transport overrides what it has a direct way for.

    def reduce_to(self, values: torch.Tensor, op: ReduceOp, dst: int) -> None:
        """Combine the ranks' ``values``, in place on ``dst``; the others' are left undefined."""
        self.reduce(values, op)

    def gather_to(self, row: torch.Tensor, dst: int) -> torch.Tensor | None:
        """Return all ranks' rows on ``dst``: ``(n,)`` to ``(size, n)``; None elsewhere."""
        rows = self.gather(row)
        return rows if self.rank == dst else None

    def scatter(self, rows: torch.Tensor | None, nbytes: int, src: int) -> torch.Tensor:
        """Return this rank's row of ``src``'s ``rows``, ``(size, nbytes)``; None elsewhere."""
        if rows is None:
            rows = torch.empty(self.size, nbytes, dtype=torch.uint8, device=self.device)
        self.broadcast(rows, src)
        return rows[self.rank].clone()

    def reduce_scatter(self, rows: torch.Tensor, op: ReduceOp) -> torch.Tensor:
        """Return this rank's row of the ranks' ``rows`` combined, ``(size, n)`` to ``(n,)``."""
        self.reduce(rows, op)
        return rows[self.rank].clone()

    def all_to_all(self, rows: torch.Tensor) -> torch.Tensor:
        """Return the row that each rank has for this one: ``(size, n)`` to ``(size, n)``."""
        every = self.gather(rows.flatten())
        return every.reshape(self.size, self.size, -1)[:, self.rank].contiguous()

    def send(self, values: torch.Tensor, dst: int, tag: int) -> None:
        """Send ``values`` to ``dst``; needed if the capabilities have ``point_to_point``."""
        raise NotImplementedError

    def receive(self, values: torch.Tensor, src: int, tag: int) -> None:
        """Overwrite ``values`` with those that ``src`` sent; needed where ``send`` is."""
        raise NotImplementedError
