from __future__ import annotations

import operator
import pickle

import numpy as np
import pytest
import torch

from ignite.events.testing import RecordingEventSource
from ignite.metrics import Accuracy, ConfusionMatrix, Metric, MetricsLambda

BATCH = torch.tensor([[0.9, 0.1], [0.2, 0.8], [0.7, 0.3]]), torch.tensor([0, 1, 1])
MATRIX = np.array([[1, 0], [1, 1]])


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda m: m + 1, MATRIX + 1),
        (lambda m: 1 + m, 1 + MATRIX),
        (lambda m: m - 1, MATRIX - 1),
        (lambda m: 1 - m, 1 - MATRIX),
        (lambda m: m * 2.5, MATRIX * 2.5),
        (lambda m: 2.5 * m, 2.5 * MATRIX),
        (lambda m: m / 2, MATRIX / 2),
        (lambda m: 1 / (m + 1), 1 / (MATRIX + 1)),
        (lambda m: m // 2, MATRIX // 2),
        (lambda m: 3 // (m + 1), 3 // (MATRIX + 1)),
        (lambda m: m % 2, MATRIX % 2),
        (lambda m: 5 % (m + 1), 5 % (MATRIX + 1)),
        (lambda m: m**3, MATRIX**3),
        (lambda m: 3**m, 3**MATRIX),
        (lambda m: -m, -MATRIX),
        (lambda m: m[1], MATRIX[1]),
        (lambda m: m[:, 0], MATRIX[:, 0]),
        (lambda m: m.diag(), MATRIX.diagonal()),
        (lambda m: m.sum(dim=1), MATRIX.sum(1)),
        (lambda m: m.double().mean() * m, MATRIX.mean() * MATRIX),
        (lambda m: MetricsLambda(torch.add, m, m, alpha=2), 3 * MATRIX),
    ],
)
def test_values(make, expected):
    metric = make(ConfusionMatrix(2))
    metric.update(BATCH)
    np.testing.assert_allclose(metric.compute(), expected)
    metric.reset()
    metric.update(BATCH)
    np.testing.assert_allclose(metric.compute(), expected)


def test_a_source_that_occurs_twice_is_updated_once():
    matrix = ConfusionMatrix(2)
    metric = matrix[0] + MetricsLambda(operator.mul, matrix[1], 2)
    assert list(metric.sources()) == [matrix]
    metric.update(BATCH)
    assert metric.compute().tolist() == [3, 2]


def test_going_on_from_a_state_dict():
    metric, resumed = (ConfusionMatrix(2)[0] + Accuracy() for _ in range(2))
    metric.update(BATCH)
    resumed.load_state_dict(pickle.loads(pickle.dumps(metric.state_dict())))
    torch.testing.assert_close(resumed.compute(), metric.compute())
    with pytest.raises(ValueError, match="construct it as it was saved"):
        resumed.load_state_dict((1 - Accuracy()).state_dict())


def test_following_a_run():
    accuracy, source = Accuracy(), RecordingEventSource()
    (1 - accuracy).attach(source, "error")
    accuracy.attach(source, "accuracy")
    (accuracy * 100).attach(source, "percent")
    source.run([BATCH, BATCH], epochs=2)
    assert source.state.metrics == pytest.approx(
        {"error": 1 / 3, "accuracy": 2 / 3, "percent": 200 / 3}
    )


def test_detach():
    source = RecordingEventSource()
    metric = 1 - Accuracy()
    assert not metric.is_attached(source)
    metric.attach(source, "error", usage="batch_wise")
    assert metric.is_attached(source, "batch_wise")
    metric.detach(source, "batch_wise")
    assert not metric.is_attached(source, "batch_wise")
    source.run([BATCH])
    assert source.state.metrics == {}


def test_what_tensors_do_not_have():
    metric = Accuracy()
    for name in ("no_such_thing", "_hidden", "dtype"):
        assert not hasattr(metric, name)
    with pytest.raises(AttributeError, match="'Accuracy' object has no attribute 'sume'"):
        metric.sume()
    with pytest.raises(TypeError, match="not iterable"):
        list(metric)
    with pytest.raises(TypeError, match="f must be callable, got 3"):
        MetricsLambda(3, metric)


def test_it_can_be_pickled():
    metric = pickle.loads(pickle.dumps(ConfusionMatrix(2).diag().sum() / 2))
    assert isinstance(metric, Metric)
    metric.update(BATCH)
    assert metric.compute() == 1
