"""MPI through mpi4py, whatever torch was built with."""
# ruff: noqa: D102 - what overrides a method of Backend keeps its contract

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import torch
import torch.distributed as dist

from ignite.distributed._job import Job
from ignite.distributed._launched import is_rank, launched
from ignite.distributed._layout import Layout, Where, layout_of, node_sizes
from ignite.distributed._rules import DTYPES, local_devices
from ignite.distributed.backends._mpi_groups import create_group, duplicate
from ignite.distributed.backends._mpi_library import check_mpi, load_mpi, users_world
from ignite.distributed.backends._mpi_transport import MpiTransport
from ignite.distributed.backends._placed import PlacedBackend
from ignite.distributed.backends._torch_transport import named
from ignite.distributed.interface import Capabilities, Group, ReduceOp

if TYPE_CHECKING:
    from mpi4py import MPI

__all__ = ["MpiBackend"]

_DEFAULT_TIMEOUT = timedelta(minutes=30)


class MpiBackend(PlacedBackend):
    """A world over MPI's, in communicators of its own.

    Tensors move in host memory; those on a device go through it.
    """

    name: ClassVar[str] = "mpi"

    _found: ClassVar[MpiBackend | None] = None

    def __init__(self, parent: MPI.Intracomm, timeout: timedelta, *, adopted: bool) -> None:
        self._parent = parent
        self._timeout = timeout
        self.gives_way = adopted
        ranks = range(parent.size)
        self._all = MpiTransport(self._duplicated, ranks, parent.rank, timeout)
        super().__init__(self._all)

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
    ) -> MpiBackend:
        """Join the world and return the backend that stands for it (collective).

        MPI is initialized by the first call, and finalized when the interpreter ends, unless the
        user has imported ``mpi4py.MPI`` before. Without mpirun the world is this process alone.
        A program that ends by an exception, or amid an operation, ends all ranks.

        Args:
            timeout: how long this and any later call may wait for the other ranks.
            rank: this rank, which must be MPI's; best left out.
            world_size: number of ranks, which must be MPI's; best left out.
            init_method: not for MPI, whose launcher tells the ranks where they meet.
            options: there are none.

        Raises:
            BackendUnavailable: mpi4py or the MPI library is missing, or has no threads.
            ValueError: rank or world size is not MPI's, or there is an ``init_method``.
            TypeError: an option that does not exist.
            CollectiveTimeout: the other ranks did not come.
            DistributedError: the ranks of a node do not follow one another.
        """
        if options:
            raise TypeError(f"The mpi backend has no option {', '.join(options)}.")
        if init_method is not None:
            raise ValueError(
                f"init_method={init_method!r} is not for mpi: its launcher, such as mpirun, tells "
                "the ranks where they meet; leave it out."
            )
        load_mpi(timeout)
        from mpi4py import MPI

        _check_identity(rank, world_size)
        backend = cls(MPI.COMM_WORLD, timeout, adopted=False)
        if backend._place() and torch.cuda.is_available():
            torch.cuda.set_device(backend.device)
        return backend

    @classmethod
    def adopt(cls) -> MpiBackend | None:
        """Return the backend over the world that the user joined by importing ``mpi4py.MPI``.

        That is done for a world of several ranks, as mpirun starts them, and only if there is no
        process group of ``torch.distributed``; and it keeps nobody from joining another world by
        ``initialize`` or ``Parallel``. The first operation of such a world, or question for a
        node or local rank, is for all ranks to make.
        """
        if dist.is_available() and dist.is_initialized():
            return None
        world = users_world()
        if world is None:
            return None
        if MpiBackend._found is None:
            MpiBackend._found = cls(world, _DEFAULT_TIMEOUT, adopted=True)
        return MpiBackend._found

    @classmethod
    def check_available(cls) -> None:
        check_mpi()

    @classmethod
    def run_ranks(cls, job: Job) -> None:
        """Start the ranks of this node by ``mpiexec``, and return when all have ended.

        It is the mpiexec beside this Python, or else on the ``PATH``. As with the start method
        ``"spawn"``, whichever is asked for, the ranks import the main module, and the function
        must be importable.

        Raises:
            BackendUnavailable: there is no mpiexec.
            DistributedError: it could not start the ranks.
            ValueError: there are several nodes, or a place to meet was given, or mpirun has
                started this process.
            TypeError: function and arguments cannot be sent to a new process.
            torch.multiprocessing.ProcessRaisedException: a rank raised; the message holds the
                traceback of the first that did.
            torch.multiprocessing.ProcessExitedException: a rank was killed.
            SystemExit: a rank called ``sys.exit``, or the ranks ended upon a signal that this
                process got.
        """
        from ignite.distributed.backends._mpi_launch import run_ranks

        run_ranks(job)

    def finalize(self) -> None:
        for transport in self._transports.values():
            assert isinstance(transport, MpiTransport)
            transport.leave()
        self._all.leave()

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            max_world_size=None,
            dtypes=DTYPES,
            reduce_ops=frozenset(ReduceOp),
            devices=local_devices(),
        )

    # -- identity ---------------------------------------------------------------

    @cached_property
    def device(self) -> torch.device:
        """The CUDA device of this rank where there is one, else the CPU."""
        if not torch.cuda.is_available():
            return torch.device("cpu")
        return torch.device("cuda", self.local_rank % torch.cuda.device_count())

    def _place(self) -> Layout:
        return self._layout

    @cached_property
    def _layout(self) -> Layout:
        from mpi4py import MPI

        # All ranks are here, having made the communicator together: nothing waits for long.
        comm = self._all.comm
        node = comm.Split_type(MPI.COMM_TYPE_SHARED)
        places = comm.allgather(Where(MPI.Get_processor_name(), node.rank))
        node.Free()
        return layout_of(comm.rank, node_sizes(places))

    # -- communicators ----------------------------------------------------------------

    def _connect(self, group: Group) -> MpiTransport:
        def connect() -> MPI.Intracomm:
            with self._named(f"the first operation of {group}"):
                return create_group(self._all.comm, group.ranks, self._timeout)

        return MpiTransport(connect, group.ranks, group.ranks.index(self.rank), self._timeout)

    def _duplicated(self) -> MPI.Intracomm:
        with self._named("initialize('mpi')"):
            return duplicate(self._parent, self._timeout)

    @contextmanager
    def _named(self, operation: str) -> Iterator[None]:
        try:
            yield
        except (TimeoutError, RuntimeError) as error:
            where = f"{operation} on rank {self._parent.rank} of {self._parent.size}"
            raise named(error, where, self._timeout) from error


def _check_identity(rank: int | None, world_size: int | None) -> None:
    """Raise ValueError unless the launcher means the world that MPI has."""
    from mpi4py import MPI

    actual = MPI.COMM_WORLD.rank, MPI.COMM_WORLD.size
    told = launched()
    if actual[1] == 1 and (rank, world_size) == (None, None) and is_rank(told):
        rank, world_size = int(told["RANK"]), int(told["WORLD_SIZE"])  # MPI knows nothing of it
    wanted = actual[0] if rank is None else rank, actual[1] if world_size is None else world_size
    if wanted != actual:
        raise ValueError(
            f"This was started to be rank {wanted[0]} of {wanted[1]}, but is rank {actual[0]} of "
            f"{actual[1]} for MPI: start it with the mpirun that belongs to the MPI library of "
            "mpi4py, or with srun --mpi=pmi2 (or pmix), and leave rank and world_size out."
        )
