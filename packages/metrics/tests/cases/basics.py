"""Accuracy, confusion matrix and loss, against scikit-learn and numpy."""

from __future__ import annotations

from functools import partial

import numpy as np
import torch
import torch.nn.functional as F
from sklearn.metrics import accuracy_score, confusion_matrix

from ignite.metrics import Accuracy, ConfusionMatrix, EpochMetric, Loss
from ignite_contracts.metric import Bad, MetricCase


def multiclass(rng, n):
    return torch.tensor(rng.normal(size=(n, 4))), torch.tensor(rng.integers(0, 4, n))


def one_class(rng, n):
    return torch.tensor(rng.normal(size=(n, 4))), torch.full((n,), 2)


def ties(rng, n):
    return torch.tensor(rng.integers(0, 2, (n, 4))), torch.tensor(rng.integers(0, 4, n))


def images(rng, n):
    return torch.tensor(rng.normal(size=(n, 4, 2, 3))), torch.tensor(rng.integers(-1, 5, (n, 2, 3)))


def binary(rng, n):
    return torch.tensor(rng.integers(0, 2, (n, 3))), torch.tensor(rng.integers(0, 2, (n, 3)))


def values(rng, n):
    return torch.tensor(rng.normal(size=n)), torch.tensor(rng.normal(size=n))


def far_apart(rng, n):
    return torch.tensor(rng.normal(size=n) * 1e6), torch.tensor(rng.normal(size=n) * 1e-6)


def counted(data):
    y_pred, y = data[0].argmax(1).flatten(), data[1].flatten()
    inside = (y >= 0) & (y < 4)
    if not inside.any():
        return np.zeros((4, 4))
    return confusion_matrix(y[inside], y_pred[inside], labels=range(4))


SCORES = {"scores": multiclass, "one class": one_class, "ties": ties}
BAD_SCORES = {
    "lengths": Bad((torch.zeros(3, 4), torch.zeros(2, dtype=torch.long)), ValueError),
    "complex": Bad((torch.zeros(3, 4).cfloat(), torch.zeros(3, dtype=torch.long)), TypeError),
}

CASES = {
    "accuracy, multiclass": MetricCase(
        Accuracy,
        SCORES,
        lambda data: accuracy_score(data[1], data[0].argmax(1)),
        bad=BAD_SCORES,
    ),
    "accuracy, binary": MetricCase(
        Accuracy,
        {"flags": binary},
        lambda data: accuracy_score(data[1].flatten(), data[0].flatten()),
    ),
    "accuracy, multilabel": MetricCase(
        partial(Accuracy, is_multilabel=True),
        {"flags": binary},
        lambda data: accuracy_score(data[1], data[0]),
    ),
    "confusion matrix": MetricCase(
        partial(ConfusionMatrix, 4),
        {**SCORES, "images": images},
        counted,
        bad={
            **BAD_SCORES,
            "classes": Bad((torch.zeros(3, 5), torch.zeros(3, dtype=torch.long)), ValueError),
        },
    ),
    "loss": MetricCase(
        partial(Loss, F.l1_loss),
        {"values": values, "far apart": far_apart},
        lambda data: np.abs(data[0] - data[1]).mean(),
    ),
    "epoch metric": MetricCase(
        partial(EpochMetric, F.mse_loss, check_compute_fn=False),
        {"values": values},
        lambda data: ((data[0] - data[1]) ** 2).mean(),
        keeps_rows=True,
        bad={"lengths": Bad((torch.zeros(3).double(), torch.zeros(2).double()), ValueError)},
    ),
}
