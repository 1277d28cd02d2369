"""Who is where: each rank says it once, one rank counts for all, and each reads the count.

So the layout costs a rank as much as there are kinds of nodes, not as there are ranks: if each
of 16,384 ranks asked about each other, their store would be asked 268 million times.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from torch.distributed import Store  # type: ignore[attr-defined]

from ignite.distributed._launched import told_layout, whereabouts
from ignite.distributed._layout import Layout, Where, layout_of, node_sizes
from ignite.distributed._slurm_lists import expand_counts, pack_counts
from ignite.distributed.errors import CollectiveTimeout, DistributedError

__all__ = [
    "COUNT",
    "REMEDY",
    "count_places",
    "has_said",
    "hear_count",
    "read_layout",
    "say_where",
    "tell_missing",
]

COUNT = "ignite/count"
"""The key under which the count is to be heard."""

REMEDY = "see whether it was started, with the same address and world size, or ended early."
"""What to do about a rank that is missing."""


def say_where(store: Store, rank: int, address: str = "") -> None:
    """Let the other ranks know where ``rank`` is, and the address at which they reach it."""
    store.set(_place(rank), json.dumps([*whereabouts(rank), address]))


def has_said(store: Store, rank: int) -> bool:
    """Return whether ``rank`` has said where it is."""
    return bool(store.check([_place(rank)]))


def count_places(store: Store, world_size: int) -> None:
    """Count the ranks of each node, for all to hear, once all of them have said where they are.

    What prevents it is for all to hear too. Done by one rank, with a request for each.
    """
    try:
        said = [json.loads(store.get(_place(rank))) for rank in range(world_size)]
    except RuntimeError:
        missing = [rank for rank in range(world_size) if not has_said(store, rank)]
        if not missing:
            raise
        tell_missing(store, missing, world_size)
        return
    try:
        sizes = node_sizes(Where(machine, local_rank) for machine, local_rank, _ in said)
    except DistributedError as error:
        _tell(store, problem=str(error))
        return
    address = next((address for *_, address in said if address), "")
    _tell(store, sizes=pack_counts(sizes), address=address)


def tell_missing(store: Store, ranks: Sequence[int], world_size: int) -> None:
    """Tell all, in place of the count, that there will be none."""
    shown = ", ".join(map(str, ranks[:8])) + (" and others" if len(ranks) > 8 else "")
    whom = f"Rank{'s' if len(ranks) > 1 else ''} {shown} of {world_size}"
    _tell(store, missing=f"{whom} did not join in time; {REMEDY}")


def hear_count(store: Store) -> tuple[list[int], str]:
    """Return the sizes of the nodes, and the address of a rank that has one, if any does.

    Raises:
        CollectiveTimeout: a rank is missing.
        DistributedError: the ranks of a node do not follow one another.
    """
    told = json.loads(store.get(COUNT))
    if "missing" in told:
        raise CollectiveTimeout(told["missing"])
    if "problem" in told:
        raise DistributedError(told["problem"])
    return expand_counts(told["sizes"]), told["address"]


def read_layout(store: Store, rank: int, world_size: int) -> Layout:
    """Return the place of ``rank``: at once if its launcher told it, else when all have said.

    Raises:
        CollectiveTimeout: one of them did not, within the store's timeout.
        DistributedError: the ranks of a node do not follow one another.
    """
    told = told_layout(rank, world_size)
    if told is not None:
        return told
    if not store.check([COUNT]) and store.add("ignite/readers", 1) == 1:  # the first one counts
        count_places(store, world_size)
    return layout_of(rank, hear_count(store)[0])


def _place(rank: int) -> str:
    return f"ignite/place/{rank}"


def _tell(store: Store, **word: str) -> None:
    store.set(COUNT, json.dumps(word))
