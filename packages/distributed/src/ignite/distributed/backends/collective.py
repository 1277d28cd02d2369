"""A backend for whoever has a transport: every operation, by the contract's rules."""
# ruff: noqa: D102 - what overrides a method of Backend keeps its contract

from __future__ import annotations

import os
from abc import abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from typing import Any

import torch

from ignite.distributed._groups import Group, members
from ignite.distributed._handle import Handle, Worker
from ignite.distributed.backends import _moving
from ignite.distributed.backends._message import Message, check_alike
from ignite.distributed.backends._operations import OPERATIONS
from ignite.distributed.backends.transport import Transport
from ignite.distributed.interface import (
    Backend,
    Capabilities,
    ReduceOp,
    UnsupportedOperation,
)

__all__ = ["CollectiveBackend"]


class CollectiveBackend(Backend):
    """Does every operation over transports: one for the world, one for each group.

    With ``IGNITE_DISTRIBUTED_DEBUG=1`` in the environment of every rank, ranks compare what
    they are about to do before each collective, and all of them raise ``CollectiveMismatch``
    if it differs. Without it, such ranks may fail otherwise, or wait until the timeout.

    Args:
        world: the transport between all ranks.
    """

    def __init__(self, world: Transport) -> None:
        self._world = world
        self._checked = os.environ.get("IGNITE_DISTRIBUTED_DEBUG", "0") not in ("", "0")
        self._transports: dict[Group, Transport] = {}
        self._workers: dict[tuple[Transport, Any], Worker] = {}

    @abstractmethod
    def _connect(self, group: Group) -> Transport:
        """Return a transport between the ranks of ``group``: called by them alone, once each."""

    @property
    def rank(self) -> int:
        return self._world.rank

    @property
    def world_size(self) -> int:
        return self._world.size

    # -- operations -------------------------------------------------------------------

    def all_reduce(
        self,
        value: Any,
        op: str | ReduceOp = ReduceOp.SUM,
        group: Any = None,
        *,
        async_op: bool = False,
    ) -> Any:
        return self._do("all_reduce", group, async_op, value, op)

    def all_reduce_(
        self,
        tensor: torch.Tensor,
        op: str | ReduceOp = ReduceOp.SUM,
        group: Any = None,
        *,
        async_op: bool = False,
    ) -> Any:
        return self._do("all_reduce_", group, async_op, tensor, op)

    def all_reduce_coalesced(
        self,
        tensors: Sequence[torch.Tensor],
        op: str | ReduceOp = ReduceOp.SUM,
        group: Any = None,
        *,
        async_op: bool = False,
    ) -> Any:
        return self._do("all_reduce_coalesced", group, async_op, tensors, op)

    def reduce(
        self,
        value: Any,
        dst: int = 0,
        op: str | ReduceOp = ReduceOp.SUM,
        group: Any = None,
        *,
        async_op: bool = False,
    ) -> Any:
        return self._do("reduce", group, async_op, value, dst, op)

    def reduce_scatter(
        self,
        values: Any,
        op: str | ReduceOp = ReduceOp.SUM,
        group: Any = None,
        *,
        async_op: bool = False,
    ) -> Any:
        return self._do("reduce_scatter", group, async_op, values, op)

    def all_gather(self, value: Any, group: Any = None, *, async_op: bool = False) -> Any:
        return self._do("all_gather", group, async_op, value)

    def all_gather_coalesced(
        self, tensors: Sequence[torch.Tensor], group: Any = None, *, async_op: bool = False
    ) -> Any:
        return self._do("all_gather_coalesced", group, async_op, tensors)

    def gather(self, value: Any, dst: int = 0, group: Any = None, *, async_op: bool = False) -> Any:
        return self._do("gather", group, async_op, value, dst)

    def broadcast(
        self,
        value: Any,
        src: int = 0,
        group: Any = None,
        *,
        safe_mode: bool = False,
        async_op: bool = False,
    ) -> Any:
        return self._do("broadcast", group, async_op, value, src, safe_mode)

    def broadcast_(
        self, tensor: torch.Tensor, src: int = 0, group: Any = None, *, async_op: bool = False
    ) -> Any:
        return self._do("broadcast_", group, async_op, tensor, src)

    def scatter(
        self, values: Any = None, src: int = 0, group: Any = None, *, async_op: bool = False
    ) -> Any:
        return self._do("scatter", group, async_op, values, src)

    def all_to_all(self, values: Any, group: Any = None, *, async_op: bool = False) -> Any:
        return self._do("all_to_all", group, async_op, values)

    def barrier(self, group: Any = None, *, async_op: bool = False) -> Any:
        return self._do("barrier", group, async_op)

    def send(
        self, value: Any, dst: int, group: Any = None, *, tag: int = 0, async_op: bool = False
    ) -> Any:
        def run(transport: Transport) -> None:
            _moving.send(transport, value, dst, tag)

        return self._between_two("send", dst, group, async_op, run)

    def recv(self, src: int, group: Any = None, *, tag: int = 0, async_op: bool = False) -> Any:
        def run(transport: Transport) -> Any:
            return _moving.receive(transport, src, tag)

        return self._between_two("recv", src, group, async_op, run)

    def new_group(self, ranks: Sequence[int]) -> Group:
        group = members(ranks, self.world_size)
        return Group(tuple(range(self.world_size))) if group is None else group

    # -- how they are done ------------------------------------------------------------

    def _do(self, name: str, group: Any, async_op: bool, *args: Any) -> Any:
        operation = OPERATIONS[name]
        transport = self._transport(group, async_op)
        if transport is None:
            outside = operation.outside(*args)
            return Handle.completed(name, outside) if async_op else outside

        def run() -> Any:
            if self._checked:
                self._agree(transport, name + operation.describe(*args))
            return operation.run(transport, *args)

        return self._in_order((transport, None), name, async_op, run)

    def _between_two(
        self, name: str, other: int, group: Any, async_op: bool, run: Callable[[Transport], Any]
    ) -> Any:
        transport = self._transport(group, async_op)
        if not self._declared.point_to_point:
            raise UnsupportedOperation(
                f"{self.name} moves nothing between two ranks alone; broadcast in a group of them."
            )
        if transport is None:
            raise ValueError(f"{name}: rank {self.rank} is not in {group}.")
        # In order among themselves alone: a send may wait for what this rank receives after it.
        line = transport, (name, other)
        return self._in_order(line, name, async_op, lambda: run(transport))

    @cached_property
    def _declared(self) -> Capabilities:
        return self.capabilities

    def _transport(self, group: Any, async_op: bool) -> Transport | None:
        """Return the transport of a group; None if this rank is no member."""
        if async_op and not self._declared.asynchronous:
            raise UnsupportedOperation(f"{self.name} does nothing in the background; wait for it.")
        if group is None or (known := members(group, self.world_size)) is None:
            transport = self._world
        elif not self._declared.subgroups:
            raise UnsupportedOperation(f"{self.name} has no groups but the world; leave group out.")
        elif self.rank not in known:
            return None
        else:
            if known not in self._transports:
                self._transports[known] = self._connect(known)
            transport = self._transports[known]
        transport.capabilities = self._declared
        return transport

    def _in_order(
        self, line: tuple[Transport, Any], name: str, async_op: bool, run: Callable[[], Any]
    ) -> Any:
        """Run an operation after those of its line that are under way."""
        worker = self._workers.get(line)
        if not async_op and (worker is None or not worker.busy):
            return run()
        if worker is None:
            worker = self._workers[line] = Worker(f"ignite {name}")
        stream = _current_stream(line[0].device)

        def run_on_stream() -> Any:
            with stream:
                return run()

        handle = worker.submit(name, run_on_stream)
        return handle if async_op else handle.wait()

    @staticmethod
    def _agree(transport: Transport, call: str) -> None:
        """Raise CollectiveMismatch on every rank unless all are about to make ``call``."""
        text = call.encode()[:4000]
        block = Message(len(text), inside=text).to_block()
        blocks = transport.gather(transport.bring(block)).cpu()
        told = [
            (Message.from_block(block).inside or b"").decode(errors="replace") for block in blocks
        ]
        check_alike("their next operation", told, transport.ranks)


def _current_stream(device: torch.device) -> AbstractContextManager[Any]:
    """Return what lets another thread go on where this one queues its work."""
    if device.type == "cpu":
        return nullcontext()
    module = torch.get_device_module(device)
    stream: AbstractContextManager[Any] = module.stream(module.current_stream(device))
    return stream
