"""One schedule after another."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any, ClassVar

from ignite.events.interface import EventSource
from ignite.handlers.schedulers._rehearsal import rehearsed
from ignite.handlers.schedulers.base import ParamScheduler

__all__ = ["ConcatScheduler"]


class ConcatScheduler(ParamScheduler):
    """Runs schedulers one after another, each for its number of events, the last for ever.

    Args:
        schedulers: two or more, of the same optimizer and parameter.
        durations: events that each of them runs for, but the last.
        save_history: see :class:`ParamScheduler`; it holds for the schedulers too.

    Raises:
        TypeError: something is no scheduler, or no sequence.
        ValueError: there are too few schedulers, the durations do not match them, or they
            are not of one optimizer and parameter.

    >>> import torch
    >>> from ignite.handlers.param_scheduler import PiecewiseLinear
    >>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    >>> up = PiecewiseLinear(optimizer, "lr", [(0, 0.0), (2, 1.0)])
    >>> down = PiecewiseLinear(optimizer, "lr", [(0, 1.0), (2, 0.0)])
    >>> ConcatScheduler.simulate_values(5, schedulers=[up, down], durations=[2])
    [[0, 0.0], [1, 0.5], [2, 1.0], [3, 0.5], [4, 0.0]]
    """

    _state_attributes: ClassVar[tuple[str, ...]] = (*ParamScheduler._state_attributes, "durations")

    def __init__(
        self,
        schedulers: Sequence[ParamScheduler],
        durations: Sequence[int],
        save_history: bool = False,
    ) -> None:
        _check(schedulers, durations)
        first = schedulers[0]
        super().__init__(first.optimizer, first.param_name, save_history, first.param_group_index)
        self.schedulers = list(schedulers)
        self.durations = list(durations)
        for scheduler in self.schedulers:
            scheduler.save_history = save_history

    def __call__(self, engine: EventSource | None, name: str | None = None) -> None:
        """Let the scheduler whose turn it is set the parameter."""
        self._current(engine, name)
        self.event_index += 1

    def get_param(self) -> float | list[float]:
        """Return the value that the next firing sets."""
        return self._current.get_param()

    def state_dict(self) -> dict[str, Any]:
        """Return where the schedule stands, and the states of the schedulers."""
        state = super().state_dict()
        state["schedulers"] = [scheduler.state_dict() for scheduler in self.schedulers]
        return state

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take on a state that :meth:`state_dict` returned.

        Raises:
            TypeError: it is no mapping.
            ValueError: something is missing from it, or it is of another number of
                schedulers.
        """
        self._check_state(state_dict, (*self._state_attributes, "schedulers"))
        states = state_dict["schedulers"]
        if len(states) != len(self.schedulers):
            raise ValueError(
                f"The state is that of {len(states)} schedulers, but there are "
                f"{len(self.schedulers)}; build the schedule as it was when it was saved."
            )
        for scheduler, state in zip(self.schedulers, states, strict=True):
            scheduler.load_state_dict(state)
        super().load_state_dict(state_dict)

    @classmethod
    def simulate_values(  # type: ignore[override]
        cls,
        num_events: int,
        schedulers: Sequence[ParamScheduler],
        durations: Sequence[int],
        param_names: Sequence[str] | None = None,
    ) -> list[list[Any]]:
        """Return ``[event, value, …]`` for the first events; the schedulers are left as they are.

        Args:
            num_events: how many.
            schedulers: see the class.
            durations: see the class.
            param_names: the parameters to show; that of the schedulers when left out. Each
                has one value per group that is set.

        Raises:
            TypeError: ``param_names`` is no list.
        """
        if param_names is not None and not isinstance(param_names, (list, tuple)):
            raise TypeError(f"param_names= takes a list of names, got {param_names!r}.")
        _check(schedulers, durations)
        values = []
        with rehearsed(list(schedulers), schedulers[0].optimizer) as (copies, _):
            schedule = cls(copies, durations)
            names = param_names or [schedule.param_name]
            for event in range(num_events):
                schedule(None)
                groups = schedule.optimizer_param_groups
                values.append([event, *(group[name] for name in names for group in groups)])
        return values

    @property
    def _current(self) -> ParamScheduler:
        return self.schedulers[bisect_right(list(accumulate(self.durations)), self.event_index)]


def _check(schedulers: Any, durations: Any) -> None:
    if not isinstance(schedulers, Sequence) or not isinstance(durations, (list, tuple)):
        raise TypeError("schedulers= and durations= take lists.")
    if len(schedulers) < 2:
        raise ValueError(f"schedulers= takes two or more, got {len(schedulers)}.")
    for scheduler in schedulers:
        if not isinstance(scheduler, ParamScheduler):
            raise TypeError(
                f"schedulers= takes ParamSchedulers, got {type(scheduler).__name__}; wrap torch's "
                "in LRScheduler."
            )
    if len(durations) != len(schedulers) - 1:
        raise ValueError(
            f"{len(schedulers)} schedulers need {len(schedulers) - 1} durations (the last one has "
            f"none), got {len(durations)}."
        )
    if not all(isinstance(duration, int) and duration >= 0 for duration in durations):
        raise ValueError(f"durations= takes numbers of events, got {durations!r}.")
    first = schedulers[0]
    for scheduler in schedulers[1:]:
        if scheduler.optimizer is not first.optimizer:
            raise ValueError("The schedulers are of different optimizers; take one for all.")
        if (scheduler.param_name, scheduler.param_group_index) != (
            first.param_name,
            first.param_group_index,
        ):
            raise ValueError("The schedulers are of different parameters or groups; use one.")
