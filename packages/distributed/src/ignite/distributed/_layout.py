"""Ranks and where they stand: their nodes, and their places there."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

from ignite.distributed.errors import DistributedError

__all__ = ["Layout", "Where", "check_rank", "layout_of", "node_sizes"]


class Layout(NamedTuple):
    """A rank's place in a world of several nodes, which may be of unequal size."""

    local_rank: int
    nproc_per_node: int
    nnodes: int
    node_rank: int


class Where(NamedTuple):
    """What a rank knows of its place: the machine's name, and what its launcher told it."""

    machine: str
    local_rank: int | None = None


def layout_of(rank: int, sizes: Sequence[int]) -> Layout:
    """Return the place of ``rank``, in a time that grows with the number of nodes alone.

    Args:
        rank: the rank.
        sizes: the number of ranks on each node; they follow one another, node by node.

    Raises:
        ValueError: there is no such rank.

    >>> layout_of(2, [1, 2])
    Layout(local_rank=1, nproc_per_node=2, nnodes=2, node_rank=1)
    """
    check_rank(rank, sum(sizes), "rank")
    ends = list(accumulate(sizes))
    node_rank = bisect_right(ends, rank)
    size = sizes[node_rank]
    return Layout(rank - (ends[node_rank] - size), size, len(sizes), node_rank)


def node_sizes(places: Iterable[Where]) -> list[int]:
    """Return the number of ranks on each node.

    A node begins with the rank that has local rank 0; among ranks that were not told theirs,
    with the first on another machine.

    Args:
        places: where each rank is, in rank order.

    Raises:
        DistributedError: the ranks of a node do not follow one another.

    >>> node_sizes([Where("a"), Where("b"), Where("b")])
    [1, 2]
    >>> node_sizes([Where("a", 0), Where("a", 1), Where("a", 0)])  # two nodes on one machine
    [2, 1]
    """
    sizes: list[int] = []
    seen: set[str] = set()
    last = None
    for rank, (machine, local_rank) in enumerate(places):
        if local_rank is None:
            begins = machine != last
            in_order = not begins or machine not in seen
        else:
            begins = local_rank == 0
            in_order = begins or (bool(sizes) and local_rank == sizes[-1])
        if not in_order:
            told = "" if local_rank is None else f" as local rank {local_rank}"
            raise DistributedError(
                f"The ranks of one node must follow one another, but rank {rank} is on "
                f"{machine!r}{told}, after {rank} others; let the launcher fill one node after "
                "the other (srun: --distribution=block)."
            )
        if begins:
            sizes.append(0)
        sizes[-1] += 1
        seen.add(machine)
        last = machine
    return sizes


def check_rank(rank: int, world_size: int, name: str = "src") -> None:
    """Raise ValueError unless ``rank`` is a rank of the world."""
    if isinstance(rank, bool) or not isinstance(rank, int) or not 0 <= rank < world_size:
        raise ValueError(f"{name} must be a rank, 0 <= {name} < {world_size}, got {rank!r}.")
