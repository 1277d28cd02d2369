"""Communicators of our own: for a world, and for the groups in it."""

from __future__ import annotations

import time
import zlib
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ignite.distributed.backends._mpi_wait import wait_for

if TYPE_CHECKING:
    from mpi4py import MPI

__all__ = ["create_group", "duplicate", "point_to_point_tag"]

_LABELS = 2**14
"""A tag may be any number up to 2**15 - 1 on every MPI, and each other one is for messages."""


def duplicate(comm: MPI.Intracomm, timeout: timedelta) -> MPI.Intracomm:
    """Return a communicator of the same ranks (collective).

    Raises:
        TimeoutError: the other ranks did not come.
    """
    copy, request = comm.Idup()
    wait_for(request, copy, timeout)
    return copy


def create_group(world: MPI.Intracomm, ranks: Sequence[int], timeout: timedelta) -> MPI.Intracomm:
    """Return a communicator of some ranks of ``world``; called by them alone.

    Raises:
        TimeoutError: the other ranks did not come.
    """
    # MPI itself would wait for them without end: so they meet before it is asked.
    label = zlib.crc32(repr(tuple(ranks)).encode()) % _LABELS
    _meet(world, ranks, 2 * label + 1, timeout)
    everybody = world.Get_group()
    members = everybody.Incl(list(ranks))
    try:
        return world.Create_group(members, label)
    finally:
        members.Free()
        everybody.Free()


def point_to_point_tag(tag: int, comm: MPI.Intracomm) -> int:
    """Return the tag of MPI for a message, apart from those of ranks that meet.

    Raises:
        ValueError: the message's tag is negative, or too large for MPI.
    """
    from mpi4py import MPI

    limit: Any = comm.Get_attr(MPI.TAG_UB)
    if not 0 <= tag <= limit // 2:
        raise ValueError(f"With mpi, tag must be a number from 0 to {limit // 2}, got {tag}.")
    return 2 * tag


def _meet(comm: MPI.Intracomm, ranks: Sequence[int], tag: int, timeout: timedelta) -> None:
    """Return when all ``ranks`` have come: each tells the first, which then tells each."""
    deadline = time.monotonic() + timeout.total_seconds()
    first, *others = ranks
    if comm.rank == first:
        for rank in others:
            _exchange(comm.Irecv, rank, tag, deadline)
        for rank in others:
            _exchange(comm.Isend, rank, tag, deadline)
    else:
        _exchange(comm.Isend, first, tag, deadline)
        _exchange(comm.Irecv, first, tag, deadline)


def _exchange(method: Any, rank: int, tag: int, deadline: float) -> None:
    memory = bytearray(1)
    left = timedelta(seconds=deadline - time.monotonic())
    wait_for(method(memory, rank, tag), memory, left)
