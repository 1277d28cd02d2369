"""The reference model of an event source: one list, read from its start at every question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ignite.events.interface import Events, HandlerNotFoundError, UnknownEventError
from ignite_contracts.event_source.filters import Filter
from ignite_contracts.event_source.sides import Event, Side, Target

__all__ = ["Model"]


class Attachment(NamedTuple):
    """A line of the list."""

    event: Event
    filter: Filter
    handler: str
    tag: int


class Model(Side):
    """What any event source does, written for the eye.

    Attributes:
        events: the events that can be fired.
        fired: the events fired so far.
    """

    def __init__(self) -> None:
        super().__init__()
        self.events: set[Event] = set(Events)
        self.fired: list[Event] = []
        self._counter_of: dict[Event, str] = dict.fromkeys(Events, "run")
        self._number: dict[str, int] = {"run": 0}  # firing an event by hand counts nothing
        self._attached: list[Attachment] = []
        self._handles: dict[int, tuple[str, list[Event]]] = {}

    def register(self, event: Event, counter: str | None) -> None:
        """Registering anew changes nothing; a counter begins at 0."""
        self.events.add(event)
        if counter:
            self._counter_of[event] = counter
            self._number.setdefault(counter, 0)

    def count(self, counter: str, number: int) -> None:
        """Set a counter."""
        self._number[counter] = number

    def attach(self, targets: Sequence[Target], handler: str, tag: int) -> None:
        """Attach to all events or, if one of them will not do, to none."""
        for event, narrow in targets:
            self._check(event)
            if narrow != Filter() and event not in self._counter_of:
                raise UnknownEventError
        self._attached += [Attachment(event, narrow, handler, tag) for event, narrow in targets]
        self._handles[tag] = handler, [event for event, _ in targets]

    def remove(self, handler: str, event: Event) -> None:
        """Remove every attachment of the handler to the event."""
        self._check(event)
        if not self.has(handler, event):
            raise HandlerNotFoundError
        self._remove(handler, event)

    def release(self, tag: int) -> None:
        """Remove what is still attached of that to which the handle belongs."""
        handler, events = self._handles.get(tag, ("", []))
        for event in events:
            self._remove(handler, event)

    def within(self, tag: int, event: Event) -> None:
        """Remove after firing, however that ends."""
        if tag in self._handles:
            handler, events = self._handles[tag]
            try:
                self.fire(event)
            finally:
                for each in events:
                    self._remove(handler, each)

    def fire(self, event: Event) -> None:
        """First those that are attached, in order; then, in order, those that came meanwhile."""
        self._check(event)
        self.fired.append(event)
        had_their_turn = []
        for each in self._on(event):
            had_their_turn.append(each.handler)
            self._turn(each)
        while late := [each for each in self._on(event) if each.handler not in had_their_turn]:
            had_their_turn.append(late[0].handler)
            self._turn(late[0])

    def has(self, handler: str, event: Event | None) -> bool:
        """Return whether the handler is attached: to an event, or to any."""
        return any(
            each.handler == handler and event in (None, each.event) for each in self._attached
        )

    def _check(self, event: Event) -> None:
        if event not in self.events:
            raise UnknownEventError

    def _on(self, event: Event) -> list[Attachment]:
        return [each for each in self._attached if each.event == event]

    def _remove(self, handler: str, event: Event) -> None:
        self._attached = [
            each for each in self._attached if (each.handler, each.event) != (handler, event)
        ]

    def _turn(self, each: Attachment) -> None:
        number = self._number.get(self._counter_of.get(each.event, ""))
        if each.filter == Filter() or number in each.filter.passing():
            self.called(each.handler, each.tag)
