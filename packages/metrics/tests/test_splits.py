"""However the data is cut into batches, the result is that of the whole, and the oracle's."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, confusion_matrix

from ignite.metrics import Accuracy, ConfusionMatrix, Loss
from ignite.metrics.testing import Spread


def binary(rng, n):
    return torch.tensor(rng.integers(0, 2, (n, 3))), torch.tensor(rng.integers(0, 2, (n, 3)))


def multiclass(rng, n):
    return torch.tensor(rng.normal(size=(n, 4))), torch.tensor(rng.integers(0, 4, n))


def images(rng, n):
    return torch.tensor(rng.normal(size=(n, 4, 2, 3))), torch.tensor(rng.integers(-1, 5, (n, 2, 3)))


def values(rng, n):
    return torch.tensor(rng.normal(size=n)), torch.tensor(rng.normal(size=n))


def counted(y_pred, y):
    y_pred, y = y_pred.argmax(1).flatten(), y.flatten()
    inside = (y >= 0) & (y < 4)
    return confusion_matrix(y[inside], y_pred[inside], labels=range(4)) if inside.any() else 0


CASES = {
    "binary": (Accuracy(), binary, lambda p, y: accuracy_score(y.flatten(), p.flatten())),
    "multiclass": (Accuracy(), multiclass, lambda p, y: accuracy_score(y, p.argmax(1))),
    "multilabel": (Accuracy(is_multilabel=True), binary, lambda p, y: accuracy_score(y, p)),
    "loss": (Loss(F.l1_loss), values, lambda p, y: np.abs(p - y).mean().item()),
    "confusion": (ConfusionMatrix(4), images, counted),
    "recall": (
        ConfusionMatrix(4, average="recall"),
        multiclass,
        lambda p, y: confusion_matrix(y, p.argmax(1), labels=range(4), normalize="true"),
    ),
    "precision": (
        ConfusionMatrix(4, average="precision"),
        multiclass,
        lambda p, y: confusion_matrix(y, p.argmax(1), labels=range(4), normalize="pred"),
    ),
    "samples": (
        ConfusionMatrix(4, average="samples"),
        multiclass,
        lambda p, y: confusion_matrix(y, p.argmax(1), labels=range(4), normalize="all"),
    ),
}


@pytest.mark.filterwarnings("ignore:A single label was found")  # scikit-learn's, on one example
@pytest.mark.parametrize("case", CASES)
@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.integers(1, 20),
    cuts=st.lists(st.integers(0, 20), max_size=5),
)
def test_any_split_equals_the_whole(case, seed, n, cuts):
    metric, draw, oracle = CASES[case]
    y_pred, y = draw(np.random.default_rng(seed), n)
    bounds = sorted({min(cut, n) for cut in cuts} | {0, n})
    empty = [(y_pred[:0], y[:0])]  # a batch may also have nothing in it
    batches = [(y_pred[a:b], y[a:b]) for a, b in pairwise(bounds)] + empty

    metric.reset()
    for batch in batches:
        metric.update(batch)
    np.testing.assert_allclose(metric.compute(), oracle(y_pred.numpy(), y.numpy()), rtol=1e-6)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.floats(-1e6, 1e6), min_size=1), min_size=1))
def test_a_metric_with_a_state_of_each_reduction(batches):
    metric = Spread()
    for batch in batches:
        metric.update(torch.tensor(batch, dtype=torch.float64))
    whole = np.concatenate(batches)
    expected = {"lowest": whole.min(), "highest": whole.max(), "mean": whole.mean()}
    assert metric.compute() == pytest.approx(expected, abs=1e-6)
