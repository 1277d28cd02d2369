"""Arguments that operations have in common."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

import torch

from ignite.distributed._layout import check_rank
from ignite.distributed.backends.transport import Transport

__all__ = ["one_for_each", "place_of"]


def place_of(transport: Transport, rank: int, name: str, other: bool = False) -> int:
    """Return the position of ``rank`` in the group; ``other`` refuses this rank itself.

    Raises:
        ValueError: it is no rank of the group.
    """
    if isinstance(transport.ranks, range):
        check_rank(rank, transport.size, name)
        place = rank
    else:
        check_rank(rank, transport.ranks[-1] + 1, name)
        place = bisect_left(transport.ranks, rank)
        if transport.ranks[place] != rank:
            raise ValueError(f"{name} must be a rank of the group {transport.ranks}, got {rank!r}.")
    if other and place == transport.rank:
        raise ValueError(f"{name}={rank} is this rank itself; keep the value, or name another.")
    return place


def one_for_each(transport: Transport, values: Any) -> Sequence[Any]:
    """Return a value for each rank: the values given, or the rows of a tensor."""
    if isinstance(values, torch.Tensor):
        if values.dim() == 0 or len(values) % transport.size:
            raise ValueError(
                f"A tensor of shape {tuple(values.shape)} is not divisible among {transport.size} "
                "ranks along its first dimension; pass a list of one tensor for each rank."
            )
        return values.chunk(transport.size) if len(values) else [values] * transport.size
    if not isinstance(values, (list, tuple)) or len(values) != transport.size:
        raise ValueError(
            f"Give a list of {transport.size} values, one for each rank, or a tensor, got "
            f"{type(values).__name__}"
            + (f" of {len(values)}." if isinstance(values, (list, tuple)) else ".")
        )
    return values
