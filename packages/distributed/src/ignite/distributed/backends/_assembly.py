"""How the ranks of one world get a corner of a store to themselves.

A store may outlive the world that meets in it: torchrun keeps one for all its restarts, a
process keeps its own for its next world, a file stays. What an earlier world wrote there, the
addresses of its ranks for one, would mislead the next. No number that a rank has by itself
tells the worlds apart: torchrun counts restarts on each node by itself, and a rank that was
killed has counted less than others. So rank 0 makes up a name, and hands it to each rank that
asks, under a key that the asking rank made up; both are new, whatever else is in the store.
"""

from __future__ import annotations

import time
from datetime import timedelta
from uuid import uuid4

from torch.distributed import (  # type: ignore[attr-defined]
    DistNetworkError,
    PrefixStore,
    Store,
)

from ignite.distributed.backends._places import (
    COUNT,
    REMEDY,
    count_places,
    has_said,
    hear_count,
    say_where,
    tell_missing,
)
from ignite.distributed.errors import CollectiveTimeout

__all__ = ["assemble"]

_PAUSES = (0.001, 0.1)
"""Seconds between two looks at who has come: at first, and at most."""

_HEARING = timedelta(seconds=5)
"""How much longer the others wait than rank 0, which can say who is missing."""


def assemble(
    store: Store, rank: int, world_size: int, timeout: timedelta, address: str
) -> tuple[Store, str]:
    """Return a corner of ``store`` for this world, once all of its ranks are there (collective).

    Args:
        store: where they meet.
        rank: this rank.
        world_size: number of ranks.
        timeout: how long to wait for them.
        address: that of this rank, for other machines; empty if not known.

    Returns:
        The corner, in which the layout is known, and the address of a rank that has one.

    Raises:
        CollectiveTimeout: a rank did not come.
        DistributedError: the ranks of a node do not follow one another.
    """
    store.set_timeout(timeout)
    join = _lead if rank == 0 else _follow
    corner = join(store, rank, world_size, timeout, address)
    return corner, hear_count(corner)[1]


def _lead(store: Store, rank: int, world_size: int, timeout: timedelta, address: str) -> Store:
    """Hand out the name to each rank that asks for it, until all are there."""
    deadline = time.monotonic() + timeout.total_seconds()
    name = uuid4().hex
    corner = PrefixStore(name, store)
    say_where(corner, rank, address)
    answered: dict[int, str] = {}
    missing = list(range(1, world_size))
    pause, longest_pause = _PAUSES
    while missing:
        for other in missing:
            # What is there may be left from another world, and be replaced in a moment.
            asked = store.get(_question(other)).decode() if store.check([_question(other)]) else ""
            if asked != answered.get(other, ""):
                store.set(_answer(asked), name)
                answered[other] = asked
        missing = [other for other in missing if not has_said(corner, other)]
        if missing and time.monotonic() > deadline:
            tell_missing(corner, missing, world_size)
            return corner
        if missing:
            time.sleep(pause)
            pause = min(2 * pause, longest_pause)
    count_places(corner, world_size)
    return corner


def _follow(store: Store, rank: int, world_size: int, timeout: timedelta, address: str) -> Store:
    """Ask for the name, and wait until all are there."""
    question = uuid4().hex
    store.set(_question(rank), question)
    _wait(store, _answer(question), timeout, f"Rank 0 of {world_size}")
    corner = PrefixStore(store.get(_answer(question)).decode(), store)
    say_where(corner, rank, address)
    _wait(corner, COUNT, timeout + _HEARING, f"Some of the {world_size} ranks")
    return corner


def _wait(store: Store, key: str, timeout: timedelta, whom: str) -> None:
    try:
        store.wait([key], timeout)
    except DistNetworkError:
        raise  # the store itself is gone
    except RuntimeError as error:
        raise CollectiveTimeout(f"{whom} did not join in time; {REMEDY} ({error})") from error


def _question(rank: int) -> str:
    return f"ignite/who is there/{rank}"


def _answer(question: str) -> str:
    return f"ignite/{question}"
