from __future__ import annotations

import pytest
import torch

from ignite.distributed.testing import run_world
from ignite.events.interface import Events
from ignite.events.testing import RecordingEventSource
from ignite.metrics import NotComputableError
from ignite.metrics.frequency import Frequency
from ignite.metrics.testing import observe_on_rank

SECOND = 10**9


class Clock:
    def __init__(self):
        self.now = 0

    def __call__(self):
        return self.now

    def wait(self, seconds):
        self.now += int(seconds * SECOND)


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr("ignite.metrics.frequency.perf_counter_ns", clock)
    return clock


def test_from_the_reset_to_the_last_update(clock):
    metric = Frequency()
    clock.wait(5)
    metric.reset()
    clock.wait(1)
    metric.update(30)
    clock.wait(1)
    metric.update(10)
    clock.wait(7)  # as in a validation, before the result is asked for
    assert metric.compute() == 20.0
    assert metric.compute() == 20.0
    metric.reset()
    clock.wait(0.5)
    metric.update(10)
    assert metric.compute() == 20.0


def test_without_any_update(clock):
    metric = Frequency()
    with pytest.raises(NotComputableError):
        metric.compute()
    metric.update(0)
    assert metric.compute() == 0.0


@pytest.mark.parametrize(
    ("output", "error", "message"),
    [
        (1.5, TypeError, "whole number of examples, got float"),
        (torch.tensor(3), TypeError, "got Tensor.*output_transform="),
        (None, TypeError, "got NoneType"),
        (-1, ValueError, "not negative, got -1"),
    ],
)
def test_what_is_no_number_of_examples(clock, output, error, message):
    metric = Frequency()
    clock.wait(1)
    metric.update(3)
    with pytest.raises(error, match=message):
        metric.update(output)
    assert metric.compute() == 3.0


def test_saved_it_goes_on(clock):
    metric = Frequency()
    clock.wait(2)
    metric.update(10)
    saved = metric.state_dict()
    clock.wait(100)
    resumed = Frequency()
    resumed.load_state_dict(saved)
    clock.wait(2)
    resumed.update(30)
    assert resumed.compute() == 10.0


def run(source, clock, **kwargs):
    results = []
    metric = Frequency(output_transform=len)
    metric.attach(source, "examples/s", **kwargs)
    source.add_event_handler(
        Events.ITERATION_COMPLETED,
        lambda: results.append(dict(source.state.metrics).get("examples/s")),
    )
    source.add_event_handler(Events.EPOCH_COMPLETED, lambda: clock.wait(10))
    source.run(["four", "thirteen char"], step=lambda batch: clock.wait(2) or batch, epochs=2)
    return metric, results


def test_each_epoch_anew_without_the_time_in_between(clock):
    source = RecordingEventSource()
    metric, results = run(source, clock)
    assert results == [2, 4, 2, 4]  # 4 / 2, 17 / 4, rounded down
    assert metric.is_attached(source)
    metric.detach(source)
    assert not metric.is_attached(source)
    source.state.metrics.clear()
    source.state.epoch = 0
    source.run(["four"])
    assert source.state.metrics == {}


def test_once_per_epoch(clock):
    source = RecordingEventSource()
    metric, results = run(source, clock, event_name=Events.EPOCH_COMPLETED)
    assert results == [None, None, 4, 4]
    assert not metric.is_attached(source)
    assert metric.is_attached(source, Events.EPOCH_COMPLETED)
    metric.detach(source, Events.EPOCH_COMPLETED)
    assert not metric.is_attached(source, Events.EPOCH_COMPLETED)


def test_ranks_work_at_the_same_time(clock):
    metrics = [Frequency(), Frequency(), Frequency()]
    for metric, seconds in zip(metrics, (2, 1), strict=False):  # the third has no data
        metric.reset()
        clock.wait(seconds)
        metric.update(30)
    merged = Frequency().merge_state(metrics)
    assert merged.compute() == pytest.approx(60 / 1.5)


def test_on_ranks():
    shards = [[100, 100], [50], []]
    first, *others = run_world(observe_on_rank, 3, Frequency(), [shards])
    for [observation] in (first, *others):
        assert observation.value == observation.again == first[0].value > 0
        assert observation.collectives == ["all_reduce"]
