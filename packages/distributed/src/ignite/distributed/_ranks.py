"""Ranks as new processes of this program."""

from __future__ import annotations

import atexit
import multiprocessing
import os
import pickle
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from ignite.distributed._exit import GRACE
from ignite.distributed._job import Job
from ignite.distributed._processes import supervise
from ignite.distributed._rank import run_rank

__all__ = ["run_ranks"]


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
        supervise(_started(job, Path(folder)), Path(folder))


def _started(job: Job, folder: Path) -> Iterator[BaseProcess]:
    import torch.multiprocessing  # tensors among the arguments travel in shared memory

    context: Any = torch.multiprocessing.get_context(job.start_method)
    for local_rank in range(job.nproc_per_node):
        process = context.Process(target=_be_rank, args=(job, local_rank, folder))
        try:
            process.start()
        except (AttributeError, TypeError, pickle.PicklingError) as error:
            raise TypeError(
                f"{job.fn!r} and its arguments must be picklable to reach a new process "
                f"({error}); define the function at the top of a module, or use "
                "start_method='fork'."
            ) from error
        yield process


def _be_rank(job: Job, local_rank: int, folder: Path) -> None:
    """Run one rank, in its process, from start to end."""
    status: Any = 1

    # A new interpreter is not taken apart at the end, as forked ones never are: threads of
    # torch that still need it then would abort the process. Registered first, this runs last.
    @atexit.register
    def _leave() -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status if isinstance(status, int) else int(status is not None))

    signal.signal(signal.SIGINT, signal.default_int_handler)  # a forked one has its parent's
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        run_rank(job, local_rank, folder, _meeting(job, folder))
        status = 0
    except KeyboardInterrupt:
        status = 128 + signal.SIGINT
        sys.exit(status)
    except SystemExit as end:
        status = end.code
        raise


def _meeting(job: Job, folder: Path) -> dict[str, str]:
    return {} if job.master else {"init_method": (folder / "store").as_uri()}


def _end_with_parent() -> None:
    """End this process after its parent has died, be it in the middle of a collective."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE)
    os._exit(1)
