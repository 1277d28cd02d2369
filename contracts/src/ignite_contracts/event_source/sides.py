"""The two sides that a state machine compares know the same verbs; here is the real one."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from ignite.events.interface import EventEnum, EventSource, RemovableEventHandle
from ignite_contracts.event_source.filters import Filter
from ignite_contracts.event_source.handlers import count

__all__ = ["Deed", "Event", "Failure", "Real", "Side", "Target"]

Event = EventEnum | str

Target = tuple[Event, Filter]
"""What to attach to; strings have no filter."""


class Failure(Exception):
    """A handler raised it."""


class Deed(NamedTuple):
    """Something to do to either side."""

    verb: str
    arguments: tuple[Any, ...]

    def __repr__(self) -> str:
        return f"{self.verb}({', '.join(map(repr, self.arguments))})"

    def on(self, side: Side) -> None:
        """Do it."""
        getattr(side, self.verb)(*self.arguments)


class Side:
    """Handlers go by name; whenever one is called, it takes the next deed from its script.

    Attributes:
        trace: the handlers called so far, each with the tag it was attached with.
        scripts: what each handler does at its next calls.
    """

    def __init__(self) -> None:
        self.trace: list[tuple[str, int]] = []
        self.scripts: dict[str, deque[Deed]] = defaultdict(deque)

    def called(self, handler: str, tag: int) -> None:
        """Be the handler."""
        self.trace.append((handler, tag))
        if self.scripts[handler]:
            self.scripts[handler].popleft().on(self)

    def plan(self, handler: str, deed: Deed) -> None:
        """Add to a script."""
        self.scripts[handler].append(deed)

    def fail(self, message: str) -> None:
        """Raise an error."""
        raise Failure(message)


class Real(Side):
    """The source under test."""

    def __init__(self, source: EventSource, handlers: Sequence[str]) -> None:
        super().__init__()
        self.source = source
        self._handlers = {name: self._handler(name) for name in handlers}
        self._handles: dict[int, RemovableEventHandle] = {}

    def _handler(self, name: str) -> Callable[..., None]:
        def handler(source: EventSource, tag: int) -> None:
            assert source is self.source, f"the handler got {source!r}, not the source"
            self.called(name, tag)

        return handler

    def register(self, event: Event, counter: str | None) -> None:
        """Register an event, with its counter if it has one."""
        self.source.register_events(event, event_to_attr={event: counter} if counter else None)

    def count(self, counter: str, number: int) -> None:
        """Set a counter."""
        count(self.source, counter, number)

    def attach(self, targets: Sequence[Target], handler: str, tag: int) -> None:
        """Attach to one event or to a list; keep the handle under the tag."""
        events: list[Any] = [e if isinstance(e, str) else narrow.on(e) for e, narrow in targets]
        handle = self.source.add_event_handler(reduce(or_, events), self._handlers[handler], tag)
        self._handles[tag] = handle

    def remove(self, handler: str, event: Event) -> None:
        """Remove a handler from an event."""
        self.source.remove_event_handler(self._handlers[handler], event)

    def release(self, tag: int) -> None:
        """Remove by the handle, if there is one."""
        if tag in self._handles:
            self._handles[tag].remove()

    def within(self, tag: int, event: Event) -> None:
        """Fire an event within the context of the handle, if there is one."""
        if tag in self._handles:
            with self._handles[tag]:
                self.fire(event)

    def fire(self, event: Event) -> None:
        """Fire an event."""
        self.source.fire_event(event)

    def has(self, handler: str, event: Event | None) -> bool:
        """Return whether the handler is attached."""
        return self.source.has_event_handler(self._handlers[handler], event)
