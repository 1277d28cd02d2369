"""Handlers that fire events themselves."""

from __future__ import annotations

import pytest

from ignite.events.interface import Events, EventSource
from ignite_contracts.event_source.factory import NewSource
from ignite_contracts.event_source.handlers import writer


def test_the_inner_event_is_done_before_the_outer_goes_on(new_source: NewSource) -> None:
    source, seen = new_source(), list[str]()

    def outer(source: EventSource, label: str) -> None:
        seen.append(label)
        source.fire_event(Events.EPOCH_STARTED)
        seen.append(label + "'")

    source.add_event_handler(Events.STARTED, outer, "outer")
    source.add_event_handler(Events.STARTED, writer(seen), "next")
    source.add_event_handler(Events.EPOCH_STARTED, writer(seen), "inner")
    source.fire_event(Events.STARTED)
    assert seen == ["outer", "inner", "outer'", "next"]


def test_an_event_may_be_fired_within_itself(new_source: NewSource) -> None:
    source, seen = new_source(), list[str]()

    def again(source: EventSource) -> None:
        if seen.count("first") < 3:
            source.fire_event(Events.STARTED)

    source.add_event_handler(Events.STARTED, writer(seen, again), "first")
    source.add_event_handler(Events.STARTED, writer(seen), "second")
    source.fire_event(Events.STARTED)
    assert seen == ["first"] * 3 + ["second"] * 3


def test_one_that_comes_within_the_inner_firing_runs_at_the_end_of_both(
    new_source: NewSource,
) -> None:
    source, seen = new_source(), list[str]()

    def again(source: EventSource) -> None:
        if seen.count("first") == 1:
            source.fire_event(Events.STARTED)
        else:
            source.add_event_handler(Events.STARTED, writer(seen), "late")

    source.add_event_handler(Events.STARTED, writer(seen, again), "first")
    source.add_event_handler(Events.STARTED, writer(seen), "second")
    source.fire_event(Events.STARTED)
    assert seen == ["first", "first", "second", "late", "second", "late"]


def test_one_that_goes_within_the_inner_event_still_has_its_turn_in_the_outer(
    new_source: NewSource,
) -> None:
    source, seen = new_source(), list[str]()
    victim = writer(seen)

    def remove(source: EventSource) -> None:
        source.remove_event_handler(victim, Events.STARTED)

    def outer(source: EventSource) -> None:
        if seen.count("outer") == 1:
            source.fire_event(Events.EPOCH_STARTED)

    source.add_event_handler(Events.STARTED, writer(seen, outer), "outer")
    source.add_event_handler(Events.STARTED, victim, "victim")
    source.add_event_handler(Events.EPOCH_STARTED, writer(seen, remove), "inner")
    source.fire_event(Events.STARTED)
    source.fire_event(Events.STARTED)
    assert seen == ["outer", "inner", "victim", "outer"]


def test_an_exception_ends_both_firings(new_source: NewSource) -> None:
    source, seen = new_source(), list[str]()

    def fail(source: EventSource) -> None:
        raise KeyError("boom")

    source.add_event_handler(
        Events.STARTED, writer(seen, lambda source: source.fire_event(Events.COMPLETED)), "outer"
    )
    source.add_event_handler(Events.STARTED, writer(seen), "never")
    source.add_event_handler(Events.COMPLETED, writer(seen, fail), "inner")
    with pytest.raises(KeyError, match="boom"):
        source.fire_event(Events.STARTED)
    assert seen == ["outer", "inner"]


def test_a_handler_that_catches_it_lets_the_outer_firing_go_on(new_source: NewSource) -> None:
    source, seen = new_source(), list[str]()

    def fail(source: EventSource) -> None:
        raise KeyError("boom")

    def careful(source: EventSource) -> None:
        with pytest.raises(KeyError):
            source.fire_event(Events.COMPLETED)

    source.add_event_handler(Events.STARTED, writer(seen, careful), "outer")
    source.add_event_handler(Events.STARTED, writer(seen), "next")
    source.add_event_handler(Events.COMPLETED, writer(seen, fail), "inner")
    source.fire_event(Events.STARTED)
    assert seen == ["outer", "inner", "next"]


def test_the_inner_event_is_the_last_once_it_was_fired(new_source: NewSource) -> None:
    source, seen = new_source(), list[object]()

    def outer(source: EventSource) -> None:
        seen.append(source.last_event_name)
        source.fire_event(Events.COMPLETED)
        seen.append(source.last_event_name)

    source.add_event_handler(Events.STARTED, outer)
    source.add_event_handler(Events.COMPLETED, writer([]), "x")
    source.fire_event(Events.STARTED)
    assert seen == [Events.STARTED, Events.COMPLETED]
