"""When a run is ended for want of improvement."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ignite.events.interface import EventEmitter, Events
from ignite.events.testing import RecordingEventSource
from ignite.handlers import EarlyStopping

NAN = math.nan


def stopped_at(scores, patience, **arguments):
    """Return after how many scores the run was ended (None: never), and the best score."""
    trainer, given = RecordingEventSource(), iter(scores)
    stopping = EarlyStopping(patience, lambda source: next(given), trainer, **arguments)
    for number in range(1, len(scores) + 1):
        stopping(trainer)
        if trainer.terminated:
            return number, stopping.best_score
    return None, stopping.best_score


@pytest.mark.parametrize(
    ("scores", "arguments", "expected"),
    [
        ([1.0, 1.05, 1.1, 1.3, 1.2, 1.1], {}, (6, 1.3)),
        ([1.0, 1.0, 1.0], {}, (3, 1.0)),
        ([3.0, 2.9, 2.8, 2.7], {"mode": "min"}, (None, 2.7)),
        ([1.0, 1.05, 1.1, 1.3], {"threshold": 0.1}, (3, 1.1)),
        ([1.0, 1.05, 1.12, 1.3], {"threshold": 0.1, "cumulative": True}, (None, 1.3)),
        ([1.0, 1.05, 1.12, 1.13], {"threshold": 0.1}, (3, 1.12)),
        ([3.0, 2.9, 2.8], {"threshold": 0.1, "threshold_mode": "rel", "mode": "min"}, (3, 2.8)),
        # a score that falls is no improvement, although 1.1 x -1.0 is less than -1.05
        ([-1.0, -1.05, -1.02], {"threshold": 0.1, "threshold_mode": "rel"}, (3, -1.0)),
        ([1.0, NAN, NAN, 2.0], {}, (3, 1.0)),
        ([NAN, 1.0, NAN, 2.0], {}, (None, 2.0)),
        ([NAN, NAN], {}, (2, None)),
    ],
)
def test_patience_of_two(scores, arguments, expected):
    assert stopped_at(scores, 2, **arguments) == expected


@given(st.lists(st.integers(-5, 5).map(float), max_size=30), st.integers(1, 5))
def test_ends_after_patience_scores_that_are_no_new_best(scores, patience):
    end, since = None, 0
    for number, score in enumerate(scores, start=1):
        since = 0 if number == 1 or score > max(scores[: number - 1]) else since + 1
        if since == patience:
            end = number
            break
    assert stopped_at(scores, patience)[0] == end


@given(st.lists(st.floats(-10, 10), max_size=30), st.integers(1, 5), st.floats(0, 1))
def test_less_is_better_is_more_is_better_upside_down(scores, patience, threshold):
    less = stopped_at(scores, patience, mode="min", threshold=threshold)
    more = stopped_at([-score for score in scores], patience, threshold=threshold)
    assert less[0] == more[0]


def make(patience=2):
    trainer, evaluator = RecordingEventSource(), RecordingEventSource()
    stopping = EarlyStopping(patience, lambda source: source.state.output, trainer)
    stopping.attach(evaluator)
    trainer.add_event_handler(Events.EPOCH_COMPLETED, lambda: evaluator.run([0.5]))
    return trainer, stopping


def test_attached_to_an_evaluator_it_ends_the_trainer():
    trainer, stopping = make()
    trainer.run([1], epochs=10)
    assert (trainer.state.epoch, stopping.counter) == (3, 2)


def test_another_run_begins_anew_and_a_resumed_one_goes_on():
    trainer, stopping = make()
    trainer.run([1], epochs=2)
    trainer.run([1], epochs=10)  # goes on from epoch 2, where one evaluation was in vain
    assert trainer.state.epoch == 3
    trainer.state.epoch = trainer.state.iteration = 0
    trainer.run([1], epochs=2)
    assert (trainer.state.epoch, stopping.counter) == (2, 1)


def test_its_state_goes_on_elsewhere():
    trainer, stopping = make()
    trainer.run([1], epochs=2)
    other_trainer, other = make()
    other.load_state_dict(stopping.state_dict())
    other_trainer.state.epoch, other_trainer.state.iteration = 2, 2
    other_trainer.run([1], epochs=10)
    assert other_trainer.state.epoch == 3
    with pytest.raises(ValueError, match="best_score"):
        other.load_state_dict({"counter": 1})
    assert other.counter == 2


@pytest.mark.parametrize(
    ("error", "arguments"),
    [
        (ValueError, {"patience": 0}),
        (ValueError, {"patience": 1.5}),
        (TypeError, {"score_function": 3}),
        (TypeError, {"trainer": EventEmitter()}),
        (ValueError, {"threshold": -1.0}),
        (ValueError, {"mode": "x"}),
        (ValueError, {"threshold_mode": "x"}),
    ],
)
def test_bad_arguments_are_refused(error, arguments):
    good = {"patience": 1, "score_function": float, "trainer": RecordingEventSource()}
    with pytest.raises(error):
        EarlyStopping(**{**good, **arguments})


def test_old_names_still_work():
    trainer = RecordingEventSource()
    with pytest.warns(DeprecationWarning, match="threshold"):
        assert EarlyStopping(1, float, trainer, min_delta=0.1).threshold == 0.1
    with pytest.warns(DeprecationWarning, match="cumulative"):
        assert EarlyStopping(1, float, trainer, cumulative_delta=True).cumulative
