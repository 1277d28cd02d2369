"""The backend over Horovod."""
# ruff: noqa: D102 - what overrides a method of Backend keeps its contract

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable
from datetime import timedelta
from functools import cached_property
from itertools import chain, count
from typing import TYPE_CHECKING, Any, ClassVar

import torch

from ignite.distributed._averaging import equalize
from ignite.distributed._exit import end_well
from ignite.distributed._job import Job
from ignite.distributed._layout import Layout, Where, layout_of, node_sizes
from ignite.distributed._rules import DTYPES, local_devices
from ignite.distributed.backends import _horovod_launch
from ignite.distributed.backends._horovod_groups import ProcessSets, known_process_sets
from ignite.distributed.backends._horovod_transport import HorovodTransport
from ignite.distributed.backends._placed import PlacedBackend
from ignite.distributed.backends.serial import SerialTransport
from ignite.distributed.backends.transport import Transport
from ignite.distributed.interface import (
    BackendUnavailable,
    Capabilities,
    CollectiveTimeout,
    DistributedError,
    Group,
    ReduceOp,
    UnsupportedOperation,
)

if TYPE_CHECKING:
    from torch import nn
    from torch.optim import Optimizer

__all__ = ["HorovodBackend"]


class HorovodBackend(PlacedBackend):
    """A world over Horovod.

    Its ranks are started by ``horovodrun``, or by :class:`Parallel` on one node. Tensors travel
    by Horovod's own operations, in process sets for groups; what it cannot reduce is gathered.

    Ranks compute on the CPU, unless Horovod was built for CUDA. ``HOROVOD_CYCLE_TIME``, 1 ms by
    default, bounds how fast small operations are: 0.1 ms halves their time and has Horovod's
    thread take half a core in each rank.

    A context that the user made by ``hvd.init`` has the groups that were made there as process
    sets. On nodes of unequal size its ``nnodes`` and ``node_rank`` are collective at first.
    """

    name: ClassVar[str] = "horovod"
    model_name: ClassVar[str] = "horovod-dist"

    _found: ClassVar[HorovodBackend | None] = None
    _made_here: ClassVar[bool] = False
    """Whether what Horovod is in was made by :meth:`create`, and not by the user."""

    def __init__(self, timeout: timedelta, *, owned: bool, variables: dict[str, str]) -> None:
        import horovod.torch as hvd

        self._hvd: Any = hvd
        self._timeout = timeout
        self._owned = owned
        self._variables = variables
        self._layout: Layout | None = None
        self._sets: ProcessSets | None = None
        self._optimizers = count()
        ranks = range(hvd.size())
        super().__init__(HorovodTransport(ranks, self.device, timeout, hvd.global_process_set))

    def _connect(self, group: Group) -> Transport:
        if len(group) == 1:
            return SerialTransport(self.device, group.ranks)
        if self._sets is not None:
            process_set = self._sets.of(group.ranks)
        else:
            process_set = known_process_sets().get(group.ranks)
        if process_set is None:
            raise UnsupportedOperation(
                f"Horovod has no process set of {group.ranks}: call hvd.add_process_set on all "
                "ranks, or let initialize('horovod') make the world in place of hvd.init."
            )
        return HorovodTransport(group.ranks, self.device, self._timeout, process_set)

    # -- lifecycle ----------------------------------------------------------------

    @classmethod
    def create(
        cls,
        *,
        timeout: timedelta,
        rank: int | None = None,
        world_size: int | None = None,
        **options: Any,
    ) -> HorovodBackend:
        """Join the world and return the backend that stands for it (collective).

        Args:
            timeout: how long this and any later call may wait for the other ranks.
            rank: this rank; by default what the launcher told, else the process is alone.
            world_size: number of ranks; likewise.
            options: there are none.

        Raises:
            BackendUnavailable: Horovod is not installed.
            TypeError: an option that does not exist.
            ValueError: nothing says where the ranks meet, or this is another rank.
            CollectiveTimeout: the other ranks did not come.
            DistributedError: Horovod is initialized already, or the ranks cannot connect.
        """
        if options:
            raise TypeError(f"The horovod backend has no option {', '.join(options)}.")
        cls.check_available()
        import horovod.torch as hvd

        if hvd.is_initialized():
            raise DistributedError(
                "Horovod is initialized already, which is found and used as it is: leave "
                "initialize out, or call hvd.shutdown first."
            )
        variables = _horovod_launch.place(rank, world_size)
        variables.update(_horovod_launch.limits(timeout))
        os.environ.update(variables)
        begin = time.monotonic()
        try:
            hvd.init(process_sets="dynamic")
        except ValueError as error:
            _forget(variables)
            late = time.monotonic() - begin >= timeout.total_seconds()
            raise (CollectiveTimeout if late else DistributedError)(
                f"initialize('horovod') failed: another rank did not come within {timeout}, or "
                f"has ended; Horovod has told above what it saw. ({error})"
            ) from error
        HorovodBackend._made_here = True
        backend = cls(timeout, owned=True, variables=variables)
        if backend.world_size > 1:
            end_well()
        backend._place()  # which may take all ranks, as later there may be some alone
        if backend.world_size > 2:  # in smaller ones any group is the world, or one rank alone
            backend._sets = ProcessSets(timeout, backend.broadcast)
        return backend

    @classmethod
    def adopt(cls) -> HorovodBackend | None:
        """Return the backend over what the user made by ``hvd.init``, as long as it lasts."""
        hvd: Any = sys.modules.get("horovod.torch")
        is_initialized = getattr(hvd, "is_initialized", bool)
        if HorovodBackend._made_here or not is_initialized():
            HorovodBackend._found = None
        elif HorovodBackend._found is None:
            HorovodBackend._found = cls(timedelta(minutes=30), owned=False, variables={})
        return HorovodBackend._found

    @classmethod
    def check_available(cls) -> None:
        try:
            import horovod.torch as hvd
        except (ImportError, OSError) as error:
            raise BackendUnavailable(
                f"horovod cannot be imported ({error}); its release has no wheel for today's "
                'torch: build one by python -m pip install "$(python tools/build_horovod.py)" in '
                "a checkout of this project, or there by nox -s build_horovod."
            ) from error
        if not hasattr(hvd, "init"):
            raise BackendUnavailable(
                "horovod was installed without its part for torch; install it anew with "
                "HOROVOD_WITH_PYTORCH=1, or by tools/build_horovod.py of this project."
            )

    @classmethod
    def run_ranks(cls, job: Job) -> None:
        cls.check_available()
        _horovod_launch.run_ranks(job)

    def finalize(self) -> None:
        """Leave the world once all ranks do.

        On the way of an exception it is left as it is: the others may never come, and were they
        told that this rank is leaving, they might end before it has shown what went wrong.
        """
        if not self._owned or not self._hvd.is_initialized() or sys.exc_info()[0] is not None:
            return
        self.barrier()
        if self._sets is not None:
            self._sets.close()
        self._hvd.shutdown()
        HorovodBackend._made_here = False
        _forget(self._variables)

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            max_world_size=None,
            dtypes=DTYPES,
            reduce_ops=frozenset(ReduceOp),
            devices=local_devices(),
            point_to_point=False,
        )

    # -- identity ---------------------------------------------------------------

    @cached_property
    def device(self) -> torch.device:
        """The CPU, or the CUDA device of this rank if Horovod was built for it."""
        if self._hvd.cuda_built() and torch.cuda.is_available():
            return torch.device("cuda", self._hvd.local_rank())
        return torch.device("cpu")

    def _place(self) -> Layout:
        if self._layout is None:
            local_size = self._hvd.local_size()
            if self._hvd.mpi_ops.is_homogeneous():
                sizes = [local_size] * (self.world_size // local_size)
            else:
                local_ranks = self.all_gather(self._hvd.local_rank())
                sizes = node_sizes(Where("", local_rank) for local_rank in local_ranks)
            self._layout = layout_of(self.rank, sizes)
        return self._layout

    # -- training -------------------------------------------------------------------

    def distribute_model(self, model: nn.Module, **kwargs: Any) -> nn.Module:
        """Give all ranks the weights of rank 0; gradients are averaged by the optimizer.

        Raises:
            TypeError: there are options.
        """
        if kwargs:
            raise TypeError(
                f"auto_model has no options with horovod, got {', '.join(kwargs)}: auto_optim "
                "averages the gradients, and takes options for that."
            )
        equalize(chain(model.parameters(), model.buffers()), self)
        return model

    def distribute_optimizer(self, optimizer: Optimizer, **kwargs: Any) -> Optimizer:
        """Make it ``hvd.DistributedOptimizer``, whose arguments ``kwargs`` are.

        It is of the same class, averages the gradients in ``step``, and begins with the state
        of rank 0. To accumulate gradients over several backward passes give
        ``backward_passes_per_step``: ``no_sync`` does not keep it from averaging. To look at
        the averages before the step, as for clipping, call its ``synchronize`` first and make
        the step under its ``skip_synchronize``.
        """
        number = next(self._optimizers)
        groups = enumerate(optimizer.param_groups)
        names = (
            (f"optimizer.{number}.{i}.{j}", parameter)
            for i, group in groups
            for j, parameter in enumerate(group["params"])
        )
        kwargs.setdefault("named_parameters", names)
        state = self.broadcast(optimizer.state_dict())
        distributed: Optimizer = self._hvd.DistributedOptimizer(optimizer, **kwargs)
        distributed.load_state_dict(state)
        return distributed


def _forget(variables: Iterable[str]) -> None:
    """Take variables out of the environment, so that they do not hold for the next world."""
    for name in variables:
        os.environ.pop(name, None)
