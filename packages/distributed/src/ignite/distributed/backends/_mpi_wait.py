"""Waiting for MPI, which itself would wait for ever and keep a core busy meanwhile."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mpi4py import MPI

__all__ = ["is_unfinished", "wait_for"]

_AWAKE = 0.001
"""Seconds in which most operations are done, and other threads and ranks only get their turn."""

_SHARE = 1 / 8
"""How long to sleep after that, as a share of the time waited: so much later it may end."""

_LONGEST_SLEEP = 0.001

_under_way: dict[int, Any] = {}
"""Requests that are not complete, with the memory that MPI uses until they are."""


def wait_for(request: MPI.Request, memory: Any, timeout: timedelta) -> None:
    """Return when ``request`` is complete.

    Args:
        request: what MPI does in the background.
        memory: what it reads and writes.
        timeout: how long to wait.

    Raises:
        TimeoutError: it was not complete in time. It stays under way.
    """
    if request.Test():
        return
    _under_way[id(request)] = request, memory
    begun = time.monotonic()
    limit = timeout.total_seconds()
    while not request.Test():
        waited = time.monotonic() - begun
        if waited > limit:
            raise TimeoutError("timed out")
        if waited < _AWAKE:
            os.sched_yield()
        else:
            time.sleep(min(waited * _SHARE, _LONGEST_SLEEP))
    del _under_way[id(request)]


def is_unfinished() -> bool:
    """Return whether anything is under way that was waited for."""
    return bool(_under_way)
