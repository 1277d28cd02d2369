"""Handlers run in the order in which they were attached, those of the fired event only."""

from __future__ import annotations

from hypothesis import strategies as st

from ignite.events.interface import Events
from ignite_contracts.event_source.factory import NewSource
from ignite_contracts.event_source.handlers import writer
from ignite_contracts.properties import for_all

SOME = [Events.STARTED, Events.EPOCH_STARTED, Events.ITERATION_COMPLETED, Events.COMPLETED]

_attached = st.lists(st.tuples(st.sampled_from(SOME), st.text("abc", min_size=1, max_size=2)))


@for_all(attached=_attached, fired=st.lists(st.sampled_from(SOME), min_size=1, max_size=4))
def test_handlers_run_in_order_of_attachment(
    new_source: NewSource, attached: list[tuple[Events, str]], fired: list[Events]
) -> None:
    source, seen = new_source(), list[str]()
    for event, label in attached:
        source.add_event_handler(event, writer(seen), label)
    for event in fired:
        source.fire_event(event)
    assert seen == [label for event in fired for on, label in attached if on == event]


def test_one_handler_runs_once_per_attachment_each_in_its_place(new_source: NewSource) -> None:
    source, seen = new_source(), list[str]()
    twice = writer(seen)
    source.add_event_handler(Events.STARTED, twice, "first")
    source.add_event_handler(Events.STARTED, writer(seen), "between")
    source.add_event_handler(Events.STARTED, twice, "last")
    source.fire_event(Events.STARTED)
    assert seen == ["first", "between", "last"]


def test_a_list_of_events_attaches_to_each_of_them(new_source: NewSource) -> None:
    source, seen = new_source(), list[str]()
    source.add_event_handler(Events.STARTED, writer(seen), "before")
    source.add_event_handler(Events.STARTED | Events.COMPLETED, writer(seen), "both")
    source.fire_event(Events.EPOCH_STARTED)
    source.fire_event(Events.COMPLETED)
    source.fire_event(Events.STARTED)
    assert seen == ["both", "before", "both"]


def test_the_last_event_is_named_while_its_handlers_run(new_source: NewSource) -> None:
    source, seen = new_source(), list[object]()
    events = [Events.STARTED, Events.COMPLETED, Events.STARTED]
    for event in set(events):
        source.add_event_handler(event, lambda source: seen.append(source.last_event_name))
    for event in events:
        source.fire_event(event)
    assert seen == events


def test_the_last_event_is_named_afterwards(new_source: NewSource) -> None:
    source = new_source()
    source.register_events("saved")
    for event in (Events.STARTED, "saved", Events.EPOCH_COMPLETED):
        source.add_event_handler(event, writer([]), "x")
        source.fire_event(event)
        assert source.last_event_name == event
