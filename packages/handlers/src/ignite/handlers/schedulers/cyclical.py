"""Schedules that repeat."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import Any, ClassVar

from torch.optim import Optimizer

from ignite.events.interface import EventSource
from ignite.handlers.schedulers.base import ParamScheduler

__all__ = ["CosineAnnealingScheduler", "CyclicalScheduler", "LinearCyclicalScheduler"]


class CyclicalScheduler(ParamScheduler):
    """Repeats a shape; a subclass gives it in ``_shape``.

    A cycle is ``cycle_size`` events of the shape, from ``start_value`` towards
    ``end_value``, then ``warmup_duration`` events on a straight line from ``end_value`` to
    the start of the next cycle. For the next cycle, both durations are multiplied by
    ``cycle_mult`` (and rounded down), and the values by their own factors.

    Args:
        optimizer: see :class:`ParamScheduler`.
        param_name: see there.
        start_value: the value at the start of the first cycle.
        end_value: the value that the first cycle goes to.
        cycle_size: events in the first cycle; 2 or more.
        cycle_mult: factor of the durations.
        start_value_mult: factor of the start value.
        end_value_mult: factor of the end value.
        warmup_duration: events from the end of the first cycle to the start of the second.
        save_history: see there.
        param_group_index: see there.

    Raises:
        ValueError: a cycle is too short, or a duration negative.
    """

    _state_attributes: ClassVar[tuple[str, ...]] = (
        *ParamScheduler._state_attributes,
        "start_value",
        "end_value",
        "cycle_size",
        "cycle_mult",
        "cycle",
        "start_value_mult",
        "end_value_mult",
        "warmup_duration",
    )

    def __init__(
        self,
        optimizer: Optimizer,
        param_name: str,
        start_value: float,
        end_value: float,
        cycle_size: int,
        cycle_mult: float = 1.0,
        start_value_mult: float = 1.0,
        end_value_mult: float = 1.0,
        warmup_duration: int = 0,
        save_history: bool = False,
        param_group_index: int | None = None,
    ) -> None:
        super().__init__(optimizer, param_name, save_history, param_group_index)
        if cycle_size < 2:
            raise ValueError(f"cycle_size= takes an integer from 2 on, got {cycle_size!r}.")
        if warmup_duration < 0:
            raise ValueError(
                f"warmup_duration= takes an integer from 0 on, got {warmup_duration!r}."
            )
        if int(cycle_size * cycle_mult) < 1:
            raise ValueError(
                f"cycle_mult={cycle_mult!r} leaves no event in the second cycle; take a larger one."
            )
        self.start_value = start_value
        self.end_value = end_value
        self.cycle_size = cycle_size
        self.cycle_mult = cycle_mult
        self.start_value_mult = start_value_mult
        self.end_value_mult = end_value_mult
        self.warmup_duration = warmup_duration
        self.cycle = 0

    def __call__(self, engine: EventSource | None, name: str | None = None) -> None:
        """Set the parameter, as in :class:`ParamScheduler`."""
        super().__call__(engine, name)
        if self.event_index >= self.cycle_size + self.warmup_duration:
            self.event_index = 0
            self.cycle += 1
            # A cycle that shrinks keeps at least one event.
            self.cycle_size = max(1, int(self.cycle_size * self.cycle_mult))
            self.warmup_duration = int(self.warmup_duration * self.cycle_mult)
            self.start_value *= self.start_value_mult
            self.end_value *= self.end_value_mult

    def get_param(self) -> float:
        """Return the value that the next firing sets."""
        beyond = self.event_index - self.cycle_size
        if beyond < 0:
            return self._shape(self.event_index / self.cycle_size)
        next_start = self.start_value * self.start_value_mult
        return self.end_value + (next_start - self.end_value) * beyond / self.warmup_duration

    @abstractmethod
    def _shape(self, progress: float) -> float:
        """Return the value at ``progress`` (0 to 1) of the cycle."""


class LinearCyclicalScheduler(CyclicalScheduler):
    """Goes to ``end_value`` and back on straight lines, or, monotonic, only there.

    Args:
        args: as :class:`CyclicalScheduler` takes.
        monotonic: whether a whole cycle goes one way.
        kwargs: as :class:`CyclicalScheduler` takes.

    Raises:
        ValueError: a warm-up, which begins at the end value, with cycles that do not end there.

    >>> LinearCyclicalScheduler.simulate_values(5, start_value=1.0, end_value=0.0, cycle_size=4)
    [[0, 1.0], [1, 0.5], [2, 0.0], [3, 0.5], [4, 1.0]]
    """

    def __init__(self, *args: Any, monotonic: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.monotonic = monotonic
        if self.warmup_duration > 0 and not monotonic:
            raise ValueError(
                "A warmup_duration= follows a cycle that ends at end_value; "
                "pass monotonic=True with it, or leave it out."
            )

    def _shape(self, progress: float) -> float:
        distance = progress if self.monotonic else 1 - abs(1 - 2 * progress)
        return self.start_value + (self.end_value - self.start_value) * distance


class CosineAnnealingScheduler(CyclicalScheduler):
    r"""Goes from ``start_value`` to ``end_value`` on half a cosine, then begins again.

    The value at event :math:`t` of a cycle of :math:`T` events (Loshchilov and Hutter,
    "SGDR: Stochastic Gradient Descent with Warm Restarts", arXiv 1608.03983, eq. 5) is
    :math:`\text{end} + \frac{1}{2} (\text{start} - \text{end}) (1 + \cos(\pi t / T))`.

    >>> values = CosineAnnealingScheduler.simulate_values(
    ...     4, start_value=1.0, end_value=0.0, cycle_size=3
    ... )
    >>> [round(value, 2) for _, value in values]
    [1.0, 0.75, 0.25, 1.0]
    """

    def _shape(self, progress: float) -> float:
        span = self.start_value - self.end_value
        return self.end_value + span * (1 + math.cos(math.pi * progress)) / 2
