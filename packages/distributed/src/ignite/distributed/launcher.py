"""One way to start distributed code: in this process, under a launcher, or in new processes."""

from __future__ import annotations

import logging
import multiprocessing
import os
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from types import TracebackType
from typing import Any

from ignite.distributed._current import active_backend, current_backend
from ignite.distributed._exit import end_well, note_exit
from ignite.distributed._job import Job
from ignite.distributed._launched import is_rank, launched, told_in_environment
from ignite.distributed._layout import check_rank
from ignite.distributed._world import finalize, initialize
from ignite.distributed.errors import DistributedError
from ignite.distributed.registry import load_backend

__all__ = ["Parallel"]

_logger = logging.getLogger(__name__)


class Parallel:
    """Runs a function in every rank of a world, however the world comes about.

    - ``backend=None``: in this process alone.
    - With ``nproc_per_node``: in that many new processes, on each of ``nnodes`` nodes.
    - Without it, started by torchrun, by srun, by mpirun or horovodrun (with their backends), or
      by hand with ``RANK`` and ``WORLD_SIZE`` set: in this process, which is one rank of them; it
      joins on entering the ``with`` block and leaves at its end. Started plainly, the world is
      this process alone.

    A process group that the user made already is used, and left as it is.

    Under torchrun, under srun and in new processes, the function finds ``RANK``, ``LOCAL_RANK``,
    ``WORLD_SIZE`` and ``LOCAL_WORLD_SIZE`` in the environment. When one rank fails, its launcher
    ends the others: torchrun by itself, srun with ``--kill-on-bad-exit=1``.

    New processes have joined the world when the function is called, and share the node's cores
    unless ``OMP_NUM_THREADS`` is set. If one raises, is killed or calls ``sys.exit``, the others
    are ended within seconds. SIGTERM and Ctrl-C are passed on as SIGTERM to them; they may then
    stop in good order, and are waited for; a second Ctrl-C kills them.

    Args:
        backend: a name from :func:`all_backends`, or ``"package.module:Class"``.
        nproc_per_node: number of processes to start on this node.
        nnodes: number of nodes; on each the same program is started.
        node_rank: which of them this is, ``0 <= node_rank < nnodes``.
        master_addr: address of node 0; with several nodes it is needed, unless
            ``init_method`` says where the ranks meet.
        master_port: a free port there.
        init_method: where the ranks meet, such as ``"tcp://host:port"``.
        spawn_kwargs: ``start_method`` of the processes, ``"spawn"`` (the default),
            ``"fork"`` or ``"forkserver"``; anything else, such as ``timeout``, is an argument
            of :func:`initialize`.

    Raises:
        ValueError: the arguments do not fit together, or to the way of starting.

    >>> def training(local_rank: int, epochs: int) -> None:
    ...     print(f"rank {local_rank} trains {epochs} epochs")
    >>> with Parallel(backend=None) as parallel:
    ...     parallel.run(training, epochs=2)
    rank 0 trains 2 epochs
    """

    def __init__(
        self,
        backend: str | None = None,
        nproc_per_node: int | None = None,
        nnodes: int | None = None,
        node_rank: int | None = None,
        master_addr: str | None = None,
        master_port: int | None = None,
        init_method: str | None = None,
        **spawn_kwargs: Any,
    ) -> None:
        self.backend = backend
        start_method = str(spawn_kwargs.pop("start_method", "spawn"))
        self._options = spawn_kwargs
        self._job: Callable[..., Job] | None = None
        self._entered = False
        self._left_with = ExitStack()
        place = {
            "nnodes": nnodes,
            "node_rank": node_rank,
            "master_addr": master_addr,
            "master_port": master_port,
        }
        if init_method is not None:
            self._options["init_method"] = init_method
        if backend is None:
            unused = {"nproc_per_node": nproc_per_node, **place, **self._options}
            _refuse(unused, "needs a backend; give one, such as backend='gloo'")
            return
        load_backend(backend).check_available()
        if nproc_per_node is None:
            _refuse(
                place,
                "is for processes that are started here; give nproc_per_node too, or leave it "
                "to the launcher, such as torchrun",
            )
            return
        _check_starting(nnodes or 1)
        methods = multiprocessing.get_all_start_methods()
        if start_method not in methods:
            raise ValueError(f"start_method must be one of {methods}, got {start_method!r}.")
        self._job = partial(
            Job,
            backend=backend,
            nproc_per_node=_positive("nproc_per_node", nproc_per_node),
            nnodes=_positive("nnodes", 1 if nnodes is None else nnodes),
            node_rank=_node_rank(node_rank, nnodes),
            master=_master(master_addr, master_port, nnodes or 1, init_method),
            options=self._options,
            start_method=start_method,
        )

    def __enter__(self) -> Parallel:
        if self.backend is not None and self._job is None:
            with ExitStack() as stack:
                stack.enter_context(told_in_environment())
                if _join(self.backend, self._options):
                    stack.callback(finalize)
                self._left_with = stack.pop_all()
            if current_backend().world_size > 1:
                end_well()
        self._entered = True
        return self

    def run(self, func: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        """Call ``func(local_rank, *args, **kwargs)`` in every rank.

        Args:
            func: the function; for new processes it must be importable unless they are
                forked, so not a lambda or local.
            args: its further positional arguments.
            kwargs: its keyword arguments.

        Raises:
            DistributedError: outside of the ``with`` block.
            TypeError: function and arguments cannot be sent to a new process.
            torch.multiprocessing.ProcessRaisedException: a rank raised; the message holds
                the traceback of the first that did.
            torch.multiprocessing.ProcessExitedException: a rank was killed.
            SystemExit: a rank called ``sys.exit``, with its status; or the ranks ended upon
                a signal that this process got, with 128 + its number.
        """
        if not self._entered:
            raise DistributedError("Use run inside of: with Parallel(...) as parallel.")
        if self._job is not None:
            job = self._job(func, args=args, kwargs=kwargs)
            _logger.info("Start %s", job)
            load_backend(job.backend).run_ranks(job)
        else:
            current = current_backend()
            _logger.info("Run %s as rank %d of %d", func, current.rank, current.world_size)
            func(current.local_rank, *args, **kwargs)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._entered = False
        if isinstance(error, SystemExit):
            note_exit(error)
        self._left_with.close()


def _join(backend: str, options: dict[str, Any]) -> bool:
    """Join the world unless the user made it, and return whether that was done."""
    active = active_backend()
    if active is None or active.gives_way:
        initialize(backend, **options)
        return True
    if not isinstance(active, load_backend(backend)):
        raise DistributedError(
            f"A world of {active.name} is active, not of {backend}; give that backend, or leave "
            "that world first."
        )
    return False


def _refuse(arguments: dict[str, Any], reason: str) -> None:
    given = [name for name, value in arguments.items() if value is not None]
    if given:
        raise ValueError(f"{', '.join(given)} {reason}.")


def _check_starting(nnodes: int) -> None:
    """Raise ValueError if processes are to be started by a process that is a rank already."""
    told = launched()
    one_per_node = "RANK" not in os.environ and told.get("WORLD_SIZE") == str(nnodes)  # by srun
    if is_rank(told) and not one_per_node:
        raise ValueError(
            "nproc_per_node starts processes, but a launcher has started this one as rank "
            f"{told['RANK']} of {told['WORLD_SIZE']}; leave it out, or start with plain python, "
            "or with srun one task on each node, and give nnodes and node_rank too."
        )


def _positive(name: str, value: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"{name} must be a positive int, got {value!r}.")
    return value


def _node_rank(node_rank: int | None, nnodes: int | None) -> int:
    if nnodes is None and node_rank is not None:
        raise ValueError("node_rank is one of several nodes; give nnodes too, or leave it out.")
    if (nnodes or 1) > 1 and node_rank is None:
        raise ValueError(f"With nnodes={nnodes}, give node_rank, another one on each node.")
    check_rank(node_rank or 0, nnodes or 1, "node_rank")
    return node_rank or 0


def _master(
    address: str | None, port: int | None, nnodes: int, init_method: str | None
) -> dict[str, str]:
    """Return the variables that say where the ranks meet, none if they need not be told."""
    if init_method is not None:
        _refuse(
            {"master_addr": address, "master_port": port},
            "and init_method both say where the ranks meet; give one of them",
        )
        return {}
    if nnodes == 1 and port is None and address is None:
        return {}
    if port is None or (address is None and nnodes > 1):
        raise ValueError(
            f"With nnodes={nnodes}, give master_addr and master_port, or init_method: where the "
            "ranks of all nodes meet."
        )
    return {"MASTER_ADDR": address or "127.0.0.1", "MASTER_PORT": str(port)}
