"""XLA: the devices of a TPU, and replicas on the CPU, by ``torch_xla``.

A world is what torch_xla makes of it: on a TPU the devices of all hosts, each in a process or
thread; on the CPU as many replicas as ``CPU_NUM_DEVICES`` says, all threads of one process.
:class:`~ignite.distributed.Parallel` with ``nproc_per_node`` starts either. Replicas that share a
process share its environment, modules and random state, too: RANK and the like are not set there.

Reductions and what moves values between ranks are collectives of XLA, on copies that pass through
the host's memory. The gradients of :meth:`XlaBackend.distribute_optimizer` stay on the device. CPU
replicas meet in plain Python first, which is what gives them timeouts; on other devices XLA waits
as long as it does.
"""
# ruff: noqa: D102 - what overrides a method of Backend keeps its contract

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from itertools import chain
from typing import TYPE_CHECKING, Any, ClassVar

import torch
from torch import nn

from ignite.distributed._averaging import equalize
from ignite.distributed._launched import launched
from ignite.distributed._rules import DTYPES
from ignite.distributed.backends._xla_client import XlaClient
from ignite.distributed.backends._xla_transport import XlaTransport, XlaWorldTransport
from ignite.distributed.backends.collective import CollectiveBackend
from ignite.distributed.interface import (
    BackendUnavailable,
    Capabilities,
    Group,
    Job,
    ReduceOp,
)

if TYPE_CHECKING:
    from torch.optim import Optimizer
    from torch.utils.data import DataLoader, Dataset

__all__ = ["XlaBackend"]


class XlaBackend(CollectiveBackend):
    """A world of XLA devices."""

    name: ClassVar[str] = "xla"
    model_name: ClassVar[str] = "xla-dist"

    def __init__(self, client: XlaClient, rank: int, world_size: int) -> None:
        import torch_xla.runtime as xr

        super().__init__(XlaWorldTransport(client, rank, world_size))
        self._client = client
        self.shares_process = xr.addressable_device_count() > 1

    @classmethod
    def create(
        cls,
        *,
        timeout: timedelta,
        rank: int | None = None,
        world_size: int | None = None,
        **options: Any,
    ) -> XlaBackend:
        """Join the world that torch_xla sees and return the backend that stands for it.

        Args:
            timeout: how long this and any later call may wait for the other replicas, on the CPU.
            rank: checked, if it is given.
            world_size: checked, if it is given; by default ``WORLD_SIZE`` of the environment.
            options: there are none.

        Raises:
            BackendUnavailable: torch_xla is missing or does not fit torch.
            TypeError: an option that does not exist.
            ValueError: torch_xla sees another world than the launcher or the caller.
            CollectiveTimeout: the other replicas did not come.
        """
        if options:
            raise TypeError(f"The xla backend has no option {', '.join(options)}.")
        cls.check_available()
        import torch_xla.runtime as xr

        told = launched()
        _join_as_launched(told)
        here = xr.global_ordinal(), xr.world_size()
        size = int(told.get("WORLD_SIZE", here[1])) if world_size is None else world_size
        asked = here[0] if rank is None else rank, size
        if asked != here:
            raise ValueError(
                f"torch_xla sees rank {here[0]} of {here[1]} devices ({xr.device_type()}), not "
                f"rank {asked[0]} of {asked[1]}; start as many ranks as there are devices, on the "
                "CPU by Parallel(backend='xla', nproc_per_node=...)."
            )
        return cls(_client(timeout, *here), *here)

    @classmethod
    def check_available(cls) -> None:
        try:
            fits = _minor(version("torch_xla")) == _minor(torch.__version__)
        except PackageNotFoundError:
            fits = False
        if not fits:
            raise BackendUnavailable(
                f"xla needs torch_xla and the torch it was built for, and this is torch "
                f"{torch.__version__}; pip install torch==2.9.0 torch_xla==2.9.0"
            )

    @classmethod
    def run_ranks(cls, job: Job) -> None:
        from ignite.distributed.backends._xla_launch import run_ranks

        run_ranks(job)

    def _connect(self, group: Group) -> XlaTransport:
        rank = group.ranks.index(self.rank)
        return XlaTransport(self._client, group.ranks, rank, self.world_size)

    def finalize(self) -> None:
        """Return: torch_xla keeps its devices until the process ends."""

    @cached_property
    def capabilities(self) -> Capabilities:
        import torch_xla.runtime as xr

        on_cpu = self._client.is_cpu
        return Capabilities(
            max_world_size=None if on_cpu else xr.global_device_count(),
            dtypes=DTYPES - {torch.complex128},  # whose imaginary part XLA loses
            reduce_ops=frozenset(ReduceOp),
            devices=frozenset({"cpu", "xla"}),
            subgroups=on_cpu,
            point_to_point=False,
            asynchronous=False,
        )

    # -- identity: hosts have equally many devices --------------------------------------

    @property
    def local_rank(self) -> int:
        return self.rank % self.nproc_per_node

    @property
    def nproc_per_node(self) -> int:
        import torch_xla.runtime as xr

        on_host: int = xr.local_device_count()
        return min(on_host, self.world_size)

    @property
    def nnodes(self) -> int:
        return self.world_size // self.nproc_per_node

    @property
    def node_rank(self) -> int:
        return self.rank // self.nproc_per_node

    @property
    def device(self) -> torch.device:
        """The XLA device of this replica."""
        return self._client.device

    # -- training -----------------------------------------------------------------------

    def distribute_model(self, model: nn.Module, **kwargs: Any) -> nn.Module:
        """Give all ranks the weights of the first; the optimizer keeps them equal.

        Raises:
            TypeError: there are options.
        """
        if kwargs:
            raise TypeError(f"auto_model has no options with xla, got {', '.join(kwargs)}.")
        equalize(chain(model.parameters(), model.buffers()), self)
        return model

    def distribute_optimizer(self, optimizer: Optimizer, **kwargs: Any) -> Optimizer:
        """Let each step begin with averaging the gradients, and end with ``torch_xla.sync``.

        It is the same optimizer. A step that takes a closure averages what that leaves. All ranks
        have gradients of the same parameters.

        Raises:
            TypeError: there are options.
        """
        if kwargs:
            raise TypeError(f"auto_optim has no options with xla, got {', '.join(kwargs)}.")
        from ignite.distributed.backends._xla_optimizer import step_together

        step_together(optimizer, self._client, self.world_size)
        return optimizer

    def data_loader(self, dataset: Dataset[Any], **kwargs: Any) -> DataLoader[Any]:
        """Return a loader that moves batches to the device while others are computed."""
        from ignite.distributed.backends._xla_data import DeviceLoader

        return DeviceLoader(self.device, dataset, **kwargs)


def _minor(release: str) -> list[str]:
    return release.split(".")[:2]


def _join_as_launched(told: Mapping[str, str]) -> None:
    """Take the place that torchrun gave this process, unless XLA's client has one already."""
    import torch_xla
    from torch_xla._internal import pjrt

    place = [int(told[name]) for name in ("LOCAL_RANK", "LOCAL_WORLD_SIZE") if name in told]
    if len(place) == 2 and not torch_xla._XLAC._xla_runtime_is_initialized():
        pjrt.initialize_multiprocess(*place)


def _client(timeout: timedelta, rank: int, world_size: int) -> XlaClient:
    import torch_xla

    device = torch_xla.device()
    if torch_xla.runtime.device_type() != "CPU":
        return XlaClient(device)
    from ignite.distributed.backends._xla_cpu import CpuClient

    return CpuClient(device, rank, world_size, timeout)
