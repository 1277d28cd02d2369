"""Fakes for the tests of whoever works with an event source."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ignite.events.emitter import EventEmitter
from ignite.events.events import Events

__all__ = ["RecordingEventSource"]


class RecordingEventSource(EventEmitter):
    """The smallest loop with the order of events of a run; records what it fired.

    Attributes:
        fired: the names of the events fired so far.
        terminated: whether a handler called :meth:`terminate`.

    >>> source = RecordingEventSource()
    >>> source.run(["a"], step=str.upper)
    >>> source.fired
    ['STARTED', 'EPOCH_STARTED', 'ITERATION_STARTED', 'ITERATION_COMPLETED', 'EPOCH_COMPLETED', \
'COMPLETED']
    >>> source.state.output
    'A'
    """

    def __init__(self) -> None:
        super().__init__()
        self.fired: list[str] = []
        self.terminated = False

    def fire_event(self, event_name: Any) -> None:
        """Record the event, then call its handlers."""
        self.fired.append(getattr(event_name, "name", event_name))
        super().fire_event(event_name)

    def terminate(self, skip_completed: bool = False) -> None:
        """End the run after the current iteration."""
        self.terminated = True

    def run(
        self, batches: Iterable[Any], step: Callable[[Any], Any] = lambda x: x, epochs: int = 1
    ) -> None:
        """Call ``step`` on each batch in each epoch, firing the events around it."""
        data, state = list(batches), self.state
        state.dataloader, state.max_epochs, state.epoch_length = data, epochs, len(data)
        self.terminated = False
        self.fire_event(Events.STARTED)
        while state.epoch < epochs and not self.terminated:
            state.epoch += 1
            self.fire_event(Events.EPOCH_STARTED)
            for state.batch in data:
                state.iteration += 1
                self.fire_event(Events.ITERATION_STARTED)
                state.output = step(state.batch)
                self.fire_event(Events.ITERATION_COMPLETED)
                if self.terminated:
                    break
            else:
                self.fire_event(Events.EPOCH_COMPLETED)
        self.fire_event(Events.COMPLETED)
