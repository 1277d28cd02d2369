"""The end of a process that was a rank, whose interpreter torch's threads can hold up or abort."""

from __future__ import annotations

import atexit
import faulthandler
import os
import sys
import time
from functools import cache
from typing import Any

__all__ = ["GRACE", "end_well", "failure_status", "flush", "note_exit", "status_of"]

GRACE = 5.0
"""Seconds that ranks have to end, once one of them has failed."""

_LAST_CALL = 0.1
"""Seconds in which threads that wait for the interpreter surely get it, if nobody else has it."""

_noted_exit: SystemExit | None = None


@cache
def end_well() -> None:
    """Let this process end when its program does.

    - After a failure (an exception that nobody caught, or ``sys.exit``) it lasts no longer than
      ``GRACE`` seconds: a collective in the background that the others will never join keeps
      the interpreter from ending until the timeout, when its process group is taken apart, and
      nobody would learn meanwhile that this rank has failed.
    - Threads of gloo have let go of Python objects before the interpreter ends. One that
      is late aborts the process, though all went well; after training with
      ``DistributedDataParallel`` that was seen in one of twenty.

    To be called early: what is registered with ``atexit`` later has all its time.
    """
    atexit.register(_before_the_end)


def note_exit(error: SystemExit) -> None:
    """Note that the program calls ``sys.exit``, which the interpreter does not tell."""
    global _noted_exit
    _noted_exit = error


def failure_status() -> int:
    """Return the status with which the ending program fails: 0 if nothing says that it does."""
    if getattr(sys, "last_value", None) is not None:  # an exception that nobody caught
        return 1
    return 0 if _noted_exit is None else status_of(_noted_exit.code)


def status_of(code: Any) -> int:
    """Return the exit status that ``sys.exit(code)`` gives."""
    return code if isinstance(code, int) else int(code is not None)


def flush() -> None:
    """Write what was printed, before an end that would lose it."""
    sys.stdout.flush()
    sys.stderr.flush()


def _before_the_end() -> None:
    if _noted_exit is not None or failure_status() != 0:
        # A thread outside of Python ends the process, with status 1, if nothing else has.
        faulthandler.dump_traceback_later(GRACE, exit=True, file=os.open(os.devnull, os.O_WRONLY))
    time.sleep(_LAST_CALL)
