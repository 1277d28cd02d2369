"""Firing: who is called, in which order, also while handlers come and go."""

import gc
import weakref

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ignite.events import (
    EventEmitter,
    EventEnum,
    Events,
    EventSource,
    HandlerNotFoundError,
    HandlerSignatureError,
    State,
    UnknownEventError,
)


class Steps(EventEnum):
    BACKWARD = "backward"
    SAVED = "saved"


@pytest.fixture
def source():
    return EventEmitter()


@pytest.fixture
def seen():
    return []


def test_is_an_event_source(source):
    assert isinstance(source, EventSource)


def test_handlers_run_in_order_of_attachment(source, seen):
    for letter in "abc":  # append takes one argument, so it is called without the source
        source.add_event_handler(Events.STARTED, seen.append, letter)
    source.fire_event(Events.STARTED)
    assert seen == ["a", "b", "c"]
    assert source.last_event_name == Events.STARTED


def test_a_decorated_handler_stays_itself(source, seen):
    @source.on(Events.STARTED, "x", key=1)
    def handler(source, letter, key):
        seen.append((letter, key))

    source.fire_event(Events.STARTED)
    handler(source, "y", key=2)
    assert seen == [("x", 1), ("y", 2)]


def test_a_list_of_events_attaches_to_each(source, seen):
    handle = source.add_event_handler(
        Events.STARTED | Events.EPOCH_COMPLETED(every=2), lambda: seen.append("x")
    )
    source.fire_event(Events.STARTED)
    for source.state.epoch in (1, 2):
        source.fire_event(Events.EPOCH_COMPLETED)
    assert seen == ["x", "x"]
    handle.remove()
    source.fire_event(Events.STARTED)
    assert seen == ["x", "x"]


def test_filters_read_the_state_at_the_time(source, seen):
    source.add_event_handler(
        Events.ITERATION_COMPLETED(every=3), lambda s: seen.append(s.state.iteration)
    )
    for source.state.iteration in range(1, 8):
        source.fire_event(Events.ITERATION_COMPLETED)
    source.state = State(iteration=9)
    source.fire_event(Events.ITERATION_COMPLETED)
    assert seen == [3, 6, 9]


def test_a_filter_may_ask_for_anything(source, seen):
    source.state.loss = 0.5
    source.add_event_handler(
        Events.ITERATION_COMPLETED(event_filter=lambda s, number: s.state.loss < 0.1),
        lambda: seen.append("low"),
    )
    source.fire_event(Events.ITERATION_COMPLETED)
    source.state.loss = 0.01
    source.fire_event(Events.ITERATION_COMPLETED)
    assert seen == ["low"]


def test_a_handler_attached_while_firing_runs_at_the_end_of_it(source, seen):
    @source.on(Events.STARTED)
    def first():
        seen.append("first")
        if not source.has_event_handler(late):
            source.add_event_handler(Events.STARTED, late)

    def late():
        seen.append("late")

    source.add_event_handler(Events.STARTED, lambda: seen.append("second"))
    source.fire_event(Events.STARTED)
    assert seen == ["first", "second", "late"]


def test_a_handler_that_replaces_itself_does_not_run_twice(source, seen):
    def handler(label):
        seen.append(label)
        source.remove_event_handler(handler, Events.STARTED)
        source.add_event_handler(Events.STARTED, handler, "again")

    source.add_event_handler(Events.STARTED, handler, "once")
    source.fire_event(Events.STARTED)
    assert seen == ["once"]
    source.fire_event(Events.STARTED)
    assert seen == ["once", "again"]


def test_a_handler_removed_while_firing_is_gone_next_time(source, seen):
    def remover():
        seen.append("remover")
        if source.has_event_handler(victim):
            source.remove_event_handler(victim, Events.STARTED)

    def victim():
        seen.append("victim")

    source.add_event_handler(Events.STARTED, remover)
    source.add_event_handler(Events.STARTED, victim)
    source.fire_event(Events.STARTED)
    source.fire_event(Events.STARTED)
    assert seen == ["remover", "victim", "remover"]


def test_an_exception_ends_the_firing(source, seen):
    def fail():
        raise KeyError("boom")

    source.add_event_handler(Events.STARTED, fail)
    source.add_event_handler(Events.STARTED, lambda: seen.append("after"))
    with pytest.raises(KeyError, match="boom"):
        source.fire_event(Events.STARTED)
    assert seen == []


def test_removing_takes_every_attachment_filtered_or_not(source, seen):
    def handler():
        seen.append("x")

    source.add_event_handler(Events.EPOCH_STARTED, handler)
    source.add_event_handler(Events.EPOCH_STARTED(every=2), handler)
    source.remove_event_handler(handler, Events.EPOCH_STARTED)
    source.fire_event(Events.EPOCH_STARTED)
    assert seen == []
    assert not source.has_event_handler(handler)


