"""The transport over Horovod, for the world or one of its process sets, with named errors."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import torch

from ignite.distributed.backends._torch_transport import named
from ignite.distributed.backends.transport import Transport
from ignite.distributed.errors import CollectiveMismatch
from ignite.distributed.interface import ReduceOp

__all__ = ["HorovodTransport"]

_NATIVE = {
    ReduceOp.SUM: "Sum",
    ReduceOp.PRODUCT: "Product",
    ReduceOp.MIN: "Min",
    ReduceOp.MAX: "Max",
}
_REDUCED = frozenset({torch.int32, torch.int64, torch.float32, torch.float64})

_NAME = "ignite"
"""Horovod brings together what has one name. Operations of a group follow one another, so one
name does for all of them: Horovod then tells ranks that disagree, and remembers what it has
negotiated before, which makes small operations two to three times as fast."""


class HorovodTransport(Transport):
    """Moves tensors in a process set.

    Args:
        ranks: its ranks in the world.
        device: where tensors must lie.
        timeout: how long an operation may take.
        process_set: Horovod's own handle of it.
    """

    def __init__(
        self,
        ranks: Sequence[int],
        device: torch.device,
        timeout: timedelta,
        process_set: Any,
    ) -> None:
        import horovod.torch as hvd

        super().__init__(ranks, ranks.index(hvd.rank()), device)
        self._hvd: Any = hvd
        self._timeout = timeout
        self._process_set = process_set

    def reduces(self, op: ReduceOp, dtype: torch.dtype) -> bool:
        return op in _NATIVE and dtype in _REDUCED

    def reduce(self, values: torch.Tensor, op: ReduceOp) -> None:
        self._run("all_reduce", "allreduce_async_", values, op=getattr(self._hvd, _NATIVE[op]))

    def reduce_scatter(self, rows: torch.Tensor, op: ReduceOp) -> torch.Tensor:
        if op is not ReduceOp.SUM:  # all that Horovod has
            return super().reduce_scatter(rows, op)
        own: torch.Tensor
        own = self._run("reduce_scatter", "reducescatter_async", rows, op=self._hvd.Sum)
        return own[0]

    def gather(self, row: torch.Tensor) -> torch.Tensor:
        rows: torch.Tensor = self._run("all_gather", "allgather_async", row)
        return rows.reshape(self.size, len(row))

    def all_to_all(self, rows: torch.Tensor) -> torch.Tensor:
        received: torch.Tensor
        received, _ = self._run("all_to_all", "alltoall_async", rows)
        return received

    def broadcast(self, values: torch.Tensor, src: int) -> None:
        self._run("broadcast", "broadcast_async_", values, root_rank=self.ranks[src])

    def barrier(self) -> None:
        # Horovod's own cannot be given up, and crashes a rank that is in hvd.join.
        word = torch.zeros(1, dtype=torch.int32, device=self.device)
        self._run("barrier", "allreduce_async_", word, op=self._hvd.Sum)

    def _run(self, operation: str, function: str, tensor: torch.Tensor, **kwargs: Any) -> Any:
        """Return the result of Horovod's ``function``, which begins an operation.

        Raises:
            CollectiveMismatch: Horovod has seen that ranks disagree.
            CollectiveTimeout: it did not end in time.
            DistributedError: it failed otherwise.
        """
        begin = getattr(self._hvd, function)
        try:
            handle = begin(tensor, name=_NAME, process_set=self._process_set, **kwargs)
            self._wait_for(handle)
            return self._hvd.synchronize(handle)
        except (RuntimeError, TimeoutError) as error:
            where = f"{operation} on rank {self.ranks[self.rank]} of {self._shown()}"
            if str(error).startswith("Mismatched"):
                raise CollectiveMismatch(f"{where}: {error}") from error
            raise named(error, where, self._timeout) from error

    def _wait_for(self, handle: int) -> None:
        begin = time.monotonic()
        limit = self._timeout.total_seconds()
        while not self._hvd.poll(handle):
            waited = time.monotonic() - begin
            if waited > limit:
                raise TimeoutError("timed out waiting for Horovod")
            # Horovod's own thread needs the core meanwhile.
            time.sleep(min(max(waited / 10, 2e-5), 1e-3))

    def _shown(self) -> str:
        if self._process_set is self._hvd.global_process_set:
            return str(self.size)
        return f"the group {tuple(self.ranks)}"
