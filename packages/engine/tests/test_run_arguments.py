"""How far a run goes, and what a second call of run means."""

import pytest

from ignite.engine import Engine, Events, RunArgumentError


@pytest.fixture
def engine():
    return Engine(lambda engine, batch: None)


def position(engine):
    return engine.state.epoch, engine.state.iteration


def test_one_epoch_by_default(engine):
    engine.run([0, 1])
    assert position(engine) == (1, 2)


@pytest.mark.parametrize(
    ("max_iters", "ending"),
    [(2, "IS p0 IC GS GC IS p1 IC T C"), (3, "p2 IC EC C"), (4, "IS p0 IC T C")],
)
def test_iterations_end_a_run_within_an_epoch_or_with_it(traced, max_iters, ending):
    traced.run([0, 1, 2], max_iters=max_iters)
    assert traced.take().endswith(ending)
    assert traced.state.iteration == max_iters


def test_iterations_over_data_of_unknown_length(engine):
    with pytest.warns(UserWarning, match="gives no more"):
        engine.run(iter(range(3)), max_iters=5)
    assert position(engine) == (2, 3)
    assert (engine.state.max_epochs, engine.state.epoch_length) == (2, 3)


def test_a_run_that_is_done_begins_anew(engine):
    engine.run([0, 1, 2], max_epochs=2)
    engine.run([0, 1])
    assert position(engine) == (1, 2)
    engine.run([0, 1], max_epochs=1)
    assert position(engine) == (1, 2)
    engine.run([0, 1], max_iters=3)
    assert position(engine) == (2, 3)


def test_a_larger_goal_goes_on(traced):
    traced.run([0, 1], max_epochs=1)
    traced.take()
    traced.run([0, 1], max_epochs=2)
    assert traced.take() == "S ES GS GC IS p0 IC GS GC IS p1 IC EC C"
    assert position(traced) == (2, 4)
    traced.take()
    traced.run(max_epochs=3)  # with the data it had
    assert traced.take() == "S ES GS GC IS p0 IC GS GC IS p1 IC EC C"


def test_going_on_keeps_the_length_of_an_epoch(engine):
    engine.run([0, 1, 2], max_epochs=1)
    engine.run([0, 1], max_epochs=2)
    assert position(engine) == (2, 6)


def test_the_goal_set_to_none_begins_anew(engine):
    engine.run([0, 1, 2], max_epochs=3)
    engine.state.max_epochs = None
    engine.run([0], max_epochs=2)
    assert position(engine) == (2, 2)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"max_epochs": 2, "max_iters": 5}, RunArgumentError, "exclude"),
        ({"max_epochs": 0}, RunArgumentError, "at least 1"),
        ({"max_epochs": -1}, RunArgumentError, "at least 1"),
        ({"max_iters": 0}, RunArgumentError, "at least 1"),
        ({"epoch_length": 0}, RunArgumentError, "at least 1"),
        ({"max_epochs": 1.5}, TypeError, "integer"),
        ({"max_epochs": 1}, RunArgumentError, "behind"),
        ({"max_epochs": 5, "epoch_length": 2}, RunArgumentError, "epoch_length"),
    ],
)
def test_arguments_that_contradict_are_refused_and_change_nothing(
    engine, arguments, error, message
):
    engine.run([0, 1, 2], max_epochs=3)
    before = dict(vars(engine.state))
    with pytest.raises(error, match=message):
        engine.run([0, 1, 2], **arguments)
    assert vars(engine.state) == before


def test_a_run_under_way_keeps_its_kind_of_goal(engine):
    engine.add_event_handler(Events.ITERATION_COMPLETED(once=1), engine.terminate)
    engine.run([0, 1, 2], max_epochs=3)
    with pytest.raises(RunArgumentError, match="max_iters"):
        engine.run([0, 1, 2], max_iters=14)


@pytest.mark.parametrize("function", [None, 3, "text"])
def test_an_engine_needs_a_function(function):
    with pytest.raises(ValueError, match="function of"):
        Engine(function)


def test_a_function_of_other_arguments_is_refused():
    with pytest.raises(ValueError, match=r"function\(engine, batch\).*\(engine\)"):
        Engine(lambda engine: None)


def test_an_engine_cannot_run_within_itself(traced):
    failures = []

    @traced.on(Events.ITERATION_STARTED)
    def again():
        with pytest.raises(RuntimeError, match="is running"):
            traced.run([5], max_epochs=9)
        failures.append(True)

    traced.run([0, 1])
    assert failures == [True, True]
    assert position(traced) == (1, 2)
    assert traced.state.max_epochs == 1
