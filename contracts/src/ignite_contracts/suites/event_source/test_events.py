"""Events of one's own: registered with one source, counted if wanted, and known to no other."""

from __future__ import annotations

import pytest

from ignite.events.interface import EventEnum, EventSource, UnknownEventError
from ignite_contracts.event_source.factory import NewSource
from ignite_contracts.event_source.handlers import count, writer


class Steps(EventEnum):
    """Events of an enumeration."""

    BACKWARD = "backward"
    SAVED = "saved"


OWN = [Steps.SAVED, "plain"]


@pytest.mark.parametrize("event", OWN)
def test_a_registered_event_is_fired_like_any_other(
    new_source: NewSource, event: Steps | str
) -> None:
    source, seen = new_source(), list[str]()
    source.register_events(Steps.BACKWARD, event)
    source.add_event_handler(event, writer(seen), "first")
    source.add_event_handler(Steps.BACKWARD, writer(seen), "other")
    source.add_event_handler(event, writer(seen), "second")
    source.fire_event(event)
    assert seen == ["first", "second"]
    assert source.last_event_name == event


def test_registering_again_keeps_handlers_and_counts(new_source: NewSource) -> None:
    source, seen = new_source(), list[str]()
    for _ in range(2):
        source.register_events(*Steps, "plain", event_to_attr={Steps.SAVED: "saves"})
        source.add_event_handler(Steps.SAVED, writer(seen), "x")
        count(source, "saves", 3)
    source.register_events(*Steps, "plain", event_to_attr={Steps.SAVED: "saves"})
    source.fire_event(Steps.SAVED)
    assert seen == ["x", "x"]
    assert source.state.get_event_attrib_value(Steps.SAVED) == 3


@pytest.mark.parametrize("event", OWN)
def test_a_counter_begins_at_0_and_is_told(new_source: NewSource, event: Steps | str) -> None:
    source = new_source()
    source.register_events(event, event_to_attr={event: "counted"})
    assert source.state.get_event_attrib_value(event) == 0
    count(source, "counted", 7)
    assert source.state.get_event_attrib_value(event) == 7


def test_events_may_share_a_counter(new_source: NewSource) -> None:
    source, seen = new_source(), list[str]()
    source.register_events(*Steps, event_to_attr=dict.fromkeys(Steps, "steps"))
    for event in Steps:
        source.add_event_handler(event(once=4), writer(seen), event.name)
    count(source, "steps", 4)
    for event in Steps:
        source.fire_event(event)
    assert seen == ["BACKWARD", "SAVED"]


def test_what_nothing_counts_has_no_number(new_source: NewSource) -> None:
    source = new_source()
    source.register_events(*Steps)
    with pytest.raises(UnknownEventError):
        source.state.get_event_attrib_value(Steps.SAVED)


@pytest.fixture
def strangers(new_source: NewSource) -> list[EventSource]:
    """Return sources made before and after another one registered events and a counter."""
    before, registering = new_source(), new_source()
    registering.register_events(*Steps, "plain", event_to_attr={Steps.SAVED: "saves"})
    return [before, new_source()]


@pytest.mark.parametrize("event", OWN)
def test_other_sources_do_not_know_the_event(
    strangers: list[EventSource], event: Steps | str
) -> None:
    for stranger in strangers:
        with pytest.raises(UnknownEventError):
            stranger.add_event_handler(event, writer([]), "x")
        with pytest.raises(UnknownEventError):
            stranger.fire_event(event)


def test_other_sources_do_not_have_the_counter(strangers: list[EventSource]) -> None:
    for stranger in strangers:
        assert not hasattr(stranger.state, "saves")
        with pytest.raises(UnknownEventError):
            stranger.state.get_event_attrib_value(Steps.SAVED)
        stranger.register_events(Steps.SAVED)
        with pytest.raises(UnknownEventError):
            stranger.add_event_handler(Steps.SAVED(every=2), writer([]), "x")
