"""Named errors of events; all are ``ValueError`` so that old ``except`` clauses hold."""

from __future__ import annotations

__all__ = ["EventFilterError", "HandlerNotFoundError", "HandlerSignatureError", "UnknownEventError"]


class EventFilterError(ValueError):
    """The arguments of a filter contradict each other or are out of range."""


class HandlerNotFoundError(ValueError):
    """The handler to be removed is not attached to that event."""


class HandlerSignatureError(ValueError):
    """The handler cannot be called with what the event hands over."""


class UnknownEventError(ValueError):
    """The event is not registered with the source."""
