"""The published interface: what an event source promises, and the values it speaks in.

Handlers and metrics are written against :class:`EventSource`, so they work with the
engine, with a bare :class:`EventEmitter`, and with a bridge to another framework's loop.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar, runtime_checkable

from ignite.events._variables import Batch, Batch_co, Output, Output_co
from ignite.events.emitter import EventEmitter
from ignite.events.errors import (
    EventFilterError,
    HandlerNotFoundError,
    HandlerSignatureError,
    UnknownEventError,
)
from ignite.events.events import (
    AnyEvent,
    CallableEventWithFilter,
    EventEnum,
    Events,
    EventsList,
)
from ignite.events.handle import RemovableEventHandle
from ignite.events.state import State

__all__ = [
    "AnyEvent",
    "Batch",
    "CallableEventWithFilter",
    "EventEmitter",
    "EventEnum",
    "EventFilterError",
    "EventSource",
    "Events",
    "EventsList",
    "HandlerNotFoundError",
    "HandlerSignatureError",
    "Output",
    "RemovableEventHandle",
    "RunState",
    "State",
    "Stoppable",
    "UnknownEventError",
]

F = TypeVar("F", bound=Callable[..., Any])


@runtime_checkable
class RunState(Protocol[Batch_co, Output_co]):
    """What handlers may read of a run; :class:`State` says what each means."""

    @property
    def iteration(self) -> int: ...
    @property
    def epoch(self) -> int: ...
    @property
    def epoch_length(self) -> int | None: ...
    @property
    def max_epochs(self) -> int | None: ...
    @property
    def max_iters(self) -> int | None: ...
    @property
    def output(self) -> Output_co: ...
    @property
    def batch(self) -> Batch_co: ...
    @property
    def metrics(self) -> dict[str, Any]:
        """Results by name; handlers add to it."""

    def get_event_attrib_value(self, event_name: Any) -> int:
        """Return the number of the event's current occurrence."""


@runtime_checkable
class EventSource(Protocol[Batch_co, Output_co]):
    """Anything that handlers can be attached to; :class:`EventEmitter` says how it behaves.

    A handler says what it gets by the type of its first parameter: with
    ``source: EventSource[Any, float]``, ``source.state.output`` is a float.
    """

    @property
    def state(self) -> RunState[Batch_co, Output_co]: ...
    @property
    def last_event_name(self) -> Any:
        """The event whose handlers were called last."""

    def add_event_handler(
        self, event_name: AnyEvent, handler: Callable[..., Any], *args: Any, **kwargs: Any
    ) -> RemovableEventHandle:
        """Attach a handler; it gets the source first, if it takes it, then ``args``."""

    def on(self, event_name: AnyEvent, *args: Any, **kwargs: Any) -> Callable[[F], F]:
        """Attach the decorated function."""

    def has_event_handler(
        self, handler: Callable[..., Any], event_name: AnyEvent | None = None
    ) -> bool:
        """Return whether the handler is attached."""

    def remove_event_handler(self, handler: Callable[..., Any], event_name: AnyEvent) -> None:
        """Remove the handler from the event."""

    def register_events(
        self, *event_names: str | EventEnum, event_to_attr: Mapping[Any, str] | None = None
    ) -> None:
        """Let the source fire further events."""

    def fire_event(self, event_name: Any) -> None:
        """Call the handlers of the event."""


@runtime_checkable
class Stoppable(EventSource[Batch_co, Output_co], Protocol[Batch_co, Output_co]):
    """An event source whose run a handler can end."""

    def terminate(self, skip_completed: bool = False) -> None:
        """End the run after the current step."""
