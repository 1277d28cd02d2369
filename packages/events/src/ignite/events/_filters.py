"""Filters over the numbered occurrences of an event."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ignite.events.errors import EventFilterError, HandlerSignatureError

EventFilter = Callable[[Any, int], bool]


def make_filter(
    event_filter: EventFilter | None,
    every: int | None,
    once: int | Sequence[int] | None,
    before: int | None,
    after: int | None,
) -> EventFilter | None:
    """Return the filter for one choice of arguments; None when every occurrence passes."""
    ranged = before is not None or after is not None
    given = [event_filter is not None, once is not None, every is not None or ranged]
    if sum(given) != 1:
        raise EventFilterError(
            "Give exactly one of event_filter=, once=, or every= / before= / after= "
            "(these three go together)."
        )
    if event_filter is not None:
        return _checked(event_filter)
    if once is not None:
        return _once(once)
    for name, value, least in (("every", every, 1), ("before", before, 0), ("after", after, 0)):
        if value is not None and (not isinstance(value, int) or value < least):
            raise EventFilterError(f"{name}= takes an integer from {least} on, got {value!r}.")
    if ranged:
        return _between(every or 1, after or 0, before)
    assert every is not None
    return _every(every) if every > 1 else None


def _checked(event_filter: EventFilter) -> EventFilter:
    if not callable(event_filter):
        raise TypeError(
            f"event_filter= takes a function of (source, number), got {event_filter!r}."
        )
    import inspect  # here, since importing it costs as much as all of this package

    try:
        inspect.signature(event_filter).bind("source", 1)
    except TypeError as error:
        raise HandlerSignatureError(
            f"event_filter= is called with (source, number), but {event_filter!r} "
            f"takes {inspect.signature(event_filter)}: {error}."
        ) from None
    return event_filter


def _once(once: int | Sequence[int]) -> EventFilter:
    numbers = frozenset([once] if isinstance(once, int) else once)
    if not numbers or not all(isinstance(number, int) and number > 0 for number in numbers):
        raise EventFilterError(
            f"once= takes a positive integer or a sequence of them, got {once!r}."
        )
    return lambda source, number: number in numbers


def _every(every: int) -> EventFilter:
    return lambda source, number: number % every == 0


def _between(every: int, after: int, before: int | None) -> EventFilter:
    first, end = after + 1, before if before is not None else float("inf")
    return lambda source, number: first <= number < end and (number - first) % every == 0
