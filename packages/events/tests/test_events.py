"""Events as values: equality, names, joining, showing."""

import pickle

import pytest

from ignite.events import CallableEventWithFilter, EventEnum, Events, EventsList


class Backprop(EventEnum):
    STARTED_BACKWARD = "started_backward"
    STEPPED = "stepped"


def test_members_are_all_there():
    assert {event.name for event in Events} == {
        "EPOCH_STARTED",
        "EPOCH_COMPLETED",
        "STARTED",
        "COMPLETED",
        "ITERATION_STARTED",
        "ITERATION_COMPLETED",
        "EXCEPTION_RAISED",
        "GET_BATCH_STARTED",
        "GET_BATCH_COMPLETED",
        "DATALOADER_STOP_ITERATION",
        "TERMINATE",
        "TERMINATE_SINGLE_EPOCH",
        "INTERRUPT",
    }
    assert all(event.value == event.name.lower() for event in Events)


def test_a_filter_does_not_change_an_events_identity():
    narrowed = Events.EPOCH_STARTED(every=3)
    assert narrowed == Events.EPOCH_STARTED
    assert hash(narrowed) == hash(Events.EPOCH_STARTED)
    assert narrowed != Events.EPOCH_COMPLETED
    assert narrowed.name == "EPOCH_STARTED"
    assert narrowed.value == "epoch_started"
    assert Events.EPOCH_STARTED.filter is None


def test_an_event_equals_its_name():
    assert Events.STARTED == "STARTED"
    assert Events.STARTED != "started"
    assert Events.STARTED != 1


def test_events_of_other_enumerations_differ():
    assert Backprop.STEPPED != Events.STARTED
    assert Backprop.STEPPED in Backprop
    assert Backprop.STEPPED(once=2).name == "STEPPED"


def test_an_event_made_by_hand():
    event = CallableEventWithFilter("saved")
    assert (event.name, event.value) == ("saved", "saved")
    assert event == CallableEventWithFilter("other value", name="saved")


@pytest.mark.parametrize(
    ("event", "shown"),
    [
        (Events.STARTED, "Events.STARTED"),
        (Events.STARTED(every=2), "Events.STARTED(every=2)"),
        (Events.STARTED(every=2, before=9), "Events.STARTED(every=2, before=9)"),
        (Backprop.STEPPED(once=[1, 2]), "Backprop.STEPPED(once=[1, 2])"),
        (Events.STARTED | Events.COMPLETED, "Events.STARTED | Events.COMPLETED"),
    ],
)
def test_events_show_how_they_were_written(event, shown):
    assert repr(event) == shown


def test_joining_keeps_order_and_operands():
    pair = Events.STARTED | Events.COMPLETED(once=1)
    more = pair | (Events.TERMINATE | Events.INTERRUPT)
    assert isinstance(pair, EventsList)
    assert [e.name for e in more] == ["STARTED", "COMPLETED", "TERMINATE", "INTERRUPT"]
    assert len(pair) == 2


@pytest.mark.parametrize("other", ["completed", None, 3])
def test_joining_with_something_else_is_refused(other):
    with pytest.raises(TypeError, match="Only events"):
        Events.STARTED | other


def test_members_survive_pickling():
    assert pickle.loads(pickle.dumps(Events.STARTED)) is Events.STARTED
