"""Which checkpoints to keep."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["Item", "is_wanted", "keep_best"]


class Item(NamedTuple):
    """A checkpoint that is kept: the larger its priority, the longer."""

    priority: float
    filename: str


def is_wanted(
    priority: float, items: Sequence[Item], n_saved: int | None, greater_or_equal: bool
) -> bool:
    """Return whether a new checkpoint would be among the ``n_saved`` best (None: all)."""
    if n_saved is None or len(items) < n_saved:
        return True
    least = _rank(items[-n_saved].priority)
    return _rank(priority) >= least if greater_or_equal else _rank(priority) > least


def keep_best(
    new: Item, items: Sequence[Item], n_saved: int | None
) -> tuple[list[Item], list[Item]]:
    """Return what to keep, in order of priority, and what to remove, when ``new`` is saved.

    Of equal ones the older goes first. An item of the same file name is superseded: it is
    in neither list.
    """
    others = [item for item in items if item.filename != new.filename]
    ordered = sorted([*others, new], key=lambda item: _rank(item.priority))
    surplus = 0 if n_saved is None else max(0, len(ordered) - n_saved)
    return ordered[surplus:], ordered[:surplus]


def _rank(priority: float) -> float:
    return -math.inf if math.isnan(priority) else priority  # a run gone wrong is the worst
