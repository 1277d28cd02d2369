"""What is in the event files, read with TensorBoard's own reader."""

from __future__ import annotations

import sys

import pytest
import torch

from ignite.events.interface import Events
from ignite.events.testing import RecordingEventSource
from ignite.handlers import MissingExtraError, TensorboardLogger, global_step_from_engine
from ignite.handlers.tensorboard_logger import OptimizerParamsHandler, OutputHandler

event_accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")


def scalars(folder):
    reader = event_accumulator.EventAccumulator(str(folder))
    reader.Reload()
    return {
        tag: [(event.step, event.value) for event in reader.Scalars(tag)]
        for tag in reader.Tags()["scalars"]
    }


def log(folder, event, batches=(1.0,), **arguments):
    source = RecordingEventSource()
    source.state.metrics.update(
        accuracy=0.5,
        recall=torch.tensor([0.25, 0.75]),
        classes={"cat": 1, "dog": torch.tensor(2.0)},
    )
    source.state.alpha = 0.125
    with TensorboardLogger(log_dir=folder) as logger:
        logger.attach_output_handler(source, event, tag="training", **arguments)
        source.run(batches)
    return scalars(folder)


EVENT = Events.ITERATION_COMPLETED


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"output_transform": lambda x: x}, {"output": 1.0}),
        ({"output_transform": lambda x: {"loss": x}}, {"loss": 1.0}),
        ({"output_transform": lambda x: (x, 2 * x)}, {"output/0": 1.0, "output/1": 2.0}),
        ({"output_transform": lambda x: torch.tensor(3.0)}, {"output": 3.0}),
        ({"output_transform": lambda x: {"loss": x, "note": "text"}}, {"loss": 1.0}),
        ({"metric_names": ["accuracy"]}, {"accuracy": 0.5}),
        (
            {"metric_names": "all"},
            {
                "accuracy": 0.5,
                "recall/0": 0.25,
                "recall/1": 0.75,
                "classes/cat": 1,
                "classes/dog": 2,
            },
        ),
        ({"state_attributes": ["alpha"]}, {"alpha": 0.125}),
    ],
)
def test_names_and_values(tmp_path, arguments, expected):
    assert log(tmp_path, EVENT, **arguments) == {
        f"training/{name}": [(1, value)] for name, value in expected.items()
    }


@pytest.mark.parametrize(
    ("event", "steps"),
    [
        (EVENT, [1, 2, 3, 4, 5]),
        (EVENT(every=2), [2, 4]),
        (Events.EPOCH_COMPLETED, [1]),
        (Events.EPOCH_STARTED | EVENT(once=3), [1, 3]),
    ],
)
def test_the_step_is_the_events_number(tmp_path, event, steps):
    written = log(tmp_path, event, range(5), output_transform=lambda x: 0.0)
    assert [step for step, _ in written["training/output"]] == steps


def test_the_step_is_what_the_transform_says(tmp_path):
    trainer = RecordingEventSource()
    trainer.run([1], epochs=7)
    written = log(
        tmp_path,
        Events.EPOCH_COMPLETED,
        metric_names=["accuracy"],
        global_step_transform=global_step_from_engine(trainer),
    )
    assert written == {"training/accuracy": [(7, 0.5)]}
    with pytest.raises(TypeError, match="step"):
        log(tmp_path, EVENT, output_transform=float, global_step_transform=lambda *_: "7")


def test_steps_fall_back_where_nothing_counts():
    trainer = RecordingEventSource()
    trainer.run([1, 2], epochs=3)
    trainer.register_events("saved")
    assert global_step_from_engine(trainer)(trainer, "saved") == 3
    assert global_step_from_engine(trainer, fallback_attr="iteration")(trainer, "saved") == 6
    assert global_step_from_engine(trainer, EVENT)(trainer, "saved") == 6


def test_parameters_of_optimizers(tmp_path):
    parameters = [torch.zeros(1, requires_grad=True) for _ in range(2)]
    groups = [{"params": [parameters[0]], "lr": 0.5}, {"params": [parameters[1]], "lr": 0.25}]
    optimizer = torch.optim.SGD(groups, momentum=0.75)
    source = RecordingEventSource()
    with TensorboardLogger(log_dir=tmp_path) as logger:
        logger.attach_opt_params_handler(source, EVENT, optimizer)
        logger.attach(source, OptimizerParamsHandler(optimizer, "momentum", tag="training"), EVENT)
        source.run([1])
    assert scalars(tmp_path) == {
        "lr/group_0": [(1, 0.5)],
        "lr/group_1": [(1, 0.25)],
        "training/momentum/group_0": [(1, 0.75)],
        "training/momentum/group_1": [(1, 0.75)],
    }
    with pytest.raises(ValueError, match="betas"):
        OptimizerParamsHandler(optimizer, "betas")
    with pytest.raises(TypeError, match="param_groups"):
        OptimizerParamsHandler(3)


def test_what_cannot_be_logged_is_said(tmp_path):
    with pytest.warns(UserWarning, match="no metric 'f1'"):
        assert log(tmp_path, EVENT, metric_names=["f1"]) == {}
    with pytest.warns(UserWarning, match="no attribute 'beta'"):
        log(tmp_path, EVENT, state_attributes=["beta"])
    with pytest.warns(UserWarning, match="'output' is Tensor"):
        log(tmp_path, EVENT, output_transform=lambda x: torch.zeros(2, 2))


@pytest.mark.parametrize(
    ("error", "arguments"),
    [
        (ValueError, {}),
        (TypeError, {"metric_names": "accuracy"}),
        (TypeError, {"metric_names": 3}),
        (TypeError, {"output_transform": 3}),
        (TypeError, {"state_attributes": "alpha"}),
        (TypeError, {"metric_names": "all", "global_step_transform": 3}),
    ],
)
def test_bad_arguments_are_refused(error, arguments):
    with pytest.raises(error):
        OutputHandler("training", **arguments)


def test_a_handle_removes_and_the_writer_is_at_hand(tmp_path):
    source = RecordingEventSource()
    with TensorboardLogger(log_dir=tmp_path) as logger:
        handle = logger.attach_output_handler(
            source, EVENT | Events.EPOCH_COMPLETED, tag="t", output_transform=float
        )
        handle.remove()
        source.run([1])
        logger.add_scalar("mine", 2.0, 3)
    assert scalars(tmp_path) == {"mine": [(3, 2.0)]}


def test_without_tensorboard_the_message_has_the_command(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    with pytest.raises(MissingExtraError, match=r'pip install "ignite-handlers\[tensorboard\]"'):
        TensorboardLogger(log_dir=tmp_path)
