"""What tests of dependants need: a serial world, and small worlds of real ranks."""

from __future__ import annotations

import multiprocessing
import pickle
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from ignite.distributed._current import use_backend
from ignite.distributed._job import Job
from ignite.distributed.backends.serial import SerialBackend
from ignite.distributed.registry import load_backend
from ignite.distributed.utils import get_rank

__all__ = ["call_each", "run_world", "serial_world"]


@contextmanager
def serial_world() -> Iterator[SerialBackend]:
    """Make this context a world of its own, rank 0 of 1, whatever surrounds it.

    >>> with serial_world() as world:
    ...     world.all_gather(1)
    [1]
    """
    with use_backend(SerialBackend()) as backend:
        assert isinstance(backend, SerialBackend)
        yield backend


def run_world(
    fn: Callable[..., Any],
    world_size: int,
    *args: Any,
    backend: str = "gloo",
    timeout: float = 30.0,
) -> list[Any]:
    """Call ``fn(*args)`` on every rank of a world of real processes, and return the results.

    The processes are forked from one server that has torch loaded: the first world of a test
    run takes as long as ``import torch``, later ones some tenths of a second. Each rank
    computes on one thread, and sees the environment variables that were set before the
    first world.

    Args:
        fn: importable by name in a new process: a function at the top of an installed module,
            not one of a test file, a lambda or a local one. Its rank is
            ``ignite.distributed.get_rank()``.
        world_size: number of ranks.
        args: picklable arguments, the same for every rank.
        backend: name of the backend.
        timeout: seconds that a rank waits for the others, in any one operation.

    Returns:
        What ``fn`` returned on each rank, in rank order; it must be picklable.

    Raises:
        torch.multiprocessing.ProcessRaisedException: a rank raised; the message holds the
            traceback of the first that did, and the other ranks have been ended.
        torch.multiprocessing.ProcessExitedException: a rank was killed.
        SystemExit: a rank called ``sys.exit``.

    >>> import ignite.distributed as idist
    >>> run_world(idist.get_rank, 2)
    [0, 1]
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["torch.distributed", "pytest", __name__])
    with tempfile.TemporaryDirectory(prefix="ignite-world-") as folder:
        job = Job(
            _keep_result,
            backend,
            world_size,
            args=(Path(folder), fn, args),
            options={"timeout": timeout},
            start_method="forkserver",
        )
        load_backend(backend).run_ranks(job)
        paths = [Path(folder, str(rank)) for rank in range(world_size)]
        return [pickle.loads(path.read_bytes()) for path in paths]


def call_each(calls: Sequence[Sequence[partial[Any]]]) -> list[Any]:
    """Make the calls that are meant for this rank, one after the other.

    With :func:`run_world`, many collectives in one world:

    >>> import ignite.distributed as idist
    >>> calls = [[partial(idist.all_reduce, rank), partial(idist.barrier)] for rank in (0, 1)]
    >>> run_world(call_each, 2, calls)
    [[1, None], [1, None]]

    Args:
        calls: for each rank, its calls; their functions must be importable.

    Returns:
        What each call returned, or the exception that it raised.
    """
    results = []
    for call in calls[get_rank()]:
        try:
            results.append(call())
        except Exception as error:  # noqa: BLE001 - the caller looks at it
            results.append(error)
    return results


def _keep_result(
    local_rank: int, folder: Path, fn: Callable[..., Any], args: tuple[Any, ...]
) -> None:
    import torch

    torch.set_num_threads(1)
    (folder / str(local_rank)).write_bytes(pickle.dumps(fn(*args)))
