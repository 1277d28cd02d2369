"""What the progress bar shows, and when it looks at values."""

from __future__ import annotations

import io
import sys

import pytest
import torch

from ignite.events.interface import Events
from ignite.events.testing import RecordingEventSource
from ignite.handlers import MissingExtraError, ProgressBar

pytest.importorskip("tqdm")

FORMAT = "{desc}{n_fmt}/{total_fmt}{postfix}"


def shown(
    *, epochs=1, batches=(1.0, 2.0, 3.0), step=lambda x: x, attach=None, mininterval=0, **bar
):
    """Return the lines that a run shows, one after another."""
    screen, source = io.StringIO(), RecordingEventSource()
    source.state.metrics.update(a=1 / 3, v=torch.tensor([1.0, 2.0]))
    bar = {"persist": True, "bar_format": FORMAT, "ncols": 80, **bar}
    ProgressBar(file=screen, mininterval=mininterval, **bar).attach(source, **(attach or {}))
    source.run(batches, step, epochs=epochs)
    lines = [line.strip() for line in screen.getvalue().replace("\n", "\r").split("\r")]
    return [
        line for line, before in zip(lines, ["", *lines], strict=False) if line and line != before
    ]


def test_a_bar_per_epoch():
    assert shown(epochs=2, batches=[1, 2]) == [
        "Epoch [1/2]: 1/2",
        "Epoch [1/2]: 2/2",
        "Epoch [2/2]: 1/2",
        "Epoch [2/2]: 2/2",
    ]


def test_a_single_epoch_and_a_name():
    assert shown(batches=[1]) == ["Iteration: 1/1"]
    assert shown(batches=[1], desc="Training") == ["Training: 1/1"]
    assert shown(batches=[1], epochs=2, desc="Training")[0] == "Training [1/2]: 1/1"


@pytest.mark.parametrize(
    ("attach", "expected"),
    [
        ({"output_transform": lambda x: x}, "output=1"),
        ({"output_transform": lambda x: {"loss": x / 3}}, "loss=0.333"),
        ({"output_transform": lambda x: [x, x]}, "output_0=1, output_1=1"),
        ({"output_transform": lambda x: "abc"}, "output=abc"),
        ({"metric_names": "all"}, "a=0.333, v_0=1, v_1=2"),
        ({"metric_names": ["a"]}, "a=0.333"),
        ({"state_attributes": ["iteration"]}, "iteration=1"),
    ],
)
def test_values(attach, expected):
    assert shown(batches=[1.0], attach=attach) == [f"Iteration: 1/1, {expected}"]


def test_a_bar_of_epochs_and_one_of_the_whole_run():
    epochs = {"event_name": Events.EPOCH_COMPLETED, "closing_event_name": Events.COMPLETED}
    assert shown(epochs=2, attach=epochs) == ["Epoch: 1/2", "Epoch: 2/2"]
    whole = {"closing_event_name": Events.COMPLETED}
    assert shown(epochs=2, batches=[1, 2], attach=whole)[-1] == "Iteration: 4/4"


def test_filtered_events_count_in_steps():
    every = {"event_name": Events.ITERATION_COMPLETED(every=2)}
    assert shown(batches=range(5), attach=every) == ["Iteration: 2/5", "Iteration: 4/5"]


def test_an_unknown_length():
    screen, source = io.StringIO(), RecordingEventSource()
    ProgressBar(file=screen, bar_format=FORMAT, mininterval=0).attach(source)
    for source.state.iteration in (1, 2):
        source.fire_event(Events.ITERATION_COMPLETED)
    source.fire_event(Events.COMPLETED)
    assert "2/?" in screen.getvalue()


def test_a_resumed_run_starts_in_the_middle():
    screen, source = io.StringIO(), RecordingEventSource()
    ProgressBar(file=screen, bar_format=FORMAT, mininterval=0).attach(source)
    source.state.iteration, source.state.epoch_length = 13, 10
    source.fire_event(Events.ITERATION_COMPLETED)
    source.fire_event(Events.COMPLETED)
    assert "3/10" in screen.getvalue()


def test_it_is_erased_unless_persistent_and_ends_with_the_run():
    screen, source = io.StringIO(), RecordingEventSource()
    bar = ProgressBar(file=screen, bar_format=FORMAT)
    bar.attach(source)
    source.add_event_handler(Events.ITERATION_COMPLETED(once=2), source.terminate)
    source.run([1, 2, 3], epochs=2)
    assert bar.pbar is None
    assert screen.getvalue().endswith(" \r")


def test_values_are_read_only_when_the_bar_is_drawn():
    read = []

    def transform(output):
        read.append(output)
        return output

    shown(batches=range(10_000), attach={"output_transform": transform}, mininterval=60)
    assert read == [0, 9_999]  # the first, and the last one as the bar stays on the screen


def test_messages_go_above_the_bar(capsys):
    screen = io.StringIO()
    ProgressBar(file=screen).log_message("hello")
    assert capsys.readouterr().out == "hello\n"


@pytest.mark.parametrize(
    "events",
    [
        {"event_name": Events.COMPLETED},
        {"event_name": Events.EPOCH_COMPLETED},
        {"event_name": "saved"},
        {"closing_event_name": Events.EPOCH_COMPLETED(every=2)},
        {"closing_event_name": Events.ITERATION_COMPLETED},
    ],
)
def test_events_that_do_not_fit_are_refused(events):
    with pytest.raises(ValueError, match=r"COMPLETED|filter"):
        ProgressBar().attach(RecordingEventSource(), **events)


def test_without_tqdm_the_message_has_the_command(monkeypatch):
    from ignite.handlers import tqdm_logger

    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    tqdm_logger._bar_class.cache_clear()
    with pytest.raises(MissingExtraError, match=r'pip install "ignite-handlers\[tqdm\]"'):
        ProgressBar()
