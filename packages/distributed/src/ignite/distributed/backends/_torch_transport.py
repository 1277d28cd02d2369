"""The transport over a process group of ``torch.distributed``, with named errors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import cache
from typing import Any

import torch
import torch.distributed as dist
from torch.distributed.distributed_c10d import (  # type: ignore[attr-defined]
    AllgatherOptions,
    AllreduceOptions,
    BroadcastOptions,
)

from ignite.distributed.backends.transport import Transport
from ignite.distributed.errors import CollectiveTimeout, DistributedError
from ignite.distributed.interface import ReduceOp

__all__ = ["TorchTransport", "named"]

_NATIVE = {
    ReduceOp.SUM: dist.ReduceOp.SUM,
    ReduceOp.PRODUCT: dist.ReduceOp.PRODUCT,
    ReduceOp.MIN: dist.ReduceOp.MIN,
    ReduceOp.MAX: dist.ReduceOp.MAX,
    ReduceOp.AND: dist.ReduceOp.BAND,
    ReduceOp.OR: dist.ReduceOp.BOR,
}


def _options(kind: type[Any], **fields: Any) -> Any:
    options = kind()
    for name, value in {"asyncOp": False, **fields}.items():
        setattr(options, name, value)
    return options


_REDUCING = {op: _options(AllreduceOptions, reduceOp=native) for op, native in _NATIVE.items()}
_GATHERING = _options(AllgatherOptions)


@cache
def _broadcasting(src: int) -> Any:
    return _options(BroadcastOptions, rootRank=src, rootTensor=0)


class TorchTransport(Transport):
    """Moves tensors in a process group.

    What is called most goes to the group's own methods, which are public and alike from torch 2.9
    to 2.13: the functions around them take longer for their checks than the rest of a call.

    Args:
        handle: the process group.
        ranks: its ranks in the world.
        device: where tensors must lie.
        timeout: that of the group, for messages.
        lacking: ops that it cannot do.
    """

    def __init__(
        self,
        handle: dist.ProcessGroup,
        ranks: Sequence[int],
        device: torch.device,
        timeout: timedelta,
        lacking: frozenset[ReduceOp],
    ) -> None:
        super().__init__(ranks, dist.get_rank(handle), device)
        self.handle = handle
        self._world = dist.group.WORLD
        self._timeout = timeout
        self._lacking = lacking

    @property
    def is_current(self) -> bool:
        """Whether the world is still the default group: not destroyed, not replaced."""
        return dist.group.WORLD is self._world

    def reduces(self, op: ReduceOp, dtype: torch.dtype) -> bool:
        return op not in self._lacking

    def reduce(self, values: torch.Tensor, op: ReduceOp) -> None:
        self._run("all_reduce", _wait, self.handle.allreduce, [values], _REDUCING[op])

    def reduce_to(self, values: torch.Tensor, op: ReduceOp, dst: int) -> None:
        self._run("reduce", dist.reduce, values, op=_NATIVE[op], group=self.handle, group_dst=dst)

    def reduce_scatter(self, rows: torch.Tensor, op: ReduceOp) -> torch.Tensor:
        row = torch.empty_like(rows[0])
        parts = list(rows.unbind())
        self._run("reduce_scatter", dist.reduce_scatter, row, parts, _NATIVE[op], self.handle)
        return row

    def gather(self, row: torch.Tensor) -> torch.Tensor:
        rows = row.new_empty(self.size, len(row))
        parts = [list(rows.unbind())]
        self._run("all_gather", _wait, self.handle.allgather, parts, [row], _GATHERING)
        return rows

    def gather_to(self, row: torch.Tensor, dst: int) -> torch.Tensor | None:
        rows = row.new_empty(self.size, len(row)) if self.rank == dst else None
        parts = None if rows is None else list(rows.unbind())
        self._run("gather", dist.gather, row, parts, group=self.handle, group_dst=dst)
        return rows

    def scatter(self, rows: torch.Tensor | None, nbytes: int, src: int) -> torch.Tensor:
        row = torch.empty(nbytes, dtype=torch.uint8, device=self.device)
        parts = None if rows is None else list(rows.unbind())
        self._run("scatter", dist.scatter, row, parts, group=self.handle, group_src=src)
        return row

    def all_to_all(self, rows: torch.Tensor) -> torch.Tensor:
        received = torch.empty_like(rows)
        self._run("all_to_all", dist.all_to_all_single, received, rows, group=self.handle)
        return received

    def broadcast(self, values: torch.Tensor, src: int) -> None:
        self._run("broadcast", _wait, self.handle.broadcast, [values], _broadcasting(src))

    def barrier(self) -> None:
        self._run("barrier", dist.barrier, self.handle)

    def send(self, values: torch.Tensor, dst: int, tag: int) -> None:
        self._run("send", dist.send, values, group=self.handle, tag=tag, group_dst=dst)

    def receive(self, values: torch.Tensor, src: int, tag: int) -> None:
        self._run("recv", dist.recv, values, group=self.handle, tag=tag, group_src=src)

    def _run(
        self, operation: str, collective: Callable[..., Any], *args: Any, **kwargs: Any
    ) -> None:
        try:
            if not self.is_current:
                raise DistributedError("This world has been left; initialize a new one.")
            collective(*args, **kwargs)
        except RuntimeError as error:
            where = f"{operation} on rank {self.ranks[self.rank]} of {_shown(self.ranks)}"
            raise named(error, where, self._timeout) from error


def _wait(method: Callable[..., dist.Work | None], *args: Any) -> None:
    work = method(*args)
    if work is not None:
        work.wait()


def _shown(ranks: Sequence[int]) -> str:
    return str(len(ranks)) if isinstance(ranks, range) else f"the group {ranks}"


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
