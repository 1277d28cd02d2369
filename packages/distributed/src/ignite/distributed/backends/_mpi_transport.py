"""The transport over a communicator of MPI, with named errors."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import torch

from ignite.distributed.backends._mpi_groups import point_to_point_tag
from ignite.distributed.backends._mpi_wait import wait_for
from ignite.distributed.backends._torch_transport import named
from ignite.distributed.backends.transport import Transport
from ignite.distributed.errors import DistributedError
from ignite.distributed.interface import ReduceOp

if TYPE_CHECKING:
    from mpi4py import MPI

__all__ = ["MpiTransport"]


class MpiTransport(Transport):
    """Moves tensors in host memory, where they lie, between the ranks of a communicator.

    Args:
        connect: returns the communicator, ours alone, when an operation first needs it.
        ranks: its ranks in the world.
        rank: which of them this one is.
        timeout: how long an operation may take.
    """

    def __init__(
        self,
        connect: Callable[[], MPI.Intracomm],
        ranks: Sequence[int],
        rank: int,
        timeout: timedelta,
    ) -> None:
        super().__init__(ranks, rank, torch.device("cpu"))
        self._connect = connect
        self._connecting = threading.Lock()
        self._comm: MPI.Intracomm | None = None
        self._timeout = timeout
        self._unusable = ""
        self._in_place, self._types, self._ops = _native()

    @property
    def comm(self) -> MPI.Intracomm:
        """The communicator.

        Raises:
            DistributedError: an operation has failed there, or it was left.
        """
        with self._connecting:
            if self._unusable:
                raise DistributedError(self._unusable)
            if self._comm is None:
                self._unusable = "The ranks of this group have not come together."
                self._comm = self._connect()
                self._unusable = ""
            return self._comm

    def leave(self) -> None:
        """Give the communicator back, unless something failed, and may be under way, there."""
        with self._connecting:
            if self._comm is not None and not self._unusable:
                self._comm.Free()
            self._unusable = "This world has been left; initialize a new one."

    def reduces(self, op: ReduceOp, dtype: torch.dtype) -> bool:
        return dtype in self._types

    def reduce(self, values: torch.Tensor, op: ReduceOp) -> None:
        buffers = self._in_place, self._buffer(values)
        self._run("all_reduce", "Iallreduce", values, *buffers, self._ops[op])
        # Which NaN two of them give depends on their order, which is not that of every rank.
        if values.is_floating_point() and values.sum().isnan():
            values.masked_fill_(values.isnan(), torch.nan)

    def reduce_to(self, values: torch.Tensor, op: ReduceOp, dst: int) -> None:
        buffer = self._buffer(values)
        buffers = (self._in_place, buffer) if self.rank == dst else (buffer, None)
        self._run("reduce", "Ireduce", values, *buffers, self._ops[op], dst)

    def reduce_scatter(self, rows: torch.Tensor, op: ReduceOp) -> torch.Tensor:
        row = torch.empty_like(rows[0])
        buffers = self._buffer(rows), self._buffer(row)
        self._run("reduce_scatter", "Ireduce_scatter_block", (rows, row), *buffers, self._ops[op])
        return row

    def gather(self, row: torch.Tensor) -> torch.Tensor:
        rows = row.new_empty(self.size, len(row))
        self._run("all_gather", "Iallgather", (row, rows), self._buffer(row), self._buffer(rows))
        return rows

    def gather_to(self, row: torch.Tensor, dst: int) -> torch.Tensor | None:
        rows = row.new_empty(self.size, len(row)) if self.rank == dst else None
        received = None if rows is None else self._buffer(rows)
        self._run("gather", "Igather", (row, rows), self._buffer(row), received, dst)
        return rows

    def scatter(self, rows: torch.Tensor | None, nbytes: int, src: int) -> torch.Tensor:
        row = torch.empty(nbytes, dtype=torch.uint8)
        sent = None if rows is None else self._buffer(rows)
        self._run("scatter", "Iscatter", (rows, row), sent, self._buffer(row), src)
        return row

    def all_to_all(self, rows: torch.Tensor) -> torch.Tensor:
        received = torch.empty_like(rows)
        buffers = self._buffer(rows), self._buffer(received)
        self._run("all_to_all", "Ialltoall", (rows, received), *buffers)
        return received

    def broadcast(self, values: torch.Tensor, src: int) -> None:
        self._run("broadcast", "Ibcast", values, self._buffer(values), src)

    def barrier(self) -> None:
        self._run("barrier", "Ibarrier", None)

    def send(self, values: torch.Tensor, dst: int, tag: int) -> None:
        self._run("send", "Isend", values, self._buffer(values), dst, self._tag(tag))

    def receive(self, values: torch.Tensor, src: int, tag: int) -> None:
        self._run("recv", "Irecv", values, self._buffer(values), src, self._tag(tag))

    def _buffer(self, tensor: torch.Tensor) -> Any:
        from mpi4py import MPI

        memory = MPI.buffer.fromaddress(tensor.data_ptr(), tensor.nbytes)
        return memory, self._types[tensor.dtype]

    def _tag(self, tag: int) -> int:
        return point_to_point_tag(tag, self.comm)

    def _run(self, operation: str, method: str, memory: Any, *args: Any) -> None:
        comm = self.comm
        try:
            wait_for(getattr(comm, method)(*args), memory, self._timeout)
        except (TimeoutError, RuntimeError) as error:
            where = f"{operation} on rank {self.ranks[self.rank]}, one of {self.size}"
            self._unusable = (
                f"This group cannot be used any more, since {where}, failed there; end the "
                "program, or call finalize and initialize on all ranks."
            )
            raise named(error, where, self._timeout) from error


@cache
def _native() -> tuple[Any, dict[torch.dtype, MPI.Datatype], dict[ReduceOp, MPI.Op]]:
    from mpi4py import MPI

    types = {
        torch.uint8: MPI.UINT8_T,
        torch.int8: MPI.INT8_T,
        torch.int16: MPI.INT16_T,
        torch.int32: MPI.INT32_T,
        torch.int64: MPI.INT64_T,
        torch.float32: MPI.FLOAT,
        torch.float64: MPI.DOUBLE,
    }
    ops = {
        ReduceOp.SUM: MPI.SUM,
        ReduceOp.PRODUCT: MPI.PROD,
        ReduceOp.MIN: MPI.MIN,
        ReduceOp.MAX: MPI.MAX,
        ReduceOp.AND: MPI.BAND,
        ReduceOp.OR: MPI.BOR,
    }
    return MPI.IN_PLACE, types, ops
