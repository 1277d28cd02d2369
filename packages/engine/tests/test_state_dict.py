"""Saving where a run stands, and going on from there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ignite.engine import Engine, Events, StateDictError


def steps(engine):
    seen = []
    engine.add_event_handler(
        Events.ITERATION_COMPLETED, lambda e: seen.append((e.state.epoch, e.state.iteration))
    )
    return seen


@given(
    length=st.integers(1, 5), epochs=st.integers(1, 5), stop=st.integers(1, 25), iters=st.booleans()
)
def test_stopping_anywhere_and_going_on_equals_going_through(length, epochs, stop, iters):
    goal = {"max_iters": epochs * length} if iters else {"max_epochs": epochs}
    whole = Engine(lambda engine, batch: None)
    expected = steps(whole)
    whole.run(range(length), **goal)

    first = Engine(lambda engine, batch: None)
    seen = steps(first)
    first.add_event_handler(Events.ITERATION_COMPLETED(once=stop), first.terminate)
    first.run(range(length), **goal)
    if first.state.iteration == epochs * length:
        assert seen == expected
        return
    second = Engine(lambda engine, batch: None)
    rest = steps(second)
    second.load_state_dict(first.state_dict())
    second.run(range(length))
    assert seen + rest == expected
    assert second.state_dict() == whole.state_dict()


def test_keys_and_user_keys():
    engine = Engine(lambda engine, batch: None)
    engine.run([0, 1], max_iters=3)
    assert dict(engine.state_dict()) == {"epoch_length": 2, "iteration": 3, "max_iters": 3}
    engine.state_dict_user_keys.append("alpha")
    engine.state.alpha = 0.1
    saved = engine.state_dict()
    assert saved["alpha"] == 0.1
    other = Engine(lambda engine, batch: None)
    other.state_dict_user_keys.append("alpha")
    other.load_state_dict(saved)
    assert other.state.alpha == 0.1


def test_an_epoch_counts_as_its_iterations():
    engine = Engine(lambda engine, batch: None)
    engine.load_state_dict({"epoch": 2, "epoch_length": 3, "max_epochs": 5})
    assert (engine.state.epoch, engine.state.iteration) == (2, 6)


def test_loading_forgets_an_interrupted_run(traced):
    traced.add_event_handler(Events.ITERATION_COMPLETED(once=1), traced.interrupt)
    traced.run([0, 1], max_epochs=2)
    traced.load_state_dict({"epoch": 1, "epoch_length": 2, "max_epochs": 2})
    traced.take()
    traced.run([0, 1])
    assert traced.take().startswith("S ES")
    assert traced.state.iteration == 4


@pytest.mark.parametrize(
    ("saved", "error", "message"),
    [
        (3, TypeError, "mapping"),
        ({}, StateDictError, "epoch_length"),
        ({"epoch_length": 3, "max_epochs": 2}, StateDictError, "iteration and epoch"),
        (
            {"epoch_length": 3, "max_epochs": 2, "iteration": 1, "epoch": 1},
            StateDictError,
            "iteration and epoch",
        ),
        ({"epoch_length": 3, "iteration": 1}, StateDictError, "max_epochs and max_iters"),
        ({"epoch_length": 3, "iteration": "1", "max_epochs": 2}, StateDictError, "count"),
        ({"epoch_length": 3, "iteration": -1, "max_epochs": 2}, StateDictError, "count"),
        ({"epoch_length": None, "epoch": 1, "max_epochs": 2}, StateDictError, "positive"),
        ({"epoch_length": 0, "iteration": 1, "max_epochs": 2}, StateDictError, "positive"),
    ],
)
def test_what_cannot_be_loaded_is_told_and_changes_nothing(saved, error, message):
    engine = Engine(lambda engine, batch: None)
    before = dict(vars(engine.state))
    with pytest.raises(error, match=message):
        engine.load_state_dict(saved)
    assert vars(engine.state) == before


def test_missing_user_keys_are_named():
    engine = Engine(lambda engine, batch: None)
    engine.state_dict_user_keys.append("alpha")
    with pytest.raises(StateDictError, match="alpha"):
        engine.load_state_dict({"epoch_length": 1, "iteration": 0, "max_epochs": 1})


@given(
    length=st.integers(2, 5),
    cut=st.sets(st.integers(1, 12), max_size=4),
    left=st.integers(1, 6),
    more=st.integers(1, 6),
)
def test_epochs_that_ended_early_count_as_epochs(length, cut, left, more):
    def step(engine, batch):
        if engine.state.iteration in cut:
            engine.terminate_epoch()

    def run_twice(*ends):
        """Run, end the run in the middle, and run on, which begins the next epoch."""
        engine = Engine(step)
        engine.add_event_handler(Events.ITERATION_COMPLETED(once=ends), engine.terminate)
        seen = steps(engine)
        engine.run(range(length), max_epochs=4)
        if engine.state.epoch < 4:
            engine.run()
        return engine, seen

    _, expected = run_twice(left)
    first, seen = run_twice(left, left + more)
    if seen != expected:
        second = Engine(step)
        rest = steps(second)
        second.load_state_dict(first.state_dict())
        second.run(range(length))
        seen += rest
    assert seen == expected
