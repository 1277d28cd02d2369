"""Groups of ranks, as values."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from typing import Any

from ignite.distributed._layout import check_rank

__all__ = ["Group", "members"]


class Group:
    """Some ranks of the world; groups of the same ranks are equal.

    Attributes:
        ranks: in ascending order.
    """

    __slots__ = ("_hash", "ranks")

    def __init__(self, ranks: tuple[int, ...]) -> None:
        self.ranks = ranks
        self._hash = hash(ranks)  # once: a group of thousands is looked up at every operation

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Group) and self.ranks == other.ranks

    def __contains__(self, rank: int) -> bool:
        place = bisect_left(self.ranks, rank)
        return place < len(self.ranks) and self.ranks[place] == rank

    def __len__(self) -> int:
        return len(self.ranks)

    def __repr__(self) -> str:
        return f"Group(ranks={self.ranks})"


def members(group: Any, world_size: int) -> Group | None:
    """Return the group that ``group`` stands for; None for the whole world.

    Args:
        group: None, a :class:`Group`, an iterable of ranks in any order, or a process group
            of ``torch.distributed``.
        world_size: number of ranks in the world.

    Raises:
        ValueError: it is none of these, has no ranks, the same twice, or one that is not there.

    >>> members([2, 0], world_size=3)
    Group(ranks=(0, 2))
    """
    if group is None or isinstance(group, Group):
        known = group
    else:
        known = Group(tuple(sorted(_ranks(group, world_size))))
    if known is None or len(known) < world_size:
        return known
    if known.ranks[-1] >= world_size:
        raise ValueError(f"{known} is of a world larger than this one of {world_size} ranks.")
    return None


def _ranks(group: Any, world_size: int) -> Iterable[int]:
    if not isinstance(group, Iterable) or isinstance(group, str):
        return _ranks_of_process_group(group)
    ranks = list(group)
    for rank in ranks:
        check_rank(rank, world_size, "group rank")
    if not ranks or len(set(ranks)) < len(ranks):
        raise ValueError(f"A group has at least one rank, and each once, got {ranks}.")
    return ranks


def _ranks_of_process_group(group: Any) -> Iterable[int]:
    import torch.distributed as dist

    if dist.is_available() and isinstance(group, dist.ProcessGroup):
        return dist.get_process_group_ranks(group)
    raise ValueError(
        f"A group is a list of ranks or what new_group returned, got {group!r}; make one with "
        "ignite.distributed.new_group([0, 1])."
    )
