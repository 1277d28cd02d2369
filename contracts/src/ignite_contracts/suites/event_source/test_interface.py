"""The names of the interface, and that each source is its own."""

from __future__ import annotations

from typing import Any

import pytest

from ignite.events.interface import Events, EventSource, RunState
from ignite_contracts.event_source.factory import NewSource
from ignite_contracts.event_source.handlers import writer


def names(protocol: Any) -> set[str]:
    """Return the public names that a protocol asks for."""
    return {name for name in vars(protocol) if not name.startswith("_")}


def test_every_name_of_the_interface_is_there(new_source: NewSource) -> None:
    source = new_source()
    assert {name for name in names(EventSource) if not hasattr(source, name)} == set()


def test_the_state_has_every_name_of_a_run_state(new_source: NewSource) -> None:
    state = new_source().state
    assert {name for name in names(RunState) if not hasattr(state, name)} == set()


def test_a_fresh_source_has_counted_nothing(new_source: NewSource) -> None:
    state = new_source().state
    assert (state.iteration, state.epoch, state.metrics) == (0, 0, {})


def test_sources_do_not_share_handlers(new_source: NewSource) -> None:
    one, other = new_source(), new_source()
    handler = writer([])
    one.add_event_handler(Events.STARTED, handler, "x")
    assert one.has_event_handler(handler)
    assert not other.has_event_handler(handler)
    assert not new_source().has_event_handler(handler)


def test_sources_do_not_share_their_state(new_source: NewSource) -> None:
    one, other = new_source(), new_source()
    one.state.metrics["loss"] = 0.5
    assert other.state.metrics == {}


@pytest.mark.parametrize("event", Events)
def test_every_event_of_a_run_can_be_fired(new_source: NewSource, event: Events) -> None:
    source, seen = new_source(), list[str]()
    source.add_event_handler(event, lambda: seen.append("x"))
    source.fire_event(event)
    assert seen == ["x"]
