"""The process group: its collectives in place, on tensors it can move, with named errors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import torch
import torch.distributed as dist

from ignite.distributed.errors import CollectiveMismatch, CollectiveTimeout, DistributedError

__all__ = ["Group", "check_alike", "named"]


class Group:
    """The default process group of ``torch.distributed``.

    Attributes:
        rank: of this process.
        world_size: number of ranks.
        device: where the tensors lie that it moves.
    """

    def __init__(self, device: torch.device, timeout: timedelta) -> None:
        self.handle = dist.group.WORLD
        self.rank = dist.get_rank()
        self.world_size = dist.get_world_size()
        self.device = device
        self._timeout = timeout

    @property
    def is_current(self) -> bool:
        """Whether it is still the default group: not destroyed, not replaced."""
        return dist.group.WORLD is self.handle

    def reduce(self, operation: str, values: torch.Tensor, op: dist.ReduceOp.RedOpType) -> None:
        """Reduce contiguous ``values`` in place."""
        self._run(operation, dist.all_reduce, values, op)

    def gather(self, operation: str, row: torch.Tensor) -> torch.Tensor:
        """Return all ranks' rows: ``(n,)``, equal on all ranks, to ``(world_size, n)``."""
        rows = row.new_empty(self.world_size, len(row))
        self._run(operation, dist.all_gather, list(rows.unbind()), row)
        return rows

    def send(self, operation: str, values: torch.Tensor, src: int) -> None:
        """Overwrite contiguous ``values`` with those of rank ``src``."""
        self._run(operation, dist.broadcast, values, src)

    def barrier(self) -> None:
        """Wait for all ranks."""
        self._run("barrier", dist.barrier)

    def _run(self, operation: str, collective: Callable[..., Any], *args: Any) -> None:
        try:
            if not self.is_current:
                raise DistributedError("This world has been left; initialize a new one.")
            collective(*args, group=self.handle)
        except RuntimeError as error:
            where = f"{operation} on rank {self.rank} of {self.world_size}"
            raise named(error, where, self._timeout) from error


def named(error: Exception, where: str, timeout: timedelta) -> DistributedError:
    """Return the error of ours that a failure inside torch amounts to."""
    text = str(error)
    if isinstance(error, DistributedError):
        return type(error)(f"{where}: {text}")
    if "timed out" in text.lower() or "timeout" in text.lower():
        return CollectiveTimeout(
            f"{where} did not finish within {timeout}: another rank has not called it, or is "
            f"slow; see what the others did, or raise the timeout given to initialize. ({text})"
        )
    return DistributedError(
        f"{where} failed, as it does when another rank has ended; "
        f"the first error of the others says why. ({text})"
    )


def check_alike(operation: str, told: Sequence[str]) -> None:
    """Raise CollectiveMismatch, naming ranks and differences, unless all ranks told the same."""
    ranks = defaultdict(list)
    for rank, text in enumerate(told):
        ranks[text].append(str(rank))
    if len(ranks) > 1:
        parts = "; ".join(f"rank {', '.join(which)}: {text}" for text, which in ranks.items())
        raise CollectiveMismatch(
            f"Ranks disagree in {operation}: {parts}. All must make the same call."
        )
