"""The program of a rank that ``mpiexec`` starts: ``python -m ... FOLDER``."""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from functools import partial
from pathlib import Path

from ignite.distributed._life import live
from ignite.distributed._rank import run_rank
from ignite.distributed.backends._mpi_folder import JobFolder
from ignite.distributed.backends._mpi_library import MODULE, leave_mpi, load_mpi

__all__ = ["main"]


def main(path: str) -> None:
    """Be the rank of the job in that folder that MPI says, to the end of the process."""
    folder = JobFolder(Path(path))
    folder.enter()
    live(partial(_run, folder), folder.wait_for_launcher, partial(_leave, folder))


def _run(folder: JobFolder) -> None:
    job = folder.read()
    load_mpi(timedelta(minutes=30))
    from mpi4py import MPI

    run_rank(job, MPI.COMM_WORLD.rank, folder.path, {})


def _leave(folder: JobFolder, status: int) -> None:
    folder.end(status)
    if MODULE in sys.modules:
        leave_mpi(status)
        from mpi4py import MPI

        if not MPI.Is_finalized():
            MPI.Finalize()
    os._exit(status)


if __name__ == "__main__":
    main(sys.argv[1])
