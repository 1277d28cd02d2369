"""What attaching a handler returns."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any

from ignite.events.events import AnyEvent, flatten

if TYPE_CHECKING:
    from ignite.events.interface import EventSource

__all__ = ["RemovableEventHandle"]


class RemovableEventHandle:
    """Removes a handler from its event; as a context manager, at the end of the block.

    It does not keep the source alive.

    Args:
        event_name: the event, or the list of events, the handler is attached to.
        handler: the handler.
        engine: the source of the event.

    >>> from ignite.events import EventEmitter, Events
    >>> source, seen = EventEmitter(), []
    >>> with source.add_event_handler(Events.STARTED, lambda: seen.append("started")):
    ...     source.fire_event(Events.STARTED)
    >>> source.fire_event(Events.STARTED)
    >>> seen
    ['started']
    """

    def __init__(
        self, event_name: AnyEvent, handler: Callable[..., Any], engine: EventSource
    ) -> None:
        self.event_name = event_name
        self.handler = handler
        self.engine = weakref.ref(engine)

    def remove(self) -> None:
        """Remove the handler; harmless when it was removed before."""
        engine = self.engine()
        if engine is None:
            return
        for event in flatten(self.event_name):
            if engine.has_event_handler(self.handler, event):
                engine.remove_event_handler(self.handler, event)

    def __enter__(self) -> RemovableEventHandle:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.remove()
