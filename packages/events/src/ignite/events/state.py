"""The state of a run, as handlers read and write it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Generic

from ignite.events._variables import Batch, Output
from ignite.events.errors import UnknownEventError
from ignite.events.events import Events

__all__ = ["State"]

_COUNTERS: Mapping[Any, str] = {
    Events.GET_BATCH_STARTED: "iteration",
    Events.GET_BATCH_COMPLETED: "iteration",
    Events.ITERATION_STARTED: "iteration",
    Events.ITERATION_COMPLETED: "iteration",
    Events.EPOCH_STARTED: "epoch",
    Events.EPOCH_COMPLETED: "epoch",
    Events.STARTED: "epoch",
    Events.COMPLETED: "epoch",
}


class State(Generic[Batch, Output]):
    """Where a run stands; any further attribute may be added to it.

    ``State[Batch, Output]`` tells type checkers what ``batch`` and ``output`` are.

    Attributes:
        iteration: iterations begun since the start of the run, over all epochs.
        epoch: epochs begun.
        epoch_length: iterations per epoch; None until it is known.
        max_epochs: epochs to run, or None.
        max_iters: iterations to run, or None.
        output: what the process function returned last; None before the first iteration.
        batch: what the data gave last; None before the first.
        metrics: results by name.
        dataloader: the data of the run.
        seed: the seed of a deterministic run, or None.
        times: seconds taken by the last epoch and by the run, by event name.
        event_to_attr: which attribute counts the occurrences of which event.

    >>> state = State(iteration=3, learning_rate=0.1)
    >>> state.iteration, state.epoch, state.learning_rate
    (3, 0, 0.1)
    """

    event_to_attr: Mapping[Any, str] = _COUNTERS

    def __init__(self, **kwargs: Any) -> None:
        self.iteration: int = 0
        self.epoch: int = 0
        self.epoch_length: int | None = None
        self.max_epochs: int | None = None
        self.max_iters: int | None = None
        self.output: Output = None  # type: ignore[assignment] # whoever reads it has run
        self.batch: Batch = None  # type: ignore[assignment]
        self.metrics: dict[str, Any] = {}
        self.dataloader: Any = None
        self.seed: int | None = None
        self.times: dict[str, float | None] = {
            Events.EPOCH_COMPLETED.name: None,
            Events.COMPLETED.name: None,
        }
        for name, value in kwargs.items():
            setattr(self, name, value)

    def count(self, event: Any, attribute: str) -> None:
        """Let ``attribute`` number the occurrences of ``event``; it begins at 0."""
        # A table of its own: what is registered with one source stays with it.
        self.event_to_attr = {**self.event_to_attr, event: attribute}
        if not hasattr(self, attribute):
            setattr(self, attribute, 0)

    def get_event_attrib_value(self, event_name: Any) -> int:
        """Return the number of the event's current occurrence.

        Raises:
            UnknownEventError: no attribute counts that event.
        """
        try:
            attribute = self.event_to_attr[event_name]
        except KeyError:
            raise UnknownEventError(
                f"Nothing counts the event {event_name!r}; name the attribute that does in "
                "register_events(..., event_to_attr={event: attribute})."
            ) from None
        value: int = getattr(self, attribute)
        return value

    if TYPE_CHECKING:  # attributes of the user's own

        def __getattr__(self, name: str) -> Any: ...

        def __setattr__(self, name: str, value: Any) -> None: ...

    def __repr__(self) -> str:
        lines = (
            f"\t{name}: {value if isinstance(value, (int, float, str)) else type(value)}\n"
            for name, value in vars(self).items()
            if name != "event_to_attr"
        )
        return "State:\n" + "".join(lines)
