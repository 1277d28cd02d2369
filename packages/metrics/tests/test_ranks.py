"""The same result on real ranks, with uneven and empty shards."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ignite.distributed.testing import run_world, serial_world
from ignite.metrics import (
    Accuracy,
    ConfusionMatrix,
    EpochMetric,
    Loss,
    MetricGroup,
    RunningAverage,
)
from ignite.metrics.testing import (
    DecoratedMean,
    Spread,
    counted_collectives,
    follow_on_rank,
    observe_on_rank,
)

KEPT = ["all_gather", "all_gather_coalesced"]  # of which kind rows are, and the rows themselves

REDUCED = ["all_reduce"]
METRICS = {
    "accuracy": (Accuracy(), REDUCED),
    "multilabel": (Accuracy(is_multilabel=True), REDUCED),
    "loss": (Loss(torch.nn.functional.cross_entropy), 2 * REDUCED),
    "confusion_matrix": (ConfusionMatrix(3), REDUCED),
    "recall": (ConfusionMatrix(3, average="recall"), REDUCED),
    "spread": (Spread(), 4 * REDUCED),  # int64 sum; float64 sum, min and max
    "decorated": (DecoratedMean(), 2 * REDUCED),
    "epoch": (EpochMetric(torch.nn.functional.cross_entropy), KEPT),
    "lambda": (1 - Accuracy() + Loss(torch.nn.functional.cross_entropy), 2 * REDUCED),
    "group": (
        MetricGroup(
            {
                "matrix": ConfusionMatrix(3),
                "accuracy": Accuracy(),
                "loss": Loss(torch.nn.functional.cross_entropy),
                "epoch": EpochMetric(torch.nn.functional.cross_entropy),
                "error": 1 - Accuracy(),
            }
        ),
        2 * REDUCED + KEPT,
    ),
}


def draw(rng, name, world_size):
    """Return the batches of each rank; some have none, but not all."""
    counts = rng.integers(0, 4, world_size)
    counts[rng.integers(world_size)] += 1
    return [[batch(rng, name) for _ in range(count)] for count in counts]


def batch(rng, name):
    n = int(rng.integers(1, 6))
    if name == "multilabel":
        return torch.tensor(rng.integers(0, 2, (n, 2))), torch.tensor(rng.integers(0, 2, (n, 2)))
    scores = torch.tensor(rng.normal(size=(n, 3)), dtype=torch.float32)
    if name in ("spread", "decorated"):
        return scores
    return scores, torch.tensor(rng.integers(0, 3, n))


@pytest.mark.parametrize("world_size", [2, 3])
@pytest.mark.parametrize("name", METRICS)
def test_ranks_together_equal_one(name, world_size):
    metric, collectives = METRICS[name]
    rng = np.random.default_rng(world_size)
    examples = [draw(rng, name, world_size) for _ in range(12)]
    whole = [[[batch for shard in shards for batch in shard]] for shards in examples]
    expected = [observation.value for observation in observe_on_rank(metric, whole)]

    for rank in run_world(observe_on_rank, world_size, metric, examples):
        for observation, value in zip(rank, expected, strict=True):
            torch.testing.assert_close(observation.value, value, rtol=1e-6, atol=1e-6)
            assert_identical(observation.again, observation.value)
            if name != "decorated":  # it declares no state, so it has none to save
                assert_identical(observation.resumed, observation.value)
            assert observation.collectives == collectives


@pytest.mark.parametrize("world_size", [2, 3])
def test_metrics_of_one_event_travel_together(world_size):
    """Twenty metrics, two of them with rows, ask for no more collectives than one of each kind."""
    kinds = ["accuracy", "loss", "confusion_matrix", "epoch", "lambda"]
    metrics = {f"{kind} {number}": METRICS[kind][0] for kind in kinds for number in range(4)}
    rng = np.random.default_rng(world_size)
    examples = [draw(rng, "accuracy", world_size) for _ in range(8)]
    whole = [[[batch for shard in shards for batch in shard]] for shards in examples]
    expected = follow_on_rank(metrics, whole)
    for rank in run_world(follow_on_rank, world_size, metrics, examples):
        for (results, collectives), (alone, _) in zip(rank, expected, strict=True):
            torch.testing.assert_close(results, alone, rtol=1e-6, atol=1e-6)
            assert collectives == 2 * REDUCED + KEPT


def test_running_averages_are_those_of_the_mean_over_ranks():
    average = RunningAverage(alpha=0.5, output_transform=float)
    examples = [[[1.0, 2.0, 6.0], [3.0, 4.0, 0.0]]]
    for rank in run_world(observe_on_rank, 2, average, examples):
        assert rank[0].value == pytest.approx(0.5 * 3.0 + 0.5 * (0.5 * 3.0 + 0.5 * 2.0))


def assert_identical(a, b):
    torch.testing.assert_close(a, b, rtol=0, atol=0)


def test_a_world_of_one_needs_no_collective():
    metric = Spread()
    metric.update(torch.tensor([1.0]))
    with serial_world(), counted_collectives() as collectives:
        metric.compute()
        metric.load_state_dict(metric.state_dict())
    assert collectives == []
