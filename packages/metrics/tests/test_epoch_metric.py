from __future__ import annotations

import warnings

import pytest
import torch

from ignite.metrics import CapacityExceeded, EpochMetric, NotComputableError
from ignite.metrics.epoch_metric import EpochMetricWarning


def shapes(y_pred, y):
    return tuple(y_pred.shape), tuple(y.shape)


@pytest.mark.parametrize(
    ("predicted", "target", "expected"),
    [
        ((3,), (3,), ((6,), (6,))),
        ((3, 1), (3,), ((6,), (6,))),
        ((3, 4), (3, 1), ((6, 4), (6,))),
        ((3, 4), (3, 4), ((6, 4), (6, 4))),
    ],
)
def test_all_examples_in_order(predicted, target, expected):
    metric = EpochMetric(lambda y_pred, y: (y_pred, y))
    batches = [(torch.randn(predicted), torch.randint(3, target)) for _ in range(2)]
    for batch in batches:
        metric.update(batch)
    y_pred, y = metric.compute()
    assert shapes(y_pred, y) == expected
    assert torch.equal(y_pred, torch.cat([b[0] for b in batches]).reshape(expected[0]))
    assert torch.equal(y, torch.cat([b[1] for b in batches]).reshape(expected[1]))


def test_what_is_kept_is_a_copy():
    metric = EpochMetric(lambda y_pred, y: y_pred.sum().item())
    y_pred = torch.ones(3, requires_grad=True)
    metric.update((y_pred, torch.ones(3)))
    with torch.no_grad():
        y_pred.zero_()
    assert metric.compute() == 3


@pytest.mark.parametrize(
    ("batch", "message"),
    [
        ((torch.zeros(3, 2, 2), torch.zeros(3)), "y_pred must be of shape"),
        ((torch.zeros(3), torch.tensor(1.0)), "y must be of shape"),
        ((torch.zeros(3), torch.zeros(2)), "y_pred has 3 examples and y 2"),
        ((torch.zeros(3, 2), torch.zeros(3)), r"Expected y_pred of shape \(n\)"),
        ((torch.zeros(3), torch.zeros(3, 2)), r"Expected y of shape \(n\)"),
        ((torch.zeros(3).double(), torch.zeros(3)), "y_pred of torch.float32, as before"),
        ((torch.zeros(3), torch.zeros(3).int()), "y of torch.float32, as before"),
    ],
)
def test_a_batch_that_does_not_fit_changes_nothing(batch, message):
    metric = EpochMetric(shapes)
    metric.update((torch.zeros(2), torch.zeros(2)))
    with pytest.raises(ValueError, match=message):
        metric.update(batch)
    assert metric.compute() == ((2,), (2,))


def test_a_limit():
    metric = EpochMetric(shapes, max_examples=3)
    metric.update((torch.zeros(2), torch.zeros(2)))
    with pytest.raises(CapacityExceeded, match="2 rows are kept and 2 more"):
        metric.update((torch.zeros(2), torch.zeros(2)))
    metric.update((torch.zeros(1), torch.zeros(1)))
    assert metric.compute() == ((3,), (3,))
    metric.reset()
    metric.update((torch.zeros(3, 2), torch.zeros(3)))  # of another shape, after a reset


def test_a_function_that_fails_is_told_early():
    def fail(y_pred, y):
        raise ZeroDivisionError("on purpose")

    metric = EpochMetric(fail)
    with pytest.warns(EpochMetricWarning, match="on purpose"):
        metric.update((torch.zeros(2), torch.zeros(2)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        metric.update((torch.zeros(2), torch.zeros(2)))
        EpochMetric(fail, check_compute_fn=False).update((torch.zeros(2), torch.zeros(2)))
    with pytest.raises(ZeroDivisionError, match="on purpose"):
        metric.compute()


def test_nothing_to_compute_from():
    with pytest.raises(NotComputableError, match="EpochMetric has seen no example"):
        EpochMetric(shapes).compute()
    with pytest.raises(TypeError, match="callable, got 3"):
        EpochMetric(3)
