"""What a source cannot do is refused by a named error at once, and leaves it as it was."""

from __future__ import annotations

from typing import Any

import pytest

from ignite.events.interface import (
    EventEnum,
    Events,
    EventSource,
    HandlerNotFoundError,
    HandlerSignatureError,
    UnknownEventError,
)
from ignite_contracts.event_source.factory import NewSource
from ignite_contracts.event_source.handlers import Handler, writer


class Steps(EventEnum):
    """Events that nobody registered."""

    SAVED = "saved"


UNKNOWN = [Steps.SAVED, "plain", 3, [1]]


@pytest.fixture
def seen() -> list[str]:
    """What the handlers of ``source`` wrote."""
    return []


@pytest.fixture
def attached(seen: list[str]) -> Handler:
    """The handler that ``source`` has on STARTED."""
    return writer(seen)


@pytest.fixture
def source(new_source: NewSource, attached: Handler) -> EventSource:
    """A source with one handler."""
    source = new_source()
    source.add_event_handler(Events.STARTED, attached, "x")
    return source


def assert_unchanged(source: EventSource, seen: list[str], *others: Any) -> None:
    """The one handler runs on STARTED, and no other is attached to anything."""
    assert not any(source.has_event_handler(other) for other in others)
    source.fire_event(Events.COMPLETED)
    assert seen == []
    source.fire_event(Events.STARTED)
    assert seen == ["x"]


@pytest.mark.parametrize("event", UNKNOWN, ids=repr)
def test_unknown_events_are_not_attached_to(
    source: EventSource, seen: list[str], event: Any
) -> None:
    other = writer(seen)
    with pytest.raises(UnknownEventError):
        source.add_event_handler(event, other, "y")
    with pytest.raises(UnknownEventError):
        source.on(event, "y")(other)
    assert_unchanged(source, seen, other)


@pytest.mark.parametrize("event", UNKNOWN, ids=repr)
def test_unknown_events_are_not_fired(source: EventSource, seen: list[str], event: Any) -> None:
    before = source.last_event_name
    with pytest.raises(UnknownEventError):
        source.fire_event(event)
    assert source.last_event_name == before
    assert_unchanged(source, seen)


@pytest.mark.parametrize("event", UNKNOWN, ids=repr)
def test_nothing_is_removed_from_unknown_events(
    source: EventSource, attached: Handler, seen: list[str], event: Any
) -> None:
    with pytest.raises(UnknownEventError):
        source.remove_event_handler(attached, event)
    with pytest.raises(UnknownEventError):
        source.has_event_handler(attached, event)
    assert_unchanged(source, seen)


def test_a_list_with_one_unknown_event_attaches_nothing(
    source: EventSource, seen: list[str]
) -> None:
    other = writer(seen)
    with pytest.raises(UnknownEventError):
        source.add_event_handler(Events.STARTED | Steps.SAVED, other, "y")
    assert_unchanged(source, seen, other)


def test_a_filter_on_what_nothing_counts_is_refused(source: EventSource, seen: list[str]) -> None:
    other = writer(seen)
    source.register_events(Steps.SAVED)
    for event in (Steps.SAVED(every=2), Events.STARTED | Steps.SAVED(once=1)):
        with pytest.raises(UnknownEventError):
            source.add_event_handler(event, other, "y")
    assert_unchanged(source, seen, other)


@pytest.mark.parametrize("handler", [None, 3, "print"])
def test_what_is_not_callable_is_a_type_error(
    source: EventSource, seen: list[str], handler: Any
) -> None:
    with pytest.raises(TypeError):
        source.add_event_handler(Events.STARTED, handler)
    assert_unchanged(source, seen, handler)


@pytest.mark.parametrize(
    ("handler", "args", "kwargs"),
    [
        (lambda source, x: None, (), {}),
        (lambda: None, (1,), {}),
        (lambda source, x: None, (1, 2, 3), {}),
        (lambda source: None, (), {"unknown": 1}),
        (lambda source, *, needed: None, (), {}),
    ],
)
def test_a_call_that_cannot_be_made_is_refused_before_it_is_due(
    source: EventSource,
    seen: list[str],
    handler: Handler,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> None:
    with pytest.raises(HandlerSignatureError):
        source.add_event_handler(Events.COMPLETED | Events.STARTED, handler, *args, **kwargs)
    assert_unchanged(source, seen, handler)


def test_what_is_not_attached_cannot_be_removed(
    source: EventSource, attached: Handler, seen: list[str]
) -> None:
    with pytest.raises(HandlerNotFoundError):
        source.remove_event_handler(writer(seen), Events.STARTED)
    with pytest.raises(HandlerNotFoundError):
        source.remove_event_handler(attached, Events.COMPLETED)
    assert_unchanged(source, seen)


@pytest.mark.parametrize("event", [3, None, Events.STARTED | Events.COMPLETED], ids=repr)
def test_what_is_no_event_cannot_be_registered(
    source: EventSource, seen: list[str], event: Any
) -> None:
    with pytest.raises(TypeError):
        source.register_events("fine", event)
    with pytest.raises(UnknownEventError):
        source.fire_event("fine")
    assert_unchanged(source, seen)


def test_counters_are_given_as_a_mapping(source: EventSource, seen: list[str]) -> None:
    wrong: Any = ["fine"]
    with pytest.raises(TypeError):
        source.register_events("fine", event_to_attr=wrong)
    with pytest.raises(UnknownEventError):
        source.fire_event("fine")
    assert_unchanged(source, seen)
