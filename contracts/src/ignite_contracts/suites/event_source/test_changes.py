"""Handlers that come and go while their event is being fired."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ignite.events.interface import Events, EventSource
from ignite_contracts.event_source.factory import NewSource
from ignite_contracts.event_source.handlers import Handler, writer

EVENT = Events.STARTED


def attaching(handler: Handler, *labels: str, event: Any = EVENT) -> Callable[[EventSource], None]:
    """Return what attaches a handler once per label, unless it is attached."""

    def action(source: EventSource) -> None:
        if not source.has_event_handler(handler, event):
            for label in labels:
                source.add_event_handler(event, handler, label)

    return action


def removing(handler: Handler) -> Callable[[EventSource], None]:
    """Return what removes a handler, if it is attached."""

    def action(source: EventSource) -> None:
        if source.has_event_handler(handler, EVENT):
            source.remove_event_handler(handler, EVENT)

    return action


def test_one_that_comes_runs_at_the_end_and_then_in_its_place(new_source: NewSource) -> None:
    source, seen = new_source(), list[str]()
    late = writer(seen)
    source.add_event_handler(EVENT, writer(seen, attaching(late, "late")), "first")
    source.add_event_handler(EVENT, writer(seen), "second")
    source.fire_event(EVENT)
    assert seen == ["first", "second", "late"]
    source.add_event_handler(EVENT, writer(seen), "third")
    source.fire_event(EVENT)
    assert seen[3:] == ["first", "second", "late", "third"]


def test_one_that_comes_twice_runs_once_in_that_firing(new_source: NewSource) -> None:
    source, seen = new_source(), list[str]()
    late = writer(seen)
    source.add_event_handler(EVENT, writer(seen, attaching(late, "late", "again")), "first")
    source.fire_event(EVENT)
    assert seen == ["first", "late"]
    source.fire_event(EVENT)
    assert seen[2:] == ["first", "late", "again"]


def test_one_that_already_ran_does_not_run_again(new_source: NewSource) -> None:
    source, seen = new_source(), list[str]()
    ran = writer(seen)

    def attach_again(source: EventSource) -> None:
        if seen.count("second") == 1:
            source.add_event_handler(EVENT, ran, "again")

    source.add_event_handler(EVENT, ran, "first")
    source.add_event_handler(EVENT, writer(seen, attach_again), "second")
    source.fire_event(EVENT)
    assert seen == ["first", "second"]
    source.fire_event(EVENT)
    assert seen[2:] == ["first", "second", "again"]


def test_one_that_replaces_itself_waits_for_the_next_firing(new_source: NewSource) -> None:
    source, seen = new_source(), list[int]()

    def handler(source: EventSource, label: int) -> None:
        seen.append(label)
        source.remove_event_handler(handler, EVENT)
        if label < 9:  # for a source that would never end
            source.add_event_handler(EVENT, handler, label + 1)

    source.add_event_handler(EVENT, handler, 0)
    for fired in range(3):
        source.fire_event(EVENT)
        assert seen == list(range(fired + 1))


def test_those_that_come_from_one_that_came_run_too(new_source: NewSource) -> None:
    source, seen = new_source(), list[str]()
    latest = writer(seen)
    later = writer(seen, attaching(latest, "latest"))
    source.add_event_handler(EVENT, writer(seen, attaching(later, "later")), "first")
    source.add_event_handler(EVENT, writer(seen), "second")
    source.fire_event(EVENT)
    assert seen == ["first", "second", "later", "latest"]


def test_one_that_comes_to_another_event_waits_for_that(new_source: NewSource) -> None:
    source, seen = new_source(), list[str]()
    late = writer(seen)
    attach = attaching(late, "late", event=Events.COMPLETED)
    source.add_event_handler(EVENT, writer(seen, attach), "first")
    source.fire_event(EVENT)
    assert seen == ["first"]
    source.fire_event(Events.COMPLETED)
    assert seen == ["first", "late"]


def test_one_that_comes_is_held_back_by_its_filter(new_source: NewSource) -> None:
    source, seen = new_source(), list[str]()

    never = EVENT(event_filter=lambda source, number: False)
    always = EVENT(event_filter=lambda source, number: True)

    def attach(source: EventSource) -> None:
        source.add_event_handler(never, writer(seen), "never")
        source.add_event_handler(always, writer(seen), "always")

    source.add_event_handler(EVENT, writer(seen, attach), "first")
    source.fire_event(EVENT)
    assert seen == ["first", "always"]


def test_one_that_goes_before_its_turn_still_runs(new_source: NewSource) -> None:
    source, seen = new_source(), list[str]()
    victim = writer(seen)
    source.add_event_handler(EVENT, writer(seen, removing(victim)), "first")
    source.add_event_handler(EVENT, victim, "victim")
    source.add_event_handler(EVENT, writer(seen), "last")
    source.fire_event(EVENT)
    assert seen == ["first", "victim", "last"]
    source.fire_event(EVENT)
    assert seen[3:] == ["first", "last"]


def test_one_that_goes_does_not_take_the_turn_of_the_next(new_source: NewSource) -> None:
    source, seen = new_source(), list[str]()

    def once(source: EventSource, label: str) -> None:
        seen.append(label)
        source.remove_event_handler(once, EVENT)

    source.add_event_handler(EVENT, once, "once")
    source.add_event_handler(EVENT, writer(seen), "second")
    source.add_event_handler(EVENT, writer(seen), "third")
    source.fire_event(EVENT)
    source.fire_event(EVENT)
    assert seen == ["once", "second", "third", "second", "third"]


def test_one_that_comes_and_goes_again_does_not_run(new_source: NewSource) -> None:
    source, seen = new_source(), list[str]()
    late = writer(seen)
    source.add_event_handler(EVENT, writer(seen, attaching(late, "late")), "first")
    source.add_event_handler(EVENT, writer(seen, removing(late)), "second")
    source.fire_event(EVENT)
    assert seen == ["first", "second"]