def test_removing_what_is_not_there_is_told(source):
    with pytest.raises(HandlerNotFoundError, match="not attached"):
        source.remove_event_handler(print, Events.STARTED)
    with pytest.raises(UnknownEventError, match="register_events"):
        source.remove_event_handler(print, "nowhere")


@pytest.mark.parametrize("event", ["nowhere", Steps.SAVED, 3, [1]])
def test_unknown_events_are_refused(source, event):
    for use in (
        lambda: source.fire_event(event),
        lambda: source.add_event_handler(event, print),
        lambda: source.has_event_handler(print, event),
    ):
        with pytest.raises(UnknownEventError, match="register"):
            use()


def test_a_list_with_one_bad_event_attaches_nothing(source):
    with pytest.raises(UnknownEventError):
        source.add_event_handler(Events.STARTED | Steps.SAVED, print)
    assert not source.has_event_handler(print)


def test_registered_events_of_an_enumeration_and_of_strings(source, seen):
    source.register_events(*Steps, "plain", event_to_attr={Steps.SAVED: "saves"})
    source.add_event_handler(Steps.SAVED(every=2), lambda s: seen.append(s.state.saves))
    source.add_event_handler("plain", lambda: seen.append("plain"))
    for source.state.saves in range(1, 5):
        source.fire_event(Steps.SAVED)
    source.fire_event("plain")
    assert seen == [2, 4, "plain"]
    assert source.has_registered_events("plain")
    assert not source.has_registered_events("other")


def test_registered_events_stay_with_their_source(source):
    other = EventEmitter()
    source.register_events(*Steps, event_to_attr={Steps.SAVED: "saves"})
    assert not other.has_registered_events(Steps.SAVED)
    assert not hasattr(other.state, "saves")
    assert not hasattr(State(), "saves")
    with pytest.raises(UnknownEventError, match="counts"):
        other.state.get_event_attrib_value(Steps.SAVED)


def test_registering_twice_keeps_the_handlers(source, seen):
    source.register_events("plain")
    source.add_event_handler("plain", lambda: seen.append("x"))
    source.register_events("plain")
    source.fire_event("plain")
    assert seen == ["x"]


def test_what_is_no_event_cannot_be_registered(source):
    with pytest.raises(TypeError, match="EventEnum"):
        source.register_events("fine", 3)
    assert not source.has_registered_events("fine")
    with pytest.raises(TypeError, match="event_to_attr"):
        source.register_events("fine", event_to_attr=["fine"])


def test_a_filter_needs_something_that_counts(source):
    source.register_events(Steps.BACKWARD)
    with pytest.raises(UnknownEventError, match="event_to_attr"):
        source.add_event_handler(Steps.BACKWARD(every=2), lambda: None)


def test_a_handle_works_as_a_context_manager_and_twice(source, seen):
    with source.add_event_handler(Events.STARTED, lambda: seen.append("in")) as handle:
        source.fire_event(Events.STARTED)
    source.fire_event(Events.STARTED)
    handle.remove()
    assert seen == ["in"]


def test_a_handle_does_not_keep_its_source_alive():
    source = EventEmitter()
    handle = source.add_event_handler(Events.STARTED, print)
    gone = weakref.ref(source)
    del source
    gc.collect()
    assert gone() is None
    handle.remove()


def test_a_message_shows_both_signatures(source):
    def handler(source, batch, scale):
        """Take what no event gives."""

    with pytest.raises(HandlerSignatureError, match=r"\(source, batch, scale\).*\(source, 3\)"):
        source.add_event_handler(Events.STARTED, handler, 3)


@given(st.lists(st.tuples(st.sampled_from("ar"), st.integers(0, 4)), max_size=30))
def test_attached_handlers_are_those_of_a_simple_list(actions):
    source, model, seen = EventEmitter(), [], []
    handlers = [_appender(seen, n) for n in range(5)]
    for action, n in actions:
        if action == "a":
            source.add_event_handler(Events.STARTED, handlers[n])
            model.append(n)
        elif n in model:
            source.remove_event_handler(handlers[n], Events.STARTED)
            model = [m for m in model if m != n]
        assert source.has_event_handler(handlers[n], Events.STARTED) == (n in model)
    source.fire_event(Events.STARTED)
    assert seen == model


def _appender(seen, number):
    def handler():
        seen.append(number)

    return handler


def test_removal_from_several_events_is_whole_or_not_at_all():
    source = EventEmitter()

    def handler():
        pass

    source.add_event_handler(Events.STARTED, handler)
    with pytest.raises(HandlerNotFoundError, match="COMPLETED"):
        source.remove_event_handler(handler, Events.STARTED | Events.COMPLETED)
    assert source.has_event_handler(handler, Events.STARTED)
    source.add_event_handler(Events.COMPLETED, handler)
    source.remove_event_handler(handler, Events.STARTED | Events.COMPLETED)
    assert not source.has_event_handler(handler)
