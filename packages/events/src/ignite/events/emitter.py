"""An event source that any loop can own, and that the engine is built on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

from ignite.events._binding import Call, bind
from ignite.events._variables import Batch, Output
from ignite.events.errors import HandlerNotFoundError, UnknownEventError
from ignite.events.events import AnyEvent, CallableEventWithFilter, EventEnum, Events, flatten
from ignite.events.handle import RemovableEventHandle
from ignite.events.state import State

__all__ = ["EventEmitter", "Listeners"]

F = TypeVar("F", bound=Callable[..., Any])


class Attachment:
    """One handler on one event, ready to be called."""

    __slots__ = ("call", "handler")

    def __init__(self, handler: Callable[..., Any], call: Call) -> None:
        self.handler = handler
        self.call = call


class Listeners:
    """The attachments of one event, in order.

    The object stays the same for the life of its source, so that a loop looks it up
    once; the tuple is replaced when handlers change, so that a firing in progress
    goes on over the one it began with.
    """

    __slots__ = ("attached", "event")

    def __init__(self, event: Any) -> None:
        self.event = event
        self.attached: tuple[Attachment, ...] = ()


class EventEmitter(Generic[Batch, Output]):
    """Keeps handlers by event and calls them when the event is fired.

    **Order.** Handlers run in the order in which they were attached. A handler that is
    attached while its event is being fired runs at the end of that firing, once, unless
    it was attached when the firing began. One that is removed meanwhile is gone from the
    next firing on.

    **Exceptions.** An exception in a handler ends the firing and goes to the caller of
    :meth:`fire_event`.

    Attributes:
        state: the state of the run; its owner counts iterations and epochs in it.
        last_event_name: the event that was fired last, by a handler or by the loop.

    >>> source = EventEmitter()
    >>> @source.on(Events.ITERATION_COMPLETED(every=2))
    ... def report(source):
    ...     print(f"iteration {source.state.iteration}")
    >>> for source.state.iteration in range(1, 5):
    ...     source.fire_event(Events.ITERATION_COMPLETED)
    iteration 2
    iteration 4
    """

    def __init__(self) -> None:
        self.state: State[Batch, Output] = State()
        self.last_event_name: Any = None
        self._listeners: dict[Any, Listeners] = {event: Listeners(event) for event in Events}

    # -- events ---------------------------------------------------------------------

    def register_events(
        self, *event_names: str | EventEnum, event_to_attr: Mapping[Any, str] | None = None
    ) -> None:
        """Let this source fire further events.

        Args:
            event_names: members of an :class:`EventEnum`, or plain strings.
            event_to_attr: for each event that has a counter, the attribute of the state
                that holds it (created as 0); filters such as ``every=`` need it.

        Raises:
            TypeError: something is neither, or ``event_to_attr`` is not a mapping.

        >>> source = EventEmitter()
        >>> source.register_events("saved", event_to_attr={"saved": "saves"})
        >>> source.state.saves
        0
        """
        for event in event_names:
            if not isinstance(event, (str, EventEnum)):
                raise TypeError(
                    f"An event is a string or a member of an EventEnum, got {event!r}; "
                    "derive an enumeration from EventEnum and register its members."
                )
        counters = event_to_attr if event_to_attr is not None else {}
        if not isinstance(counters, Mapping):
            raise TypeError(f"event_to_attr= maps events to attribute names, got {counters!r}.")
        for event in event_names:
            self._listeners.setdefault(event, Listeners(event))
            if event in counters:
                self.state.count(event, counters[event])

    def has_registered_events(self, event: Any) -> bool:
        """Return whether this source can fire ``event``."""
        return event in self._listeners

    def fire_event(self, event_name: Any) -> None:
        """Call the handlers of ``event_name``, in order.

        Raises:
            UnknownEventError: the event is not registered.
        """
        self._emit(self._listeners_of(event_name))

    # -- handlers -------------------------------------------------------------------

    def add_event_handler(
        self, event_name: AnyEvent, handler: Callable[..., Any], *args: Any, **kwargs: Any
    ) -> RemovableEventHandle:
        """Attach ``handler``; it is called with this source (if it takes it), then ``args``.

        Args:
            event_name: an event, a filtered one, a registered name, or several events
                joined with ``|``.
            handler: any callable. On ``EXCEPTION_RAISED`` it also gets the exception,
                after the source; on ``TERMINATE_SINGLE_EPOCH`` the keyword
                ``iter_counter`` (iterations done in the epoch) if it takes it.
            args: positional arguments for the handler.
            kwargs: keyword arguments for the handler.

        Raises:
            TypeError: ``handler`` is not callable.
            HandlerSignatureError: it cannot be called with these arguments.
            UnknownEventError: an event is not registered, or has a filter and no counter.
                Nothing is attached then, not even to the other events of a list.
        """
        ready = [self._prepare(event, handler, args, kwargs) for event in flatten(event_name)]
        for listeners, attachment in ready:
            listeners.attached = (*listeners.attached, attachment)
        return RemovableEventHandle(event_name, handler, self)

    def on(self, event_name: AnyEvent, *args: Any, **kwargs: Any) -> Callable[[F], F]:
        """Attach the decorated function as :meth:`add_event_handler` does."""

        def decorator(handler: F) -> F:
            self.add_event_handler(event_name, handler, *args, **kwargs)
            return handler

        return decorator

    def has_event_handler(
        self, handler: Callable[..., Any], event_name: AnyEvent | None = None
    ) -> bool:
        """Return whether ``handler`` is attached: to ``event_name``, or to any event."""
        searched = (
            self._listeners.values()
            if event_name is None
            else [self._listeners_of(event) for event in flatten(event_name)]
        )
        return any(
            attachment.handler == handler
            for listeners in searched
            for attachment in listeners.attached
        )

    def remove_event_handler(self, handler: Callable[..., Any], event_name: AnyEvent) -> None:
        """Remove every attachment of ``handler`` to ``event_name``, filtered or not.

        Of several events, it must be attached to each; otherwise it stays attached.

        Raises:
            UnknownEventError: the event is not registered.
            HandlerNotFoundError: the handler is not attached to it.
        """
        kept = {}
        for event in flatten(event_name):
            listeners = self._listeners_of(event)
            kept[listeners] = tuple(each for each in listeners.attached if each.handler != handler)
            if len(kept[listeners]) == len(listeners.attached):
                raise HandlerNotFoundError(
                    f"{handler!r} is not attached to {event!r}; it may have been removed before "
                    "(has_event_handler tells)."
                )
        for listeners, attached in kept.items():
            listeners.attached = attached

    # -- within ---------------------------------------------------------------------

    def _listeners_of(self, event: Any) -> Listeners:
        try:
            return self._listeners[event]
        except (KeyError, TypeError):  # TypeError: what is no event may not be hashable
            raise UnknownEventError(
                f"{event!r} is not an event of this {type(self).__name__}; use a member of "
                "Events, or register it first with register_events()."
            ) from None

    def _prepare(
        self, event: Any, handler: Callable[..., Any], args: tuple[Any, ...], kwargs: Any
    ) -> tuple[Listeners, Attachment]:
        listeners = self._listeners_of(event)
        call = bind(handler, event, args, kwargs)
        event_filter = event.filter if isinstance(event, CallableEventWithFilter) else None
        if event_filter is not None:
            self.state.get_event_attrib_value(event)  # refuses an event that nothing counts
            call = _filtered(call, event_filter, self.state.event_to_attr[event])
        return listeners, Attachment(handler, call)

    def _emit(self, listeners: Listeners, *payload: Any) -> None:
        self.last_event_name = listeners.event
        attached = listeners.attached
        if payload:
            for attachment in attached:
                attachment.call(self, *payload)
        else:  # nearly always, and a fifth of what an event costs
            for attachment in attached:
                attachment.call(self)
        if listeners.attached is not attached:
            self._emit_late(listeners, attached, payload)

    def _emit_late(
        self, listeners: Listeners, ran: tuple[Attachment, ...], payload: tuple[Any, ...]
    ) -> None:
        handlers = [attachment.handler for attachment in ran]
        while late := next((a for a in listeners.attached if a.handler not in handlers), None):
            handlers.append(late.handler)
            late.call(self, *payload)


def _filtered(call: Call, event_filter: Callable[[Any, int], bool], counter: str) -> Call:
    def filtered(source: EventEmitter, *payload: Any) -> None:
        if event_filter(source, getattr(source.state, counter)):
            call(source, *payload)

    return filtered
