"""When Checkpoint saves, under which names, and what the file holds."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from ignite.events.interface import Events
from ignite.events.testing import RecordingEventSource
from ignite.handlers import Checkpoint, CheckpointWriteError, DiskSaver, EarlyStopping
from ignite.handlers.testing import MemorySaver

SCORES = [0.5, 0.7, 0.6, 0.65, 0.7, 0.9]


@pytest.fixture
def model():
    return torch.nn.Linear(2, 2)


def epochs(handler, n=6, iterations=5):
    source = RecordingEventSource()
    source.add_event_handler(Events.EPOCH_COMPLETED, handler)
    source.run(range(iterations), lambda _: SCORES[source.state.epoch - 1], epochs=n)
    return source


def score(source):
    return source.state.output


def epoch(source, event):
    assert event == Events.EPOCH_COMPLETED
    return source.state.epoch


@pytest.mark.parametrize(
    ("arguments", "kept"),
    [
        ({}, ["model_30.pt"]),
        ({"n_saved": 2}, ["model_25.pt", "model_30.pt"]),
        ({"filename_prefix": "last"}, ["last_model_30.pt"]),
        ({"global_step_transform": epoch}, ["model_6.pt"]),
        ({"score_function": score}, ["model_0.9000.pt"]),
        (
            {"score_function": score, "score_name": "acc", "n_saved": 2},
            ["model_acc=0.7000.pt", "model_acc=0.9000.pt"],
        ),
        ({"score_function": lambda source: 10}, ["model_10.pt"]),
        (
            {
                "score_function": score,
                "score_name": "acc",
                "global_step_transform": epoch,
                "filename_prefix": "best",
            },
            ["best_model_6_acc=0.9000.pt"],
        ),
        ({"filename_pattern": "{name}-{global_step}-x.{ext}"}, ["model-30-x.pt"]),
    ],
)
def test_names(model, arguments, kept):
    saver = MemorySaver()
    handler = Checkpoint({"model": model}, saver, **arguments)
    epochs(handler)
    assert sorted(saver.saved) == kept
    assert handler.last_checkpoint == kept[-1]


def test_equal_scores_take_a_place_only_when_told(model):
    for greater_or_equal, kept in ((False, "model_1_1.0000.pt"), (True, "model_3_1.0000.pt")):
        saver = MemorySaver()
        epochs(
            Checkpoint(
                {"model": model},
                saver,
                score_function=lambda _: 1.0,
                global_step_transform=epoch,
                greater_or_equal=greater_or_equal,
            ),
            n=3,
        )
        assert list(saver.saved) == [kept]


def test_nan_is_worse_than_any_score(model):
    scores = iter([math.nan, 0.1, math.nan])
    saver = MemorySaver()
    epochs(Checkpoint({"model": model}, saver, score_function=lambda _: next(scores)), n=3)
    assert list(saver.saved) == ["model_0.1000.pt"]


def test_the_score_is_the_metric_of_that_name(model):
    source = RecordingEventSource()
    source.state.metrics["loss"] = np.float32(0.25)
    saver = MemorySaver()
    Checkpoint({"model": model}, saver, score_name="loss")(source)
    assert list(saver.saved) == ["model_loss=0.2500.pt"]
    assert Checkpoint.get_default_score_fn("loss", -1.0)(source) == -0.25


def test_one_object_is_saved_as_its_state_and_several_by_name(model):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    saver = MemorySaver()
    Checkpoint({"model": model}, saver)(RecordingEventSource())
    Checkpoint({"model": model, "optimizer": optimizer}, saver, "all")(RecordingEventSource())
    assert saver.saved["model_0.pt"].keys() == model.state_dict().keys()
    assert saver.saved["all_checkpoint_0.pt"].keys() == {"model", "optimizer"}
    assert saver.metadata["all_checkpoint_0.pt"] == {
        "basename": "all_checkpoint",
        "score_name": None,
        "priority": 0,
    }


def test_wrappers_are_left_out(model):
    saver = MemorySaver()
    wrapped = torch.compile(torch.nn.DataParallel(model), backend="eager")
    Checkpoint({"model": wrapped}, saver)(RecordingEventSource())
    assert saver.saved["model_0.pt"].keys() == model.state_dict().keys()
    fresh = torch.nn.DataParallel(torch.compile(torch.nn.Linear(2, 2), backend="eager"))
    Checkpoint.load_objects({"model": fresh}, saver.saved["model_0.pt"])
    assert torch.equal(fresh.module.weight, model.weight)


def test_a_function_saves_with_or_without_metadata(model):
    seen = []
    Checkpoint({"model": model}, lambda states, name: seen.append(name))(RecordingEventSource())
    Checkpoint({"model": model}, lambda *given: seen.append(given[1:]))(RecordingEventSource())
    metadata = {"basename": "model", "score_name": None, "priority": 0}
    assert seen == ["model_0.pt", ("model_0.pt", metadata)]


def test_its_own_record_goes_on_after_a_restart(model, tmp_path):
    first = Checkpoint({"model": model}, tmp_path, n_saved=2, include_self=True)
    epochs(first, n=3)
    again = Checkpoint(
        {"model": model}, DiskSaver(tmp_path, require_empty=False), n_saved=2, include_self=True
    )
    Checkpoint.load_objects({"model": model, "checkpointer": again}, first.last_checkpoint)
    assert again.state_dict() == first.state_dict()
    epochs(again, n=6)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model_25.pt", "model_30.pt"]


def test_a_training_state_with_handlers_comes_back(model, tmp_path):
    optimizer = torch.optim.Adam(model.parameters())
    model(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    stopping = EarlyStopping(3, score, RecordingEventSource())
    stopping.counter, stopping.best_score = 2, 0.5
    to_save = {"model": model, "optimizer": optimizer, "stopping": stopping}
    handler = Checkpoint(to_save, tmp_path)
    handler(RecordingEventSource())
    model2 = torch.nn.Linear(2, 2)
    optimizer2 = torch.optim.Adam(model2.parameters())
    stopping2 = EarlyStopping(3, score, RecordingEventSource())
    to_load = {"model": model2, "optimizer": optimizer2, "stopping": stopping2}
    Checkpoint.load_objects(to_load, handler.last_checkpoint)
    assert torch.equal(model.weight, model2.weight)
    assert torch.equal(
        optimizer.state_dict()["state"][0]["exp_avg"],
        optimizer2.state_dict()["state"][0]["exp_avg"],
    )
    assert (stopping2.counter, stopping2.best_score) == (2, 0.5)


def test_reload_by_parts_of_the_name(model, tmp_path):
    handler = Checkpoint(
        {"model": model}, tmp_path, "best", score, "acc", n_saved=None, global_step_transform=epoch
    )
    epochs(handler, n=2)
    weight = model.weight.detach().clone()
    torch.nn.init.zeros_(model.weight)
    handler.reload_objects({"model": model}, global_step=2, score=0.7)
    assert torch.equal(model.weight, weight)
    with pytest.raises(FileNotFoundError):
        handler.reload_objects({"model": model}, global_step=3, score=0.7)


def test_a_failed_save_changes_nothing(model):
    class Failing(MemorySaver):
        def __call__(self, *args):
            if len(self.saved) == 1:
                raise CheckpointWriteError("no room")
            super().__call__(*args)

    saver = Failing()
    handler = Checkpoint({"model": model}, saver)
    with pytest.raises(CheckpointWriteError):
        epochs(handler, n=2)
    assert list(saver.saved) == ["model_5.pt"]
    assert handler.last_checkpoint == "model_5.pt"
    handler.reset()
    assert handler.last_checkpoint is None


@pytest.mark.parametrize(
    ("error", "arguments"),
    [
        (TypeError, {"to_save": []}),
        (TypeError, {"to_save": {"model": 3}}),
        (TypeError, {"save_handler": 3}),
        (TypeError, {"score_function": 3}),
        (TypeError, {"global_step_transform": 3}),
        (ValueError, {"n_saved": 0}),
        (ValueError, {"filename_pattern": "{foo}.pt"}),
        (ValueError, {"to_save": {"checkpointer": torch.nn.Linear(1, 1)}, "include_self": True}),
    ],
)
def test_bad_arguments_are_refused(model, error, arguments):
    with pytest.raises(error):
        Checkpoint(**{"to_save": {"model": model}, "save_handler": MemorySaver(), **arguments})


def test_saver_and_handler_must_be_for_the_same_rank(model, tmp_path):
    with pytest.raises(ValueError, match="rank 1"):
        Checkpoint({"model": model}, DiskSaver(tmp_path), save_on_rank=1)


@pytest.mark.parametrize("value", ["a", None, torch.tensor(1.0), 1j])
def test_a_score_is_a_number(model, value):
    handler = Checkpoint({"model": model}, MemorySaver(), score_function=lambda _: value)
    with pytest.raises(ValueError, match="score"):
        handler(RecordingEventSource())


def test_impossible_patterns_are_refused():
    with pytest.raises(ValueError, match="with_score"):
        Checkpoint.setup_filename_pattern(with_score=False, with_global_step=False)
    with pytest.raises(ValueError, match="with_score_name"):
        Checkpoint.setup_filename_pattern(with_score=False)
    with pytest.raises(ValueError, match="score_sign"):
        Checkpoint.get_default_score_fn("loss", 2.0)


def test_states_of_other_kinds_are_refused(model):
    with pytest.raises(ValueError, match="_saved"):
        Checkpoint({"model": model}, MemorySaver()).load_state_dict({})
