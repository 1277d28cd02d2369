"""Backends of ``torch.distributed``: what they share, and what each adds."""
# ruff: noqa: D102 - what overrides a method of Backend keeps its contract

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from typing import Any, ClassVar

import torch
import torch.distributed as dist
from torch import nn
from torch.distributed import Store  # type: ignore[attr-defined]
from torch.nn.parallel import DistributedDataParallel

from ignite.distributed._current import told_local_rank
from ignite.distributed._layout import Layout
from ignite.distributed._rules import DTYPES, local_devices
from ignite.distributed.backends._placed import PlacedBackend
from ignite.distributed.backends._rendezvous import meet, read_layout, say_where
from ignite.distributed.backends._torch_transport import TorchTransport, named
from ignite.distributed.interface import (
    BackendUnavailable,
    Capabilities,
    DistributedError,
    Group,
    ReduceOp,
)

__all__ = ["GlooBackend", "NcclBackend", "TorchBackend", "torch_backend"]


class TorchBackend(PlacedBackend):
    """A world over the default process group of ``torch.distributed``."""

    name: ClassVar[str] = "torch.distributed"
    model_name: ClassVar[str] = "native-dist"
    transport: ClassVar[str]
    """The name under which torch knows the backend."""

    device_type: ClassVar[str] = "cpu"
    """Where it moves tensors, and ranks compute."""

    lacking: ClassVar[frozenset[ReduceOp]] = frozenset({ReduceOp.AND, ReduceOp.OR})
    """Ops that it does not do by itself."""

    _found: ClassVar[TorchBackend | None] = None

    def __init__(self, store: Store, timeout: timedelta, layout: Layout | None) -> None:
        self._store = store
        self._timeout = timeout
        self._layout = layout
        self._owned = layout is not None
        world = dist.group.WORLD
        assert world is not None
        self._torch = TorchTransport(
            world, range(dist.get_world_size()), self.device, timeout, self.lacking
        )
        super().__init__(self._torch)

    def _connect(self, group: Group) -> TorchTransport:
        with _named_by_ranks(group):
            handle = dist.new_group(
                list(group.ranks), timeout=self._timeout, use_local_synchronization=True
            )
        return TorchTransport(handle, group.ranks, self.device, self._timeout, self.lacking)

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
        if found is not None and found._torch.handle is group:
            return found
        TorchBackend._found = None if group is None else cls._wrap_default_group()
        return TorchBackend._found

    @staticmethod
    def _wrap_default_group() -> TorchBackend:
        # One transport per device type, as "cpu:gloo,cuda:nccl"; gloo is there for the CPU's sake.
        pairs = str(dist.get_backend_config()).split(",")
        transports = [pair.rpartition(":")[2] for pair in pairs]
        transport = next((name for name in transports if name != "gloo"), "gloo")
        store = dist.distributed_c10d._get_default_store()
        with contextlib.suppress(RuntimeError):  # a store out of order is told when it matters
            say_where(store, dist.get_rank())
        timeout: timedelta = store.timeout  # type: ignore[attr-defined]
        return torch_backend(transport)(store, timeout, layout=None)

    @classmethod
    def check_available(cls) -> None:
        if not dist.is_available() or not dist.is_backend_available(cls.transport):
            raise BackendUnavailable(
                f"torch {torch.__version__} was built without {cls.transport}; choose a build "
                "that has it at https://pytorch.org/get-started, or another backend."
            )
        if cls.device_type not in local_devices():
            raise BackendUnavailable(
                f"{cls.name} needs a {cls.device_type} device and torch sees none here; run where "
                "there is one (for CUDA, see nvidia-smi and CUDA_VISIBLE_DEVICES), or use gloo."
            )

    def finalize(self) -> None:
        if self._owned and self._torch.is_current:
            dist.destroy_process_group()

    @classmethod
    def _options(cls, layout: Layout) -> dict[str, Any]:
        """Take this rank's device, and return further arguments of ``init_process_group``."""
        if cls.device_type == "cpu":
            return {}
        device = torch.device(cls.device_type, layout.local_rank)
        torch.accelerator.set_device_index(layout.local_rank)
        return {"device_id": device}

    @property
    def capabilities(self) -> Capabilities:
        """What it can do; with one device for each rank of a node, unless that is the CPU."""
        on_cpu = self.device_type == "cpu"
        return Capabilities(
            max_world_size=None if on_cpu else torch.accelerator.device_count() * self.nnodes,
            dtypes=DTYPES,
            reduce_ops=frozenset(ReduceOp),
            devices=local_devices(),
        )

    # -- identity ---------------------------------------------------------------

    @property
    def local_rank(self) -> int:
        told = None if self._owned else told_local_rank()
        return self._place().local_rank if told is None else told

    @property
    def device(self) -> torch.device:
        """The CPU, or the accelerator of this rank."""
        if self.device_type == "cpu":
            return torch.device("cpu")
        return torch.device(self.device_type, torch.accelerator.current_device_index())

    def distribute_model(self, model: nn.Module, **kwargs: Any) -> nn.Module:
        """Wrap it into ``DistributedDataParallel``, whose arguments ``kwargs`` are."""
        if self.device.type == "cuda":
            kwargs.setdefault("device_ids", [self.device])
        return DistributedDataParallel(model, **kwargs)

    def _place(self) -> Layout:
        if self._layout is None:
            self._layout = read_layout(self._store, self.rank, self.world_size)
        return self._layout


@contextlib.contextmanager
def _named_by_ranks(group: Group) -> Iterator[None]:
    """Let torch name a new process group by its ranks alone.

    Made by its members alone, a group is named by torch after its ranks and the number of
    groups that this rank has; where its members are in different other groups, they would
    not meet.
    """
    name = f"ignite-{hashlib.sha1(repr(group.ranks).encode(), usedforsecurity=False).hexdigest()}"
    c10d: Any = dist.distributed_c10d
    original, c10d._process_group_name = c10d._process_group_name, lambda *_, **__: name
    try:
        yield
    finally:
        c10d._process_group_name = original


class GlooBackend(TorchBackend):
    """Gloo: over TCP, through the CPU's memory."""

    name: ClassVar[str] = "gloo"
    transport: ClassVar[str] = "gloo"
    lacking: ClassVar[frozenset[ReduceOp]] = frozenset()


class NcclBackend(TorchBackend):
    """NCCL: between CUDA devices, one per rank."""

    name: ClassVar[str] = "nccl"
    transport: ClassVar[str] = "nccl"
    device_type: ClassVar[str] = "cuda"


@cache
def torch_backend(transport: str) -> type[TorchBackend]:
    """Return the backend for whatever ``torch.distributed`` knows by that name.

    >>> torch_backend("xccl").device_type
    'xpu'
    """
    for kind in (GlooBackend, NcclBackend):
        if kind.transport == transport:
            return kind
    devices = dist.Backend.backend_capability.get(transport, ["cpu"])
    found = next((device for device in devices if device in local_devices() - {"cpu"}), devices[0])
    attributes = {"name": transport, "transport": transport, "device_type": found}
    return type(f"{transport.capitalize()}Backend", (TorchBackend,), attributes)
