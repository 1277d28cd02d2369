"""The folder in which a launcher and the ranks that mpiexec starts for it find each other."""

from __future__ import annotations

import fcntl
import os
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import current_process, spawn
from pathlib import Path
from typing import Any

from ignite.distributed._job import Job

__all__ = ["JobFolder"]


class JobFolder:
    """A job and who works on it, as files.

    Args:
        path: the folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    # -- of the launcher ------------------------------------------------------------

    def write(self, job: Job) -> None:
        """Leave the job for the ranks.

        Raises:
            TypeError: it cannot be pickled.
        """
        preparation: dict[str, Any] = spawn.get_preparation_data("rank of mpi")
        preparation["authkey"] = bytes(current_process().authkey)
        try:
            parts = pickle.dumps(preparation) + pickle.dumps(job)
        except (AttributeError, TypeError, pickle.PicklingError) as error:
            raise TypeError(
                f"{job.fn!r} and its arguments must be picklable to reach a new process "
                f"({error}); define the function at the top of a module."
            ) from error
        (self.path / "job").write_bytes(parts)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold what ranks wait for, who then end; it is lost with this process too."""
        with self._lock.open("wb") as file:
            fcntl.lockf(file, fcntl.LOCK_EX)
            yield

    def pids(self) -> list[int]:
        """Return the process ids of the ranks that have started."""
        return [int(path.name.partition("-")[2]) for path in self.path.glob("pid-*")]

    def statuses(self) -> list[int]:
        """Return the exit statuses of the ranks that have ended by themselves."""
        return [int(path.name.split("-")[1]) for path in self.path.glob("ended-*")]

    # -- of a rank ------------------------------------------------------------------

    def enter(self) -> None:
        """Tell the launcher that this process is a rank."""
        (self.path / f"pid-{os.getpid()}").touch()

    def read(self) -> Job:
        """Return the job, once the launcher's main module has been imported, which it may need."""
        with (self.path / "job").open("rb") as file:
            spawn.prepare(pickle.load(file))
            job: Job = pickle.load(file)
        return job

    def wait_for_launcher(self) -> None:
        """Return when the launcher has ended."""
        with self._lock.open("rb") as file:
            fcntl.lockf(file, fcntl.LOCK_SH)

    def end(self, status: int) -> None:
        """Tell the launcher that this rank ends by itself."""
        (self.path / f"ended-{status}-{os.getpid()}").touch()

    @property
    def _lock(self) -> Path:
        return self.path / "launcher"
