from __future__ import annotations

import pytest
import torch

from ignite.events.interface import Events
from ignite.events.testing import RecordingEventSource
from ignite.metrics import Accuracy, BatchWise, EpochWise, Loss, Metric, MetricUsage


class Log(Metric):
    """Remembers what is done to it."""

    def __init__(self, result=None, **kwargs):
        self.result, self.log = result, []
        super().__init__(**kwargs)
        self.log.clear()

    def reset(self):
        self.log.append("reset")

    def update(self, output):
        self.log.append(output)

    def compute(self):
        self.log.append("compute")
        return self.result


def run(metric, outputs, epochs=1, name="m", **kwargs):
    source = RecordingEventSource()
    metric.attach(source, name, **kwargs)
    source.run(outputs, epochs=epochs)
    return source.state.metrics


@pytest.mark.parametrize("usage", [EpochWise(), "epoch_wise"])
def test_epoch_wise(usage):
    metric = Log()
    run(metric, ["a", "b"], epochs=2, usage=usage)
    assert metric.log == ["reset", "a", "b", "compute"] * 2


@pytest.mark.parametrize("usage", [BatchWise(), "batch_wise"])
def test_batch_wise(usage):
    metric = Log()
    run(metric, ["a", "b"], usage=usage)
    assert metric.log == ["reset", "a", "compute", "reset", "b", "compute"]


def test_a_usage_of_the_users_own():
    metric = Log()
    usage = MetricUsage(Events.STARTED, Events.COMPLETED, Events.ITERATION_COMPLETED(every=2))
    run(metric, ["a", "b", "c", "d"], epochs=2, usage=usage)
    assert metric.log == ["reset", "b", "d", "b", "d", "compute"]


def test_two_names_update_once():
    metric, source = Log(3), RecordingEventSource()
    metric.attach(source, "a")
    metric.attach(source, "b")
    source.run(["x"])
    assert metric.log == ["reset", "x", "compute", "compute"]
    assert source.state.metrics == {"a": 3, "b": 3}


def test_detach():
    metric, source = Log(3), RecordingEventSource()
    metric.attach(source, "a")
    metric.attach(source, "b")
    assert metric.is_attached(source)
    assert not metric.is_attached(source, "batch_wise")
    metric.detach(source)
    metric.detach(source)
    assert not metric.is_attached(source)
    source.run(["x"])
    assert metric.log == []
    assert source.state.metrics == {}


@pytest.mark.parametrize(
    ("usage", "error", "message"),
    [
        (
            "hourly",
            ValueError,
            "Unknown usage 'hourly'; use one of 'epoch_wise', ",
        ),
        (EpochWise, TypeError, "takes a MetricUsage object or a name"),
    ],
)
def test_bad_usage(usage, error, message):
    metric, source = Log(), RecordingEventSource()
    for method in (lambda: metric.attach(source, "m", usage), lambda: metric.detach(source, usage)):
        with pytest.raises(error, match=message):
            method()


def test_a_real_metric_over_epochs():
    scores, labels = torch.eye(2)[[0, 1, 1, 0]], torch.tensor([0, 1, 0, 0])
    batches = [(scores[:3], labels[:3]), (scores[3:], labels[3:])]
    assert run(Accuracy(), batches, epochs=3) == {"m": 0.75}
    assert run(Accuracy(), batches, usage="batch_wise") == {"m": 1.0}


def test_mappings_are_picked_by_key():
    metric = Log()
    run(metric, [{"y": 1, "y_pred": 2, "other": 3}])
    assert metric.log == ["reset", (2, 1), "compute"]

    y = torch.tensor([1.0, 2.0])
    output = {"y_pred": y + 2, "y": y, "criterion_kwargs": {"beta": 0.5}}
    expected = torch.nn.functional.smooth_l1_loss(y + 2, y, beta=0.5).item()
    loss = Loss(torch.nn.functional.smooth_l1_loss)
    assert run(loss, [output]) == {"m": pytest.approx(expected)}


def test_a_mapping_without_the_keys():
    with pytest.raises(
        ValueError, match=r"Log needs the keys .* give what is missing, \['y_pred'\]"
    ):
        run(Log(), [{"y": 1, "other": 3}])


def test_a_metric_that_takes_no_mapping():
    metric = Log()
    metric.required_output_keys = None
    with pytest.raises(TypeError, match="Log takes no mapping"):
        run(metric, [{"y": 1}])


def test_output_transform():
    metric = Log(output_transform=lambda output: {"y_pred": output["a"], "y": output["b"]})
    run(metric, [{"a": 1, "b": 2}])
    assert metric.log == ["reset", (1, 2), "compute"]


def test_lists_are_unrolled():
    a, b = torch.tensor([1, 2]), torch.tensor(3)
    metric = Log()
    run(metric, [([a, a], (b, 4))])
    first, second = metric.log[1:3]
    assert first[0] is a
    assert second[0] is a
    assert torch.equal(first[1], torch.tensor([3]))  # a batch of one
    assert torch.equal(second[1], torch.tensor([4]))

    metric = Log(skip_unrolling=True)
    run(metric, [([1, 2], [3, 4])])
    assert metric.log == ["reset", ([1, 2], [3, 4]), "compute"]


@pytest.mark.parametrize("output", [("ab", "cd"), ([1], 2), ({"a": 1}, {"a": 2}), 5, ()])
def test_other_outputs_are_taken_as_they_are(output):
    metric = Log()
    run(metric, [output])
    assert metric.log == ["reset", output, "compute"]


def test_lists_of_unequal_length():
    with pytest.raises(ValueError, match=r"lengths \[2, 3\]; give them one length"):
        run(Log(), [([1, 2], [3, 4, 5])])


def test_no_graph_is_built():
    weight = torch.ones(1, requires_grad=True)
    metric = Log(output_transform=lambda output: output * weight)
    run(metric, [torch.ones(1)])
    assert not metric.log[1].requires_grad


@pytest.mark.parametrize(
    ("result", "expected"),
    [(torch.tensor(3), 3), (torch.tensor(2.5), 2.5), (4, 4), ("text", "text"), (None, None)],
)
def test_scalars_become_numbers(result, expected):
    found = run(Log(result), ["x"])["m"]
    assert found == expected
    assert type(found) is type(expected)


def test_tensors_stay():
    result = torch.tensor([2.5])
    assert run(Log(result), ["x"])["m"] is result


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("flatten", {"a": 1, "b": 2}),
        ("named", {"m": {"a": 1, "b": 2}}),
        ("both", {"a": 1, "b": 2, "m": {"a": 1, "b": 2}}),
    ],
)
def test_mappings_as_results(mode, expected):
    result = {"a": 1, "b": 2}
    assert run(Log(result, metrics_result_mode=mode), ["x"]) == expected
    if mode != "flatten":
        with pytest.raises(ValueError, match="attach it under another name"):
            run(Log(result, metrics_result_mode=mode), ["x"], name="a")


def test_an_unknown_result_mode():
    with pytest.raises(ValueError, match="Unknown metrics_result_mode 'all'"):
        Log(metrics_result_mode="all")
