"""A filter chooses among the occurrences of its event by their number, which the state tells."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import strategies as st

from ignite.events.interface import EventEnum, Events, EventSource
from ignite_contracts.event_source.factory import NewSource
from ignite_contracts.event_source.filters import MOST, Filter, filters
from ignite_contracts.event_source.handlers import count, writer
from ignite_contracts.properties import for_all


class Steps(EventEnum):
    """Events of its own."""

    SAVED = "saved"
    LOADED = "loaded"


COUNTERS = {Steps.SAVED: "saves", Steps.LOADED: "loads"}


def counting(new_source: NewSource) -> EventSource:
    """Return a source with two events that have a counter each."""
    source = new_source()
    source.register_events(*Steps, event_to_attr=COUNTERS)
    return source


def occur(source: EventSource, event: Steps, number: int) -> None:
    """Count, and fire."""
    count(source, COUNTERS[event], number)
    source.fire_event(event)


@for_all(narrow=filters)
def test_a_handler_runs_at_the_occurrences_that_pass(new_source: NewSource, narrow: Filter) -> None:
    source, seen = counting(new_source), list[int]()
    source.add_event_handler(
        narrow.on(Steps.SAVED),
        lambda source: seen.append(source.state.get_event_attrib_value(Steps.SAVED)),
    )
    for number in range(MOST + 1):
        occur(source, Steps.SAVED, number)
    assert seen == list(narrow.passing())


@for_all(numbers=st.lists(st.integers(1, MOST), max_size=8), narrow=filters)
def test_the_number_alone_decides_whatever_came_before(
    new_source: NewSource, numbers: list[int], narrow: Filter
) -> None:
    source, seen = counting(new_source), list[str]()
    source.add_event_handler(narrow.on(Steps.SAVED), writer(seen), "x")
    for number in numbers:
        occur(source, Steps.SAVED, number)
    assert len(seen) == sum(number in narrow.passing() for number in numbers)


@for_all(narrows=st.lists(filters, min_size=2, max_size=4), number=st.integers(1, MOST))
def test_each_attachment_has_its_own_filter(
    new_source: NewSource, narrows: list[Filter], number: int
) -> None:
    source, seen = counting(new_source), list[Any]()
    handler = writer(seen)
    for narrow in narrows:
        source.add_event_handler(narrow.on(Steps.SAVED), handler, narrow)
    source.add_event_handler(Steps.SAVED, handler, "always")
    occur(source, Steps.SAVED, number)
    assert seen == [narrow for narrow in narrows if number in narrow.passing()] + ["always"]


def test_each_event_is_numbered_by_its_own_counter(new_source: NewSource) -> None:
    source, seen = counting(new_source), list[str]()
    source.add_event_handler(Steps.SAVED(once=2) | Steps.LOADED(once=3), writer(seen), "x")
    occur(source, Steps.SAVED, 3)
    occur(source, Steps.LOADED, 2)
    assert seen == []
    occur(source, Steps.SAVED, 2)
    occur(source, Steps.LOADED, 3)
    assert seen == ["x", "x"]


def test_the_filter_reads_the_number_when_the_event_is_fired(new_source: NewSource) -> None:
    source, seen = counting(new_source), list[str]()
    count(source, "saves", 5)
    source.add_event_handler(Steps.SAVED(once=1), writer(seen), "x")
    occur(source, Steps.SAVED, 1)
    assert seen == ["x"]


def test_a_function_is_asked_with_the_source_and_the_number(new_source: NewSource) -> None:
    source, asked, seen = counting(new_source), list[tuple[bool, int]](), list[str]()

    def odd(given: Any, number: int) -> bool:
        asked.append((given is source, number))
        return number % 2 == 1

    source.add_event_handler(Steps.SAVED(event_filter=odd), writer(seen), "x")
    for number in (4, 7, 9):
        occur(source, Steps.SAVED, number)
    assert asked == [(True, 4), (True, 7), (True, 9)]
    assert seen == ["x", "x"]


def test_an_exception_in_a_filter_goes_to_the_caller(new_source: NewSource) -> None:
    source, seen = counting(new_source), list[str]()

    def fail(source: Any, number: int) -> bool:
        raise KeyError("boom")

    source.add_event_handler(Steps.SAVED(event_filter=fail), writer(seen), "x")
    with pytest.raises(KeyError, match="boom"):
        source.fire_event(Steps.SAVED)
    assert seen == []


BY_ITERATION = [
    Events.ITERATION_STARTED,
    Events.ITERATION_COMPLETED,
    Events.GET_BATCH_STARTED,
    Events.GET_BATCH_COMPLETED,
]
BY_EPOCH = [Events.STARTED, Events.EPOCH_STARTED, Events.EPOCH_COMPLETED, Events.COMPLETED]


@pytest.mark.parametrize(
    ("event", "counter", "other"),
    [
        *((event, "iteration", "epoch") for event in BY_ITERATION),
        *((event, "epoch", "iteration") for event in BY_EPOCH),
    ],
)
def test_events_of_a_run_are_numbered_by_iteration_or_epoch(
    new_source: NewSource, event: Events, counter: str, other: str
) -> None:
    if new_source.has_loop:
        pytest.skip("its loop counts; the suite 'run' looks at that")
    source, seen = new_source(), list[int]()
    source.add_event_handler(
        event(every=3), lambda source: seen.append(source.state.get_event_attrib_value(event))
    )
    count(source, other, 3)
    for number in range(1, 8):
        count(source, counter, number)
        source.fire_event(event)
    assert seen == [3, 6]
