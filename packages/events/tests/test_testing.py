"""The recording source fires the events of a run, so that handlers can be tested on it."""

from ignite.events import Events, EventSource, Stoppable
from ignite.events.testing import RecordingEventSource


def test_order_and_counts():
    source = RecordingEventSource()
    assert isinstance(source, EventSource)
    assert isinstance(source, Stoppable)
    source.run([1, 2], epochs=2)
    epoch = ["EPOCH_STARTED", *["ITERATION_STARTED", "ITERATION_COMPLETED"] * 2, "EPOCH_COMPLETED"]
    assert source.fired == ["STARTED", *epoch * 2, "COMPLETED"]
    assert (source.state.epoch, source.state.iteration) == (2, 4)


def test_a_handler_can_end_it():
    source = RecordingEventSource()
    source.add_event_handler(Events.ITERATION_COMPLETED(once=2), source.terminate)
    source.run([1, 2, 3], epochs=2)
    assert source.state.iteration == 2
    assert source.fired[-1] == "COMPLETED"
    assert "EPOCH_COMPLETED" not in source.fired
