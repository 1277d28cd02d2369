"""Backends of ``torch.distributed``: what they share, and what each adds."""
# ruff: noqa: D102 - what overrides a method of Backend keeps its contract

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar

import torch
import torch.distributed as dist
from torch.distributed import Store  # type: ignore[attr-defined]

from ignite.distributed._layout import Layout, check_rank
from ignite.distributed._rules import (
    DTYPES,
    check_reduction,
    check_tensor,
    join_gathered,
    local_devices,
    number_to_tensor,
)
from ignite.distributed.backends._group import Group, check_alike, named
from ignite.distributed.backends._message import (
    EMPTY,
    Message,
    bytes_of,
    pack,
    padded,
    tensors_of,
    unpack,
)
from ignite.distributed.backends._reduction import reduce_over
from ignite.distributed.backends._rendezvous import meet, read_layout, say_where
from ignite.distributed.interface import (
    Backend,
    BackendUnavailable,
    Capabilities,
    DistributedError,
    ReduceOp,
)

__all__ = ["GlooBackend", "NcclBackend", "TorchBackend"]


class TorchBackend(Backend):
    """A world over the default process group of ``torch.distributed``.

    With ``IGNITE_DISTRIBUTED_DEBUG=1`` in the environment of every rank, ranks compare
    what they are about to do before each operation, and all of them raise
    ``CollectiveMismatch`` if it differs. Without it, such ranks may fail otherwise, or
    wait until the timeout.
    """

    name: ClassVar[str] = "torch.distributed"
    transport: ClassVar[str]
    """The name under which torch knows the backend."""

    lacking: ClassVar[frozenset[ReduceOp]] = frozenset()
    """Ops that the transport cannot do on integers."""

    _found: ClassVar[TorchBackend | None] = None

    def __init__(self, store: Store, timeout: timedelta, layout: Layout | None) -> None:
        self._store = store
        self._layout = layout
        self._owned = layout is not None
        self._checked = os.environ.get("IGNITE_DISTRIBUTED_DEBUG", "0") not in ("", "0")
        self._group = Group(self._carrier(), timeout)
        self._wire = self._group.device
        self._rank = self._group.rank
        self._world_size = self._group.world_size

    # -- lifecycle ----------------------------------------------------------------

    @classmethod
    def create(
        cls,
        *,
        timeout: timedelta,
        rank: int | None = None,
        world_size: int | None = None,
        init_method: str | None = None,
        **options: Any,
    ) -> TorchBackend:
        """Join the world and return the backend that stands for it (collective).

        Args:
            timeout: how long this and any later call may wait for the other ranks.
            rank: this rank; by default ``RANK`` of the environment, as torchrun sets it.
            world_size: number of ranks; by default ``WORLD_SIZE`` of the environment. With
                neither rank nor size the world is this process alone.
            init_method: where the ranks meet, ``"tcp://host:port"``, ``"file:///path"`` or
                ``"env://"``; by default ``MASTER_ADDR`` and ``MASTER_PORT`` of the environment.
            options: handed to ``torch.distributed.init_process_group``.

        Raises:
            BackendUnavailable: torch lacks it, or what it runs on.
            ValueError: rank, world size and address do not fit together.
            CollectiveTimeout: the other ranks did not come.
            DistributedError: there is a process group already, or the ranks cannot connect.
        """
        cls.check_available()
        if dist.is_initialized():
            raise DistributedError(
                "torch.distributed has a default process group already, which is found and used "
                "as it is: leave initialize out, or call destroy_process_group first."
            )
        try:
            store, rank, world_size = meet(rank, world_size, init_method, timeout)
            say_where(store, rank)
            layout = read_layout(store, rank, world_size)
            dist.init_process_group(
                cls.transport,
                store=store,
                rank=rank,
                world_size=world_size,
                timeout=timeout,
                **{**cls._options(layout), **options},
            )
        except RuntimeError as error:
            raise named(error, f"initialize({cls.name!r})", timeout) from error
        return cls(store, timeout, layout)

    @classmethod
    def adopt(cls) -> TorchBackend | None:
        """Return the backend over the process group that the user made, as long as it lasts."""
        group = dist.group.WORLD
        found = TorchBackend._found
        if found is not None and found._group.handle is group:
            return found
        TorchBackend._found = None if group is None else cls._wrap_default_group()
        return TorchBackend._found

    @staticmethod
    def _wrap_default_group() -> TorchBackend:
        transports = str(dist.get_backend_config())
        kinds: Sequence[type[TorchBackend]] = (NcclBackend, GlooBackend)
        kind = next((kind for kind in kinds if kind.transport in transports), TorchBackend)
        store = dist.distributed_c10d._get_default_store()
        with contextlib.suppress(RuntimeError):  # a store out of order is told when it matters
            say_where(store, dist.get_rank())
        timeout: timedelta = store.timeout  # type: ignore[attr-defined]
        return kind(store, timeout, layout=None)

    @classmethod
    def check_available(cls) -> None:
        if not dist.is_available() or not dist.is_backend_available(cls.transport):
            raise BackendUnavailable(
                f"torch {torch.__version__} was built without {cls.transport}; choose a build "
                "that has it at https://pytorch.org/get-started, or another backend."
            )

    def finalize(self) -> None:
        if self._owned and self._group.is_current:
            dist.destroy_process_group()

    @classmethod
    def _options(cls, layout: Layout) -> dict[str, Any]:  # noqa: ARG003 - for subclasses
        """Return further arguments of ``init_process_group``."""
        return {}

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            max_world_size=None,
            dtypes=DTYPES,
            reduce_ops=frozenset(ReduceOp),
            devices=local_devices(),
        )

    # -- identity ---------------------------------------------------------------

    @property
    def rank(self) -> int:
        return self._rank

    @property
    def world_size(self) -> int:
        return self._world_size

    @property
    def local_rank(self) -> int:
        return self._place().local_rank

    @property
    def nproc_per_node(self) -> int:
        return self._place().nproc_per_node

    @property
    def nnodes(self) -> int:
        return self._place().nnodes

    @property
    def node_rank(self) -> int:
        return self._place().node_rank

    @property
    def device(self) -> torch.device:
        """The CPU."""
        return torch.device("cpu")

    def _carrier(self) -> torch.device:
        """Return where tensors must lie to travel."""
        return torch.device("cpu")

    def _place(self) -> Layout:
        if self._layout is None:
            self._layout = read_layout(self._store, self._rank, self._world_size)
        return self._layout

    # -- operations ---------------------------------------------------------------

    def all_reduce(self, value: Any, op: str | ReduceOp = ReduceOp.SUM) -> Any:
        if self._checked:
            self._agree(f"all_reduce({_look(value)}, {_op_name(op)})")
        op = ReduceOp.parse(op)
        tensor = value if isinstance(value, torch.Tensor) else number_to_tensor(value)
        check_tensor(tensor, local_devices())
        check_reduction(op, tensor.dtype)
        reduced = reduce_over(self._group, tensor, op, self.lacking)
        return reduced if tensor is value else reduced.item()

    def all_gather(self, value: Any) -> Any:
        if self._checked:
            self._agree("all_gather")
        message, body = pack(value, local_devices())
        blocks = self._group.gather("all_gather", message.to_block().to(self._wire))
        messages = [Message.from_block(block) for block in blocks.cpu()]
        _raise_told("all_gather", messages)
        check_alike("all_gather", [told.kind for told in messages])
        bodies: Sequence[torch.Tensor] = [EMPTY] * len(messages)
        if any(told.inside is None for told in messages):
            sizes = [told.nbytes for told in messages]
            rows = self._group.gather("all_gather", padded(body.to(self._wire), max(sizes)))
            if message.tensor is not None and len(set(messages)) == 1:
                return tensors_of(rows, *message.tensor).flatten(0, 1).to(value.device)
            bodies = [row[:size] for row, size in zip(rows, sizes, strict=True)]
        values = [unpack(told, body) for told, body in zip(messages, bodies, strict=True)]
        if message.tensor is None:
            return values
        return join_gathered([part.to(value.device) for part in values])

    def broadcast(self, value: Any, src: int = 0, *, safe_mode: bool = False) -> Any:
        if self._checked:
            look = "anything" if safe_mode else _look(value, "object")
            self._agree(f"broadcast({look}, src={src!r}, safe_mode={safe_mode})")
        check_rank(src, self._world_size)
        mine = src == self._rank
        if isinstance(value, torch.Tensor) and not safe_mode:
            check_tensor(value, local_devices())
            body = bytes_of(value).to(self._wire, copy=True) if mine else self._buffer(value.nbytes)
            self._group.send("broadcast", body, src)
            return body.view(value.dtype).reshape(value.shape).to(value.device)
        message, body = pack(value, local_devices()) if mine else (Message(0), EMPTY)
        block = message.to_block().to(self._wire)
        self._group.send("broadcast", block, src)
        message = Message.from_block(block.cpu())
        _raise_told("broadcast", {src: message})
        if message.inside is None:
            body = body.to(self._wire, copy=True) if mine else self._buffer(message.nbytes)
            self._group.send("broadcast", body, src)
        result = unpack(message, body)
        if message.tensor is None:
            return result
        return result.to(value.device if isinstance(value, torch.Tensor) else self.device)

    def barrier(self) -> None:
        if self._checked:
            self._agree("barrier")
        self._group.barrier()

    def _agree(self, call: str) -> None:
        """Raise CollectiveMismatch on every rank unless all are about to make ``call``."""
        block = Message(0, inside=call.encode()[:4000]).to_block().to(self._wire)
        blocks = self._group.gather(call, block).cpu()
        told = [
            (Message.from_block(block).inside or b"").decode(errors="replace") for block in blocks
        ]
        check_alike("their next operation", told)

    def _buffer(self, nbytes: int) -> torch.Tensor:
        return torch.empty(nbytes, dtype=torch.uint8, device=self._wire)


