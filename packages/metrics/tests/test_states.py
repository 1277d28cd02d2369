"""What follows from the declaration of a metric's states."""

from __future__ import annotations

import pickle
from copy import deepcopy

import pytest
import torch

from ignite.metrics import (
    Accuracy,
    ConfusionMatrix,
    EpochMetric,
    Loss,
    Metric,
    StateSpec,
)
from ignite.metrics.testing import Spread

SCORES = torch.linspace(-2, 3, 36, dtype=torch.float64).sin().reshape(12, 3)
LABELS = torch.arange(12) % 3
METRICS = {
    "accuracy": Accuracy(),
    "loss": Loss(torch.nn.functional.cross_entropy),
    "confusion_matrix": ConfusionMatrix(3),
    "spread": Spread(),
    "rows": EpochMetric(torch.nn.functional.cross_entropy),
}


@pytest.fixture(params=METRICS)
def metric(request):
    metric = METRICS[request.param]
    metric.reset()
    return metric


def update(metric, chosen=slice(None)):
    batch = SCORES[chosen], LABELS[chosen]
    metric.update(batch[0] if isinstance(metric, Spread) else batch)
    return metric


def same(a, b):
    torch.testing.assert_close(a, b, rtol=1e-12, atol=0)


def test_reset_fills_the_states_in_place(metric):
    fresh = deepcopy(metric)
    where = {name: id(getattr(metric, name)) for name in metric._state_buffers}
    update(metric).reset()
    assert where == {name: id(getattr(metric, name)) for name in metric._state_buffers}
    same(metric.state_values(), fresh.state_values())


def test_compute_changes_nothing(metric):
    first = update(metric).compute()
    same(metric.compute(), first)
    twice = update(update(deepcopy(metric)))  # compute in between makes no difference
    metric.compute()
    same(update(update(metric)).compute(), twice.compute())


def test_merging_equals_one_metric_over_everything(metric):
    whole = update(deepcopy(metric)).compute()
    parts = [update(deepcopy(metric), part) for part in (slice(0, 5), slice(5, 6), slice(6, 12))]
    fresh = deepcopy(metric)
    before = parts[1].state_dict()
    assert parts[0].merge_state([parts[1], parts[2], fresh]) is parts[0]
    same(parts[0].compute(), whole)
    same(fresh.merge_state([parts[0]]).compute(), whole)
    same(parts[1].state_dict(), before)


def test_metrics_with_other_states_are_not_merged():
    metric = update(ConfusionMatrix(3))
    before = metric.compute()
    with pytest.raises(ValueError, match="construct both with the same arguments"):
        metric.merge_state([update(ConfusionMatrix(3)), ConfusionMatrix(4)])
    same(metric.compute(), before)


def test_a_state_dict_in_mid_epoch(metric):
    saved = update(metric, slice(0, 7)).state_dict()
    whole = update(metric, slice(7, 12)).compute()
    resumed = deepcopy(metric)
    resumed.load_state_dict(pickle.loads(pickle.dumps(saved)))
    same(update(resumed, slice(7, 12)).compute(), whole)


def test_a_state_dict_is_a_copy(metric):
    saved = update(metric).state_dict()
    kept = deepcopy(saved)
    update(metric)
    metric.reset()
    same(saved, kept)


def test_a_state_dict_of_a_larger_world_is_merged(metric):
    parts = [update(deepcopy(metric), part) for part in (slice(0, 5), slice(5, 12))]
    whole = update(deepcopy(metric)).compute()
    [(key, first)], [(_, second)] = parts[0].state_dict().items(), parts[1].state_dict().items()
    metric.load_state_dict({key: [*first, *second]})
    same(metric.compute(), whole)


def test_a_state_dict_of_something_else_is_refused():
    metric = update(ConfusionMatrix(3))
    before = metric.compute()
    with pytest.raises(TypeError, match="mapping, got list"):
        metric.load_state_dict([])
    for other in ({}, {"weight": 1}, {"__metric_state_per_rank": [3]}):
        with pytest.raises(ValueError, match="No metric made this state dict"):
            metric.load_state_dict(other)
    for other in (ConfusionMatrix(4), Accuracy()):
        with pytest.raises(ValueError, match="with the arguments it was saved with"):
            metric.load_state_dict(other.state_dict())
    same(metric.compute(), before)


def test_copies_are_independent(metric):
    for copied in (deepcopy(update(metric)), pickle.loads(pickle.dumps(metric))):
        expected = metric.compute()
        update(copied, slice(0, 3))
        same(metric.compute(), expected)
        copied.reset()
        same(update(copied).compute(), expected)


def test_moving_to_another_device(metric):
    moved = deepcopy(metric).to("meta")
    assert {getattr(moved, name).device.type for name in moved._state_buffers} == {"meta"}
    moved.reset()
    update(metric)
    same(deepcopy(metric).to("cpu").compute(), metric.compute())


class Last(Metric):
    """Binds its state to the tensors it is given."""

    def __init__(self):
        super().__init__()
        self.declare_state("last", "sum", torch.float32, shape=(3,))

    def update(self, output):
        self.last = output

    def compute(self):
        return self.last


def test_reset_never_writes_into_a_tensor_of_the_user():
    metric, given = Last(), torch.ones(3)
    metric.update(given)
    metric.reset()
    metric.update(given)
    metric.load_state_dict(Last().state_dict())
    metric.update(given)
    metric.to("cpu").reset()
    same(given, torch.ones(3))
    same(metric.compute(), torch.zeros(3))


@pytest.mark.parametrize(
    ("reduction", "dtype", "neutral"),
    [
        ("sum", torch.float32, 0),
        ("sum", int, 0),
        ("min", torch.float16, float("inf")),
        ("max", torch.float64, float("-inf")),
        ("min", torch.uint8, 255),
        ("max", torch.int64, -(2**63)),
    ],
)
def test_a_state_starts_where_it_changes_nothing(reduction, dtype, neutral):
    spec = StateSpec(reduction, dtype)
    assert spec.neutral == neutral
    value = 7 if dtype is int else torch.tensor(7, dtype=dtype)
    same(
        spec.merge([spec.neutral if dtype is int else torch.full_like(value, neutral), value]),
        value,
    )


@pytest.mark.parametrize(
    ("kwargs", "error", "message"),
    [
        ({"reduction": "mean"}, ValueError, "Unknown reduction 'mean'"),
        ({"reduction": "sum", "dtype": torch.bool}, TypeError, "got torch.bool"),
        ({"reduction": "max", "dtype": torch.complex64}, TypeError, "got torch.complex64"),
        ({"reduction": "sum", "dtype": float}, TypeError, "real torch dtype or of int"),
        ({"reduction": "sum", "dtype": int, "shape": (2,)}, ValueError, "a single sum"),
        ({"reduction": "max", "dtype": int}, ValueError, "a single sum"),
        ({"reduction": "sum", "limit": 3}, ValueError, "positive number of rows"),
        ({"reduction": "cat", "limit": 0}, ValueError, "positive number of rows"),
        ({"reduction": "sum", "shape": None}, TypeError, "of a known shape"),
        ({"reduction": "cat", "dtype": float}, TypeError, "torch dtype, or None"),
    ],
)
def test_bad_declarations(kwargs, error, message):
    with pytest.raises(error, match=message):
        Last().declare_state("other", **kwargs)


@pytest.mark.parametrize("name", ["last", "update"])
def test_a_name_that_is_taken(name):
    with pytest.raises(ValueError, match="already has"):
        Last().declare_state(name, "sum")
