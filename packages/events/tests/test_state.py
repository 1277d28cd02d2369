"""The state of a run."""

import copy

import pytest

from ignite.events import Events, RunState, State, UnknownEventError


def test_begins_at_zero_and_takes_further_attributes():
    state = State(alpha=0.1)
    assert isinstance(state, RunState)
    assert (state.iteration, state.epoch, state.metrics) == (0, 0, {})
    assert state.times == {"EPOCH_COMPLETED": None, "COMPLETED": None}
    assert state.alpha == 0.1
    state.beta = 2
    assert state.beta == 2


def test_metrics_are_not_shared():
    State().metrics["x"] = 1
    assert State().metrics == {}


def test_counters_by_event():
    state = State(iteration=7, epoch=2)
    assert state.get_event_attrib_value(Events.ITERATION_COMPLETED(every=3)) == 7
    assert state.get_event_attrib_value(Events.EPOCH_STARTED) == 2
    with pytest.raises(UnknownEventError):
        state.get_event_attrib_value(Events.EXCEPTION_RAISED)


def test_a_missing_attribute_is_an_attribute_error():
    with pytest.raises(AttributeError, match="gamma"):
        State().gamma  # noqa: B018


def test_copies_and_shows():
    state = copy.deepcopy(State(iteration=3, metrics={"a": 1}))
    assert (state.iteration, state.metrics) == (3, {"a": 1})
    assert "iteration: 3" in repr(state)
