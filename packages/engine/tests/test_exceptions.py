"""Exceptions go to the caller, or to EXCEPTION_RAISED, once."""

import pytest

from ignite.engine import Events


def fail_at(engine, event, error=KeyError):
    def handler(engine):
        raise error("boom")

    engine.add_event_handler(event, handler)


EVENTS = [
    Events.STARTED,
    Events.EPOCH_STARTED,
    Events.GET_BATCH_STARTED,
    Events.ITERATION_STARTED,
    Events.ITERATION_COMPLETED,
    Events.EPOCH_COMPLETED,
    Events.COMPLETED,
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.name)
@pytest.mark.parametrize("error", [KeyError, KeyboardInterrupt, SystemExit])
def test_without_a_handler_it_reaches_the_caller(traced, event, error):
    fail_at(traced, event, error)
    with pytest.raises(error, match="boom"):
        traced.run([0], max_epochs=2)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.name)
@pytest.mark.parametrize("error", [KeyError, KeyboardInterrupt])
def test_with_a_handler_it_is_handled_once(traced, event, error):
    handled = []
    traced.add_event_handler(Events.EXCEPTION_RAISED, lambda engine, e: handled.append(e))
    fail_at(traced, event if event is Events.STARTED else event(once=1), error)
    traced.run([0, 1], max_epochs=1)
    assert [type(e) for e in handled] == [error]


def test_a_handler_may_raise_it_again(traced):
    handled = []

    @traced.on(Events.EXCEPTION_RAISED)
    def again(error):
        handled.append(error)
        raise error

    fail_at(traced, Events.ITERATION_COMPLETED)
    with pytest.raises(KeyError, match="boom"):
        traced.run([0])
    assert len(handled) == 1


def test_handled_within_an_epoch_it_ends_that_epoch(traced):
    traced.add_event_handler(Events.EXCEPTION_RAISED, lambda: traced.seen.append("X"))
    fail_at(traced, Events.ITERATION_STARTED(once=2))
    traced.run([0, 1, 2], max_epochs=2)
    assert traced.take() == (
        "S ES GS GC IS p0 IC GS GC IS X EC ES GS GC IS p0 IC GS GC IS p1 IC GS GC IS p2 IC EC C"
    )


def test_after_an_exception_the_engine_runs_again(traced):
    fail_at(traced, Events.ITERATION_COMPLETED(once=2))
    with pytest.raises(KeyError):
        traced.run([0, 1], max_epochs=2)
    traced.take()
    traced.run([0, 1], max_epochs=2)
    assert traced.take() == "S ES GS GC IS p0 IC GS GC IS p1 IC EC C"


def test_an_exception_of_the_data_is_one_too(traced):
    def data():
        yield 0
        raise OSError("disk")

    with pytest.raises(OSError, match="disk"):
        traced.run(data())
    handled = []
    traced.add_event_handler(Events.EXCEPTION_RAISED, handled.append)
    traced.state.max_epochs = None
    traced.run(data())
    assert [type(e) for e in handled] == [OSError]
