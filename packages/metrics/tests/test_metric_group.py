from __future__ import annotations

import pickle

import pytest
import torch

from ignite.events.testing import RecordingEventSource
from ignite.metrics import Accuracy, ConfusionMatrix, Loss, Metric, MetricGroup

BATCH = torch.tensor([[0.9, 0.1], [0.2, 0.8], [0.7, 0.3]]), torch.tensor([0, 1, 1])


class Counted(Metric):
    """Counts its updates, all alike in what they accumulate."""

    def __init__(self, factor=1, key="shared", **kwargs):
        super().__init__(**kwargs)
        self.factor, self.key, self.updates = factor, key, 0
        self.declare_state("total", "sum", torch.float64)
        self.declare_state("count", "sum", int)

    def sharing_key(self):
        return self.key

    def update(self, output):
        self.updates += 1
        self.total += output.sum()
        self.count += 1

    def compute(self):
        return self.factor * self.total.item() / self.count


def pick(output):
    return output[0], output[1]


def test_each_metric_by_its_name():
    group = MetricGroup(
        {
            "accuracy": Accuracy(output_transform=pick),
            "loss": Loss(torch.nn.functional.cross_entropy, output_transform=pick),
            "error": 1 - Accuracy(output_transform=pick),
        },
        output_transform=lambda output: output["out"],
    )
    source = RecordingEventSource()
    group.attach(source, "all")
    source.run([{"out": (*BATCH, "more")}] * 2, epochs=2)
    expected = {
        "accuracy": 2 / 3,
        "loss": torch.nn.functional.cross_entropy(*BATCH).item(),
        "error": 1 / 3,
    }
    assert source.state.metrics.pop("all") == pytest.approx(expected)
    assert source.state.metrics == pytest.approx(expected)


def test_each_metric_takes_what_it_needs_of_a_mapping():
    group = MetricGroup({"accuracy": Accuracy(), "matrix": ConfusionMatrix(2)})
    source = RecordingEventSource()
    group.attach(source, "all")
    source.run([{"y_pred": BATCH[0], "y": BATCH[1], "id": 3}])
    assert source.state.metrics["accuracy"] == 2 / 3


def test_lists_are_one_update_for_each_position():
    group = MetricGroup({"accuracy": Accuracy()})
    source = RecordingEventSource()
    group.attach(source, "all")
    source.run([([BATCH[0], BATCH[0][:1]], [BATCH[1], BATCH[1][:1]])])
    assert source.state.metrics["accuracy"] == 3 / 4


def test_metrics_that_accumulate_alike_are_updated_once():
    metrics = {"one": Counted(), "two": Counted(factor=2), "other": Counted(key="other")}
    metrics["twice"] = metrics["two"] * 2
    group = MetricGroup(metrics)
    for value in (1.0, 3.0):
        group.update(torch.tensor([value]))
    assert group.compute() == {"one": 2, "two": 4, "other": 2, "twice": 8}
    assert [metric.updates for metric in list(metrics.values())[:3]] == [2, 0, 2]
    group.reset()
    group.update(torch.tensor([5.0]))
    assert group.compute() == {"one": 5, "two": 10, "other": 5, "twice": 20}


def test_other_transforms_are_other_data():
    group = MetricGroup({"one": Counted(), "half": Counted(output_transform=lambda x: x / 2)})
    group.update(torch.tensor([4.0]))
    assert group.compute() == {"one": 4, "half": 2}


def test_going_on_from_a_state_dict():
    def make():
        return MetricGroup({"one": Counted(), "two": Counted(factor=2), "accuracy": Accuracy()})

    group = MetricGroup({"one": Counted(), "two": Counted(factor=2)})
    group.update(torch.tensor([1.0]))
    resumed = MetricGroup({"one": Counted(), "two": Counted(factor=2)})
    resumed.load_state_dict(pickle.loads(pickle.dumps(group.state_dict())))
    for each in (group, resumed):
        each.update(torch.tensor([3.0]))
        assert each.compute() == {"one": 2, "two": 4}
    before = group.compute()
    with pytest.raises(ValueError, match="construct it as it was saved"):
        group.load_state_dict(make().state_dict())
    broken = {**group.state_dict(), "two": {}}
    with pytest.raises(ValueError, match="No metric made this"):
        group.load_state_dict(broken)
    with pytest.raises(TypeError, match="mapping, got list"):
        group.load_state_dict([])
    assert group.compute() == before


def test_what_is_no_group():
    for metrics in ([Accuracy()], {"a": 1}):
        with pytest.raises(TypeError, match="mapping of names to metrics"):
            MetricGroup(metrics)
