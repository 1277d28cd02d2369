"""A warm-up before any schedule."""

from __future__ import annotations

from typing import Any, ClassVar

from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler as TorchLRScheduler

from ignite.handlers.schedulers._rehearsal import rehearsed
from ignite.handlers.schedulers.base import ParamScheduler
from ignite.handlers.schedulers.concat import ConcatScheduler
from ignite.handlers.schedulers.torch_lr import LRScheduler

__all__ = ["create_lr_scheduler_with_warmup"]


class _Warmup(ParamScheduler):
    """Goes from one value to a value of each group on straight lines, and stays there."""

    _state_attributes: ClassVar[tuple[str, ...]] = (
        *ParamScheduler._state_attributes,
        "start_value",
        "end_values",
        "duration",
    )

    def __init__(
        self,
        optimizer: Optimizer,
        param_name: str,
        start_value: float,
        end_values: list[float],
        duration: int,
        param_group_index: int | None,
    ) -> None:
        super().__init__(optimizer, param_name, param_group_index=param_group_index)
        self.start_value = start_value
        self.end_values = end_values
        self.duration = duration

    def get_param(self) -> list[float]:
        done = min(1.0, self.event_index / (self.duration - 1))
        return [self.start_value + (end - self.start_value) * done for end in self.end_values]


def create_lr_scheduler_with_warmup(
    lr_scheduler: ParamScheduler | TorchLRScheduler,
    warmup_start_value: float,
    warmup_duration: int,
    warmup_end_value: float | None = None,
    save_history: bool = False,
    output_simulated_values: list[Any] | None = None,
) -> ConcatScheduler:
    """Return a schedule that begins with a straight line.

    Events 0 to ``warmup_duration - 1`` go from ``warmup_start_value`` to
    ``warmup_end_value``; the given schedule follows with its first value, or, if the warm-up
    ended on that, with its second. Attach it to the event before the step it is for.

    Args:
        lr_scheduler: what follows, of any parameter; torch's or one of these.
        warmup_start_value: the value at the first event.
        warmup_duration: events of the warm-up; 2 or more.
        warmup_end_value: the value at its last event, for all groups; when left out, what
            each group of the optimizer has now.
        save_history: see :class:`ParamScheduler`.
        output_simulated_values: a list to be filled, in place, with as many
            ``[event, value, …]`` as it is long.

    Raises:
        TypeError: an argument is of the wrong type.
        ValueError: the warm-up is too short.

    >>> import torch
    >>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    >>> halving = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.5)
    >>> values = [None] * 5
    >>> schedule = create_lr_scheduler_with_warmup(
    ...     halving, warmup_start_value=0.0, warmup_duration=3, output_simulated_values=values
    ... )
    >>> values
    [[0, 0.0], [1, 0.5], [2, 1.0], [3, 0.5], [4, 0.25]]
    """
    if not isinstance(warmup_duration, int):
        raise TypeError(f"warmup_duration= takes an integer, got {warmup_duration!r}.")
    if warmup_duration < 2:
        raise ValueError(f"warmup_duration= takes an integer from 2 on, got {warmup_duration}.")
    if not isinstance(output_simulated_values, (list, type(None))):
        raise TypeError(
            f"output_simulated_values= takes a list to fill, such as [None] * 100, "
            f"got {output_simulated_values!r}."
        )
    if isinstance(lr_scheduler, ParamScheduler):
        scheduler = lr_scheduler
    else:
        scheduler = LRScheduler(lr_scheduler)
    groups = scheduler.optimizer_param_groups
    if warmup_end_value is None:
        end_values = [float(group[scheduler.param_name]) for group in groups]
    else:
        end_values = [warmup_end_value] * len(groups)
    warmup = _Warmup(
        scheduler.optimizer,
        scheduler.param_name,
        warmup_start_value,
        end_values,
        warmup_duration,
        scheduler.param_group_index,
    )
    # A first value that the warm-up ends on is set once, not twice.
    joined = end_values == _first_values(scheduler)
    duration = warmup_duration - 1 if joined else warmup_duration
    schedule = ConcatScheduler([warmup, scheduler], [duration], save_history)
    if output_simulated_values is not None:
        output_simulated_values[:] = ConcatScheduler.simulate_values(
            len(output_simulated_values), [warmup, scheduler], [duration]
        )
    return schedule


def _first_values(scheduler: ParamScheduler) -> list[float]:
    with rehearsed(scheduler, scheduler.optimizer) as (copied, _):
        copied(None)
        return [float(group[copied.param_name]) for group in copied.optimizer_param_groups]
