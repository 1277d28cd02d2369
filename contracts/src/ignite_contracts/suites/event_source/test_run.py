"""A run: which events it fires in which order, and what the state tells at each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from hypothesis import strategies as st

from ignite.events.interface import Events, EventSource
from ignite_contracts.event_source.factory import Loop
from ignite_contracts.event_source.filters import Filter, filters
from ignite_contracts.event_source.handlers import writer
from ignite_contracts.event_source.loop import Moment, moments
from ignite_contracts.properties import for_all

NewLoop = Callable[[], Loop]

RUN = [
    Events.STARTED,
    Events.EPOCH_STARTED,
    Events.ITERATION_STARTED,
    Events.ITERATION_COMPLETED,
    Events.EPOCH_COMPLETED,
    Events.COMPLETED,
]
BATCHES = [3, 1, 4]

_batches = st.lists(st.integers(-5, 5), min_size=1, max_size=5)
_epochs = st.integers(1, 4)


def look(source: EventSource, event: Events) -> Moment:
    """Return what the state tells now."""
    state = source.state
    return Moment(event, state.epoch, state.iteration, state.batch, state.output)


def watched(loop: Loop, events: Iterable[Events] = RUN) -> list[Moment]:
    """Return where to a handler on each of the events writes what it sees."""
    seen: list[Moment] = []
    for event in events:
        loop.source.add_event_handler(
            event, lambda source, on: seen.append(look(source, on)), event
        )
    return seen


@for_all(batches=_batches, epochs=_epochs)
def test_events_and_state_are_those_of_the_reference(
    new_loop: NewLoop, batches: list[int], epochs: int
) -> None:
    loop = new_loop()
    seen = watched(loop)
    loop.run(batches, epochs)
    assert seen == list(moments(batches, epochs))


@for_all(events=st.sets(st.sampled_from(RUN)), batches=_batches, epochs=_epochs)
def test_which_events_have_handlers_changes_nothing(
    new_loop: NewLoop, events: set[Events], batches: list[int], epochs: int
) -> None:
    loop, expected = new_loop(), list(moments(batches, epochs))
    seen = watched(loop, events)
    loop.run(batches, epochs)
    assert seen == [moment for moment in expected if moment.event in events]
    assert look(loop.source, Events.COMPLETED) == expected[-1]


def test_getting_a_batch_is_told_before_its_iteration_or_not_at_all(new_loop: NewLoop) -> None:
    loop, getting = new_loop(), [Events.GET_BATCH_STARTED, Events.GET_BATCH_COMPLETED]
    seen = watched(loop, [*RUN, *getting])
    loop.run(BATCHES, 2)
    told: list[Events] = []
    for moment in moments(BATCHES, 2):
        told += [*getting * (moment.event == Events.ITERATION_STARTED), moment.event]
    expected = [event for event in told if event not in getting]
    assert [moment.event for moment in seen] in (told, expected)


@for_all(event=st.sampled_from(RUN), narrow=filters, batches=_batches, epochs=_epochs)
def test_filters_number_by_iteration_or_epoch(
    new_loop: NewLoop, event: Events, narrow: Filter, batches: list[int], epochs: int
) -> None:
    loop, seen = new_loop(), list[int]()
    loop.source.add_event_handler(
        narrow.on(event), lambda source: seen.append(source.state.get_event_attrib_value(event))
    )
    loop.run(batches, epochs)
    numbers = [
        moment.iteration if "ITERATION" in event.name else moment.epoch
        for moment in moments(batches, epochs)
        if moment.event == event
    ]
    assert seen == [number for number in numbers if number in narrow.passing()]


@for_all(when=st.integers(0, 18), event=st.sampled_from(RUN))
def test_handlers_come_and_go_during_the_run(new_loop: NewLoop, when: int, event: Events) -> None:
    loop, expected = new_loop(), list(moments(BATCHES, 2))
    moment = expected[when % len(expected)]
    coming, going = list[Moment](), list[Moment]()

    def come(source: EventSource) -> None:
        coming.append(look(source, event))

    def go(source: EventSource) -> None:
        going.append(look(source, event))

    def change(source: EventSource) -> None:
        if look(source, moment.event) == moment:
            source.remove_event_handler(go, event)
            source.add_event_handler(event, come)

    loop.source.add_event_handler(moment.event, change)
    loop.source.add_event_handler(event, go)
    loop.run(BATCHES, 2)
    index = expected.index(moment)
    assert coming == [each for each in expected[index:] if each.event == event]
    assert going == [each for each in expected[: index + 1] if each.event == event]


@for_all(when=st.integers(0, 17))
def test_an_exception_in_a_handler_ends_the_run_and_goes_to_its_caller(
    new_loop: NewLoop, when: int
) -> None:
    loop, expected, error = new_loop(), list(moments(BATCHES, 2)), ValueError("boom")
    seen = watched(loop)

    def fail(source: EventSource) -> None:
        if len(seen) == when + 1:
            raise error

    for event in RUN:
        loop.source.add_event_handler(event, fail)
    with pytest.raises(ValueError, match="boom") as caught:
        loop.run(BATCHES, 2)
    assert caught.value is error
    assert seen == expected[: when + 1]


def test_the_last_event_is_the_one_whose_handlers_run(new_loop: NewLoop) -> None:
    loop, seen = new_loop(), list[tuple[Events, object]]()
    for event in RUN:
        loop.source.add_event_handler(
            event, lambda source, on: seen.append((on, source.last_event_name)), event
        )
    loop.run(BATCHES, 2)
    assert [on for on, last in seen if on != last] == []
    assert len(seen) == len(list(moments(BATCHES, 2)))


def test_the_length_of_the_run_is_told(new_loop: NewLoop) -> None:
    loop, seen = new_loop(), list[tuple[int | None, int | None]]()
    loop.source.add_event_handler(
        Events.EPOCH_COMPLETED,
        lambda source: seen.append((source.state.max_epochs, source.state.epoch_length)),
    )
    loop.run(BATCHES, 2)
    assert seen == [(2, 3), (2, 3)]


def test_what_a_handler_leaves_in_the_metrics_is_there_for_later_ones(new_loop: NewLoop) -> None:
    loop, seen = new_loop(), list[float]()

    def leave(source: EventSource) -> None:
        source.state.metrics["total"] = source.state.metrics.get("total", 0) + source.state.output

    loop.source.add_event_handler(Events.ITERATION_COMPLETED, leave)
    loop.source.add_event_handler(
        Events.EPOCH_COMPLETED | Events.COMPLETED,
        lambda source: seen.append(source.state.metrics["total"]),
    )
    loop.run(BATCHES, 2)
    assert seen == [16, 32, 32]


def test_handlers_keep_their_order_in_a_run(new_loop: NewLoop) -> None:
    loop, seen = new_loop(), list[str]()
    for label in "abc":
        loop.source.add_event_handler(Events.EPOCH_STARTED, writer(seen), label)
    loop.run(BATCHES, 2)
    assert seen == ["a", "b", "c"] * 2
