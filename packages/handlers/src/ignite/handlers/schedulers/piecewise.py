"""Straight lines between given values."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, ClassVar

from torch.optim import Optimizer

from ignite.handlers.schedulers.base import ParamScheduler

__all__ = ["PiecewiseLinear"]


class PiecewiseLinear(ParamScheduler):
    """Goes through given values at given events, on straight lines between them.

    Before the first milestone and after the last the value is theirs. Of two milestones at
    the same event the later counts from there on.

    Args:
        optimizer: see :class:`ParamScheduler`.
        param_name: see there.
        milestones_values: pairs of an event's number, from 0, and the value at it; the
            numbers must not fall.
        save_history: see there.
        param_group_index: see there.

    Raises:
        TypeError: it is no sequence, or an event's number is no integer.
        ValueError: it is empty, has something else than pairs, or its numbers fall.

    >>> PiecewiseLinear.simulate_values(5, milestones_values=[(1, 1.0), (3, 0.0)])
    [[0, 1.0], [1, 1.0], [2, 0.5], [3, 0.0], [4, 0.0]]
    """

    _state_attributes: ClassVar[tuple[str, ...]] = (
        *ParamScheduler._state_attributes,
        "milestones",
        "values",
    )

    def __init__(
        self,
        optimizer: Optimizer,
        param_name: str,
        milestones_values: Sequence[tuple[int, float]],
        save_history: bool = False,
        param_group_index: int | None = None,
    ) -> None:
        super().__init__(optimizer, param_name, save_history, param_group_index)
        _check(milestones_values)
        self.milestones = [milestone for milestone, _ in milestones_values]
        self.values = [value for _, value in milestones_values]

    def get_param(self) -> float:
        """Return the value that the next firing sets."""
        after = bisect_right(self.milestones, self.event_index)
        if after == 0:
            return self.values[0]
        if after == len(self.milestones):
            return self.values[-1]
        begin, end = self.milestones[after - 1 : after + 1]
        value, next_value = self.values[after - 1 : after + 1]
        return value + (next_value - value) * (self.event_index - begin) / (end - begin)


def _check(milestones_values: Any) -> None:
    if not isinstance(milestones_values, Sequence):
        raise TypeError(f"milestones_values= takes a list of pairs, got {milestones_values!r}.")
    if not milestones_values:
        raise ValueError("milestones_values= needs at least one pair (event, value).")
    for pair in milestones_values:
        if not isinstance(pair, Sequence) or len(pair) != 2:
            raise ValueError(f"milestones_values= takes pairs (event, value), got {pair!r}.")
        if not isinstance(pair[0], int):
            raise TypeError(f"A milestone is an event's number, an integer; got {pair[0]!r}.")
    for (milestone, _), (following, _) in pairwise(milestones_values):
        if following < milestone:
            raise ValueError(f"Milestones must not fall, but {following} follows {milestone}.")
