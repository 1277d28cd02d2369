"""Events as values: what can happen, and which of the occurrences to listen to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Any, TypeAlias

from ignite.events._filters import EventFilter, make_filter

__all__ = ["AnyEvent", "CallableEventWithFilter", "EventEnum", "Events", "EventsList"]


class CallableEventWithFilter:
    """An event, and a filter that chooses among its occurrences.

    Events are equal when their names are, whatever their filters: the filter belongs
    to the listener, the name to the event. Calling an event gives the same event with
    a filter; ``|`` joins events into an :class:`EventsList`.

    Args:
        value: the event's value, such as ``"epoch_started"``.
        event_filter: called with the source and the occurrence's number; the handler
            runs when it returns true. None lets every occurrence pass.
        name: the event's name; the value when left out.

    >>> Events.ITERATION_COMPLETED(every=100)
    Events.ITERATION_COMPLETED(every=100)
    """

    filter: EventFilter | None
    _label: str = ""

    def __init__(
        self, value: str, event_filter: EventFilter | None = None, name: str | None = None
    ) -> None:
        self.filter = event_filter
        if not isinstance(self, Enum):  # members get name and value from their class
            self._value_ = value
            self._name_ = name if name is not None else value

    @property
    def name(self) -> str:
        """The event's name, which is its identity."""
        return self._name_

    @property
    def value(self) -> str:
        """The event's value."""
        return self._value_

    def __call__(
        self,
        event_filter: EventFilter | None = None,
        every: int | None = None,
        once: int | Sequence[int] | None = None,
        before: int | None = None,
        after: int | None = None,
    ) -> CallableEventWithFilter:
        """Return this event, narrowed to some of its occurrences.

        Occurrences are numbered by the counter of the event: iterations from 1 for
        iteration events, epochs from 1 for epoch events.

        Args:
            event_filter: any function of ``(source, number)`` that returns a bool.
            every: each multiple of it. Together with ``before`` or ``after`` counting
                starts at the first occurrence after ``after`` (0 when left out).
            once: that occurrence, or those of a sequence.
            before: occurrences with a smaller number.
            after: occurrences with a larger number.

        Raises:
            EventFilterError: none given, several that exclude each other, or a number
                out of range.
            TypeError: ``event_filter`` is not callable.

        >>> event = Events.EPOCH_COMPLETED(once=[1, 5])
        >>> [number for number in range(1, 7) if event.filter(None, number)]
        [1, 5]
        """
        chosen: dict[str, Any] = {
            "event_filter": event_filter,
            "every": every,
            "once": once,
            "before": before,
            "after": after,
        }
        narrowed = CallableEventWithFilter(self.value, make_filter(**chosen), self.name)
        shown = ", ".join(f"{key}={value!r}" for key, value in chosen.items() if value is not None)
        narrowed._label = f"{self!r}({shown})"
        return narrowed

    def __eq__(self, other: object) -> bool:
        if isinstance(other, CallableEventWithFilter):
            return self.name == other.name
        return self.name == other if isinstance(other, str) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._name_)

    def __or__(self, other: CallableEventWithFilter | EventsList) -> EventsList:
        return EventsList() | self | other

    def __repr__(self) -> str:
        return self._label or self._name_


class EventEnum(CallableEventWithFilter, Enum):
    """Base of enumerations of events; derive from it to name events of your own.

    >>> class BackpropEvents(EventEnum):
    ...     BACKWARD_STARTED = "backward_started"
    >>> BackpropEvents.BACKWARD_STARTED(every=2)
    BackpropEvents.BACKWARD_STARTED(every=2)
    """

    def __repr__(self) -> str:
        return f"{type(self).__name__}.{self._name_}"

    __str__ = __repr__
    __hash__ = CallableEventWithFilter.__hash__


class Events(EventEnum):
    """The events of a run over epochs of batches.

    In the simplest run they come in this order: ``STARTED``; per epoch
    ``EPOCH_STARTED``; per batch ``GET_BATCH_STARTED``, ``GET_BATCH_COMPLETED``,
    ``ITERATION_STARTED``, ``ITERATION_COMPLETED``; then ``EPOCH_COMPLETED``; at the
    end ``COMPLETED``.
    """

    EPOCH_STARTED = "epoch_started"
    EPOCH_COMPLETED = "epoch_completed"
    STARTED = "started"
    COMPLETED = "completed"
    ITERATION_STARTED = "iteration_started"
    ITERATION_COMPLETED = "iteration_completed"
    EXCEPTION_RAISED = "exception_raised"
    GET_BATCH_STARTED = "get_batch_started"
    GET_BATCH_COMPLETED = "get_batch_completed"
    DATALOADER_STOP_ITERATION = "dataloader_stop_iteration"
    TERMINATE = "terminate"
    TERMINATE_SINGLE_EPOCH = "terminate_single_epoch"
    INTERRUPT = "interrupt"


class EventsList:
    """Several events to attach one handler to; made with ``|``.

    >>> list(Events.STARTED | Events.ITERATION_COMPLETED(every=10))
    [Events.STARTED, Events.ITERATION_COMPLETED(every=10)]
    """

    def __init__(self) -> None:
        self._events: list[CallableEventWithFilter] = []

    def __iter__(self) -> Iterator[CallableEventWithFilter]:
        return iter(self._events)

    def __len__(self) -> int:
        return len(self._events)

    def __or__(self, other: CallableEventWithFilter | EventsList) -> EventsList:
        if not isinstance(other, (CallableEventWithFilter, EventsList)):
            raise TypeError(
                f"Only events can be joined with '|', not {type(other).__name__}; "
                "attach the handler to events of other kinds one by one."
            )
        joined = EventsList()
        more = other if isinstance(other, EventsList) else [other]
        joined._events = [*self._events, *more]
        return joined

    def __repr__(self) -> str:
        return " | ".join(map(repr, self._events))


AnyEvent: TypeAlias = "str | CallableEventWithFilter | EventsList"
"""What a handler can be attached to: an event, several, or a registered name."""


def flatten(event: AnyEvent) -> Iterator[str | CallableEventWithFilter]:
    """Yield the single events that ``event`` stands for."""
    if isinstance(event, EventsList):
        yield from event
    else:
        yield event
