"""Ranks and where they stand: their nodes, and their places there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ignite.distributed.errors import DistributedError

__all__ = ["Layout", "check_rank", "layout_of"]


class Layout(NamedTuple):
    """A rank's place in a world of several nodes, which may be of unequal size."""

    local_rank: int
    nproc_per_node: int
    nnodes: int
    node_rank: int


def layout_of(rank: int, nodes: Sequence[str]) -> Layout:
    """Return the place of ``rank``.

    Args:
        rank: the rank.
        nodes: the name of each rank's node, in rank order.

    Raises:
        DistributedError: the ranks of a node do not follow one another.

    >>> layout_of(2, ["a", "b", "b"])
    Layout(local_rank=1, nproc_per_node=2, nnodes=2, node_rank=1)
    """
    order = list(dict.fromkeys(nodes))
    if sorted(nodes, key=order.index) != list(nodes):
        raise DistributedError(
            f"The ranks of one node must follow one another, but the nodes are {list(nodes)}; "
            "let the launcher fill one node after the other."
        )
    mine = nodes[rank]
    return Layout(
        local_rank=rank - nodes.index(mine),
        nproc_per_node=list(nodes).count(mine),
        nnodes=len(order),
        node_rank=order.index(mine),
    )


def check_rank(rank: int, world_size: int, name: str = "src") -> None:
    """Raise ValueError unless ``rank`` is a rank of the world."""
    if isinstance(rank, bool) or not isinstance(rank, int) or not 0 <= rank < world_size:
        raise ValueError(f"{name} must be a rank, 0 <= {name} < {world_size}, got {rank!r}.")
