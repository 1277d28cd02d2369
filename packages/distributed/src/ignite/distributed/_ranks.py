"""Ranks as new processes of this program."""

from __future__ import annotations

import multiprocessing
import pickle
import tempfile
from collections.abc import Callable, Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from ignite.distributed._job import Job
from ignite.distributed._life import live
from ignite.distributed._processes import supervise
from ignite.distributed._rank import run_rank

__all__ = ["run_ranks", "started"]


def run_ranks(job: Job) -> None:
    """Do the job, each rank in a new process, and return when all have ended.

    The ranks of one node meet in a file, unless the job says where.

    Raises:
        TypeError: function and arguments cannot be sent to a new process.
        torch.multiprocessing.ProcessRaisedException: a rank raised; the message holds the
            traceback of the first that did.
        torch.multiprocessing.ProcessExitedException: a rank was killed.
        SystemExit: a rank called ``sys.exit``, or the ranks ended upon a signal that this
            process got.
    """
    with tempfile.TemporaryDirectory(prefix="ignite-") as folder:
        supervise(started(_run_rank, job, Path(folder), job.nproc_per_node), Path(folder))


def started(
    run: Callable[[Job, int, Path], None], job: Job, folder: Path, count: int
) -> Iterator[BaseProcess]:
    """Start processes one by one, which call ``run(job, number, folder)`` and end with this one.

    Raises:
        TypeError: the job cannot be sent to a new process.
    """
    import torch.multiprocessing  # tensors among the arguments travel in shared memory

    context: Any = torch.multiprocessing.get_context(job.start_method)
    for number in range(count):
        process = context.Process(target=_live, args=(run, job, number, folder))
        try:
            process.start()
        except (AttributeError, TypeError, pickle.PicklingError) as error:
            raise TypeError(
                f"{job.fn!r} and its arguments must be picklable to reach a new process "
                f"({error}); define the function at the top of a module, or use "
                "start_method='fork'."
            ) from error
        yield process


def _run_rank(job: Job, local_rank: int, folder: Path) -> None:
    meeting = {} if job.master else {"init_method": (folder / "store").as_uri()}
    run_rank(job, local_rank, folder, meeting)


def _live(run: Callable[[Job, int, Path], None], job: Job, number: int, folder: Path) -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    live(lambda: run(job, number, folder), parent.join)
