from __future__ import annotations

import numpy as np
import pytest
import torch

from ignite.distributed.testing import run_world
from ignite.events.testing import RecordingEventSource
from ignite.metrics import InvalidValuesError, MetricGroup, NotComputableError
from ignite.metrics.accumulation import Average, GeometricAverage, VariableAccumulation
from ignite.metrics.testing import observe_on_rank

ROWS = torch.tensor([[1.0, 2.0], [3.0, 5.0]])


def fed(metric, *outputs):
    for output in outputs:
        metric.update(output)
    return metric


@pytest.mark.parametrize(
    ("outputs", "average", "geometric"),
    [
        ((1, 2, 4), 7 / 3, 2.0),
        ((1.5, np.float32(2.5)), 2.0, 1.9364916731),
        ((True, 3), 2.0, 1.7320508076),
        ((torch.tensor(1.0), torch.tensor(2)), 1.5, 1.4142135624),
        (
            (torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0])),
            [2, 3],
            [1.7320508076, 2.8284271247],
        ),
        ((ROWS, torch.tensor([[3.0, 4.0]])), [7 / 3, 11 / 3], [2.0800838231, 3.4199518934]),
        ((torch.tensor([[0.0, 2.0]]), torch.tensor([9.0, 8.0])), [4.5, 5], [0, 4]),
        ((torch.tensor([[1, 0], [3, 0]]).bool(),), [1, 0], [1, 0]),
    ],
)
def test_values(outputs, average, geometric):
    found = fed(Average(), *outputs).compute()
    torch.testing.assert_close(found, torch.tensor(average, dtype=torch.float64))
    found = fed(GeometricAverage(), *outputs).compute()
    assert isinstance(found, float if isinstance(geometric, float) else torch.Tensor)
    expected = torch.tensor(geometric, dtype=torch.float64)
    torch.testing.assert_close(torch.as_tensor(found, dtype=torch.float64), expected)


def test_what_many_small_terms_add_up_to():
    metric = fed(Average(), 2.0**53, *[torch.ones(1000, 1).sum()] * 100)
    assert metric.compute() * 101 == pytest.approx(2.0**53 + 100_000, rel=1e-16)
    thousands = torch.full((70, 1), 1000.0).half()
    assert fed(Average(), thousands).compute().tolist() == [1000.0]
    large = torch.full((2, 1), 2**53 - 1)
    assert fed(Average(), large).compute().item() == 2**53 - 1


@pytest.mark.parametrize("metric", [Average, GeometricAverage])
def test_values_have_one_shape(metric):
    metric = fed(metric(), ROWS)
    before = metric.compute()
    for other in (1.0, torch.ones(3), torch.ones(2, 3), torch.ones(2, 2, 2)):
        with pytest.raises(ValueError, match=r"shape \(2,\), as before, got"):
            metric.update(other)
    torch.testing.assert_close(metric.compute(), before, rtol=0, atol=0)
    metric.reset()
    assert fed(metric, 3.0).compute() == pytest.approx(3.0)


@pytest.mark.parametrize(
    "create", [Average, GeometricAverage, lambda: VariableAccumulation(torch.add)]
)
def test_what_is_no_number(create):
    for output in ("1", (1, 2), [1.0], None, np.ones(3), 1j, torch.ones(2).cfloat()):
        with pytest.raises(TypeError, match="takes a real number or tensor, got"):
            create().update(output)
    metric = fed(create(), ROWS[:0])
    with pytest.raises(NotComputableError):
        metric.compute()


@pytest.mark.parametrize("bad", [-1.0, -1, float("nan"), torch.tensor([[2.0], [-2.0]])])
def test_what_has_no_logarithm_is_named_at_compute(bad):
    with pytest.raises(InvalidValuesError, match=r"1 of 1 geometric averages .* negative or NaN"):
        fed(GeometricAverage(), bad).compute()


def test_an_operation_of_the_users_own():
    def largest(so_far, output):
        return torch.maximum(so_far, torch.as_tensor(output))

    assert fed(VariableAccumulation(largest), 2.0, 7.0, 3.0).compute() == (7.0, 3)
    value, count = fed(VariableAccumulation(largest), torch.tensor([1.0, 5.0]), 2).compute()
    assert value.tolist() == [2.0, 5.0]
    assert count == 2
    value, count = fed(VariableAccumulation(lambda so_far, output: 5), ROWS).compute()
    assert value.dtype is torch.float64
    assert (value, count) == (5.0, 2)
    value, count = fed(VariableAccumulation(torch.add), ROWS, ROWS[:1], 1.0).compute()
    assert value.tolist() == [[3.0, 5.0], [5.0, 8.0]]
    assert count == 4
    with pytest.raises(TypeError, match="op must be callable, got 3"):
        VariableAccumulation(3)


def test_an_operation_that_changes_its_arguments_or_fails():
    metric = fed(VariableAccumulation(lambda so_far, output: so_far.add_(output)), 1.0, 2.0)
    kept = metric.compute()
    metric.update(4.0)
    assert kept == (3.0, 2)
    with pytest.raises(RuntimeError):
        metric.update(torch.ones(3))
    assert metric.compute() == (7.0, 3)


def test_a_rank_keeps_one_row():
    for create in (Average, GeometricAverage, lambda: VariableAccumulation(torch.add)):
        metric = fed(create(), *[2.0] * 10)
        assert len(metric.accumulator) == 1
        other = fed(create(), *[8.0] * 10)
        metric.merge_state([other, create()])
        whole = fed(create(), *[2.0] * 10, *[8.0] * 10, 3.0, 5.0)
        torch.testing.assert_close(fed(metric, 3.0, 5.0).compute(), whole.compute())


@pytest.mark.parametrize("create", [Average, GeometricAverage])
def test_averages_accumulate_alike(create):
    group = MetricGroup({"one": create(), "other": create()})
    group.update(ROWS)
    assert len(list(group.sources())) == (1 if create is Average else 2)
    torch.testing.assert_close(*group.compute().values())


def test_ranks_together():
    metric = VariableAccumulation(torch.add)
    shards = [[torch.tensor([1.0, 2.0]), torch.tensor([4.0, 4.0])], [torch.tensor([0.5, 0.5])], []]
    for [observation] in run_world(observe_on_rank, 3, metric, [shards]):
        for value, count in (observation.value, observation.again, observation.resumed):
            assert value.tolist() == [5.5, 6.5]
            assert count == 3


def test_following_a_run():
    source = RecordingEventSource()
    Average().attach(source, "loss")
    GeometricAverage(output_transform=lambda output: output * 2).attach(source, "speed")
    source.run([1.0, 4.0], epochs=2)
    assert source.state.metrics["loss"] == 2.5
    assert source.state.metrics["speed"] == pytest.approx(4.0)
    assert all(type(value) is float for value in source.state.metrics.values())