class GlooBackend(TorchBackend):
    """Gloo: over TCP, through the CPU's memory."""

    name: ClassVar[str] = "gloo"
    transport: ClassVar[str] = "gloo"


class NcclBackend(TorchBackend):
    """NCCL: between CUDA devices, one per rank."""

    name: ClassVar[str] = "nccl"
    transport: ClassVar[str] = "nccl"
    lacking: ClassVar[frozenset[ReduceOp]] = frozenset({ReduceOp.AND, ReduceOp.OR})

    @classmethod
    def check_available(cls) -> None:
        super().check_available()
        if not torch.cuda.is_available():
            raise BackendUnavailable(
                "nccl needs a CUDA device and none is visible; see nvidia-smi and "
                "CUDA_VISIBLE_DEVICES, or use gloo."
            )

    @property
    def capabilities(self) -> Capabilities:
        """As of all, but with one CUDA device for each rank of a node."""
        most = torch.cuda.device_count() * self.nnodes
        return replace(super().capabilities, max_world_size=most)

    @classmethod
    def _options(cls, layout: Layout) -> dict[str, Any]:
        device = torch.device("cuda", layout.local_rank)
        torch.cuda.set_device(device)
        return {"device_id": device}

    @property
    def device(self) -> torch.device:
        """The CUDA device of this rank."""
        return torch.device("cuda", torch.cuda.current_device())

    def _carrier(self) -> torch.device:
        return self.device


def _look(value: Any, other: str | None = None) -> str:
    if isinstance(value, torch.Tensor):
        return f"{value.dtype} {tuple(value.shape)}"
    return other or type(value).__name__


def _op_name(op: str | ReduceOp) -> str:
    try:
        return ReduceOp.parse(op).value
    except ValueError:
        return repr(op)


def _raise_told(operation: str, messages: Sequence[Message] | dict[int, Message]) -> None:
    """Raise what a rank could not do, on every rank."""
    told = messages.items() if isinstance(messages, dict) else enumerate(messages)
    for rank, message in told:
        if message.error is not None:
            kind, text = message.error
            raise kind(f"{operation}: rank {rank} has nothing to send. {text}")
