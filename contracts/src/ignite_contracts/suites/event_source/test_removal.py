"""Removing handlers, and asking for them: by name, by handle, by context."""

from __future__ import annotations

import pytest

from ignite.events.interface import Events, EventSource, RemovableEventHandle
from ignite_contracts.event_source.factory import NewSource
from ignite_contracts.event_source.handlers import writer


def test_every_attachment_to_that_event_goes_filtered_or_not(new_source: NewSource) -> None:
    source, seen = new_source(), list[str]()
    handler = writer(seen)
    for event in (Events.STARTED, Events.STARTED(every=2), Events.STARTED):
        source.add_event_handler(event, handler, "x")
    source.remove_event_handler(handler, Events.STARTED)
    assert not source.has_event_handler(handler, Events.STARTED)
    source.fire_event(Events.STARTED)
    assert seen == []


def test_the_other_handlers_stay_in_their_order(new_source: NewSource) -> None:
    source, seen = new_source(), list[str]()
    gone = writer(seen)
    for label in "abc":
        source.add_event_handler(Events.STARTED, gone, "gone")
        source.add_event_handler(Events.STARTED, writer(seen), label)
    source.remove_event_handler(gone, Events.STARTED)
    source.fire_event(Events.STARTED)
    assert seen == ["a", "b", "c"]


def test_it_stays_on_other_events(new_source: NewSource) -> None:
    source, seen = new_source(), list[str]()
    handler = writer(seen)
    source.add_event_handler(Events.STARTED | Events.COMPLETED, handler, "x")
    source.remove_event_handler(handler, Events.STARTED)
    assert source.has_event_handler(handler, Events.COMPLETED)
    source.fire_event(Events.STARTED)
    source.fire_event(Events.COMPLETED)
    assert seen == ["x"]


def test_removing_from_a_list_of_events_removes_from_each(new_source: NewSource) -> None:
    source = new_source()
    handler = writer([])
    events = Events.STARTED | Events.COMPLETED
    source.add_event_handler(events | Events.EPOCH_STARTED, handler, "x")
    source.remove_event_handler(handler, events)
    assert not source.has_event_handler(handler, Events.STARTED)
    assert not source.has_event_handler(handler, Events.COMPLETED)
    assert source.has_event_handler(handler, Events.EPOCH_STARTED)


def test_it_can_be_attached_again(new_source: NewSource) -> None:
    source, seen = new_source(), list[str]()
    handler = writer(seen)
    source.add_event_handler(Events.STARTED, handler, "x")
    source.add_event_handler(Events.STARTED, writer(seen), "y")
    source.remove_event_handler(handler, Events.STARTED)
    source.add_event_handler(Events.STARTED, handler, "x")
    source.fire_event(Events.STARTED)
    assert seen == ["y", "x"]


def test_whether_it_is_attached_is_asked_of_one_event_or_of_all(new_source: NewSource) -> None:
    source = new_source()
    handler, other = writer([]), writer([])
    source.add_event_handler(Events.STARTED, handler, "x")
    source.add_event_handler(Events.COMPLETED, other, "x")
    assert source.has_event_handler(handler)
    assert source.has_event_handler(handler, Events.STARTED)
    assert not source.has_event_handler(handler, Events.COMPLETED)
    assert not source.has_event_handler(writer([]))


def test_a_method_is_the_same_handler_whenever_it_is_looked_up(new_source: NewSource) -> None:
    class Counter:
        def method(self, source: EventSource) -> None:
            """Count nothing."""

    source, counter = new_source(), Counter()
    source.add_event_handler(Events.STARTED, counter.method)
    assert source.has_event_handler(counter.method, Events.STARTED)
    assert not source.has_event_handler(Counter().method, Events.STARTED)
    source.remove_event_handler(counter.method, Events.STARTED)
    assert not source.has_event_handler(counter.method, Events.STARTED)


def test_a_handle_removes_and_then_does_no_more(new_source: NewSource) -> None:
    source, seen = new_source(), list[str]()
    handler = writer(seen)
    handle = source.add_event_handler(Events.STARTED, handler, "x")
    assert isinstance(handle, RemovableEventHandle)
    source.add_event_handler(Events.COMPLETED, handler, "stays")
    handle.remove()
    handle.remove()
    source.fire_event(Events.STARTED)
    source.fire_event(Events.COMPLETED)
    assert seen == ["stays"]


def test_a_handle_is_harmless_when_the_handler_was_removed_before(new_source: NewSource) -> None:
    source = new_source()
    handler = writer([])
    handle = source.add_event_handler(Events.STARTED | Events.COMPLETED, handler, "x")
    source.remove_event_handler(handler, Events.STARTED)
    handle.remove()
    assert not source.has_event_handler(handler)


def test_a_handle_is_a_context(new_source: NewSource) -> None:
    source, seen = new_source(), list[str]()
    with source.add_event_handler(Events.STARTED | Events.COMPLETED, writer(seen), "x"):
        source.fire_event(Events.STARTED)
        source.fire_event(Events.COMPLETED)
    source.fire_event(Events.STARTED)
    source.fire_event(Events.COMPLETED)
    assert seen == ["x", "x"]


def test_a_context_ends_with_an_exception_too(new_source: NewSource) -> None:
    source = new_source()
    handler = writer([])
    with (
        pytest.raises(KeyError, match="boom"),
        source.add_event_handler(Events.STARTED, handler, "x"),
    ):
        raise KeyError("boom")
    assert not source.has_event_handler(handler)
