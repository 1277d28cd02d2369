"""Fairness, against numpy and scikit-learn applied to each group."""

from __future__ import annotations

from functools import partial

import numpy as np
import torch
import torch.nn.functional as F
from sklearn.metrics import accuracy_score, recall_score

from ignite.metrics import Accuracy, ConfusionMatrix, EpochMetric, Loss
from ignite.metrics.fairness import (
    DemographicParityDifference,
    SelectionRate,
    SubgroupAccuracyDifference,
    SubgroupDifference,
    SubgroupMetric,
)
from ignite.metrics.fbeta import Fbeta
from ignite.metrics.recall import Recall
from ignite_contracts.metric import Bad, MetricCase

GROUPS = [3, 0, 7]


def groups(rng, n):
    """Return groups of which two at least have examples, and 5, which is not asked for."""
    drawn = rng.choice([0, 3, 5, 7], n)
    drawn[:2] = 0, 3
    return torch.tensor(drawn)


def multiclass(rng, n):
    return torch.tensor(rng.normal(size=(n, 4))), torch.tensor(rng.integers(0, 4, n))


def images(rng, n):
    return torch.tensor(rng.normal(size=(n, 4, 2))), torch.tensor(rng.integers(0, 4, (n, 2)))


def binary(rng, n):
    return torch.tensor(rng.integers(0, 2, n)), torch.tensor(rng.random(n) < 0.5)


def columns(rng, n):
    return torch.tensor(rng.integers(0, 2, (n, 1))).half(), torch.tensor(rng.integers(0, 2, n))


def binary_images(rng, n):
    return torch.tensor(rng.random((n, 3)) < 0.1), torch.tensor(rng.integers(0, 2, (n, 3)))


def multilabel(rng, n):
    return torch.tensor(rng.integers(0, 2, (n, 3))), torch.tensor(rng.integers(0, 2, (n, 3)))


def multilabel_images(rng, n):
    return torch.tensor(rng.integers(0, 2, (n, 3, 2))), torch.tensor(rng.random((n, 3, 2)) < 0.9)


def with_groups(draw):
    return lambda rng, n: (*draw(rng, n), groups(rng, n))


def in_groups(draws):
    return {name: with_groups(draw) for name, draw in draws.items()}


def unbalanced(rng, n):
    labels = torch.full((n,), 7.0)
    labels[0] = 3
    return *multiclass(rng, n), labels.unsqueeze(1)


MULTICLASS = {"scores": multiclass, "images": images}
BINARY = {"flags": binary, "columns": columns, "images": binary_images}
MULTILABEL = {"flags": multilabel, "images": multilabel_images}

SCORES, LONG = torch.zeros(3, 4), torch.zeros(3, dtype=torch.long)
BAD_PAIRS = {
    "lengths": Bad((SCORES, LONG[:2]), ValueError),
    "lists": Bad(([0], [0]), TypeError),
}
BAD_GROUPS = {
    "lengths": Bad((SCORES, LONG[:2], LONG), ValueError),
    "groups": Bad((SCORES, LONG, LONG[:2]), ValueError),
    "list of groups": Bad((SCORES, LONG, [0, 0, 0]), TypeError),
    "shape of groups": Bad((SCORES, LONG, torch.zeros(3, 2)), ValueError),
}


def selected(data):
    return np.bincount(data[0].argmax(1).flatten(), minlength=4) / data[1].size


def selected_binary(data):
    share = np.mean(data[0].astype(float))
    return np.array([1 - share, share])


def selected_labels(data):
    return np.moveaxis(data[0], 1, -1).reshape(-1, 3).mean(axis=0)


def accuracy(data):
    return accuracy_score(data[1].flatten(), data[0].argmax(1).flatten())


def accuracy_binary(data):
    return np.mean(data[0].flatten() == data[1].flatten())


def accuracy_labels(data):
    return np.mean((data[0] == data[1]).all(axis=1))


def recall(data):
    y, y_pred = data[1].flatten(), data[0].argmax(1).flatten()
    return recall_score(y, y_pred, labels=range(4), average=None, zero_division=0)


def f1(data):
    y, y_pred = data[1].flatten(), data[0].argmax(1).flatten()
    hits = [2 * np.sum((y == c) & (y_pred == c)) for c in range(4)]
    sizes = [np.sum(y == c) + np.sum(y_pred == c) for c in range(4)]
    return np.mean([hit / max(size, 1) for hit, size in zip(hits, sizes, strict=True)])


def each_group(oracle):
    def value(data):
        y_pred, y, labels = data
        labels = labels.flatten()
        return {
            group: oracle((y_pred[labels == group], y[labels == group]))
            for group in GROUPS
            if np.any(labels == group)
        }

    return value


def difference(oracle):
    def value(data):
        values = np.array(list(each_group(oracle)(data).values()))
        return np.max(values.max(axis=0) - values.min(axis=0))

    return value


CASES = {
    "selection rate": MetricCase(
        SelectionRate, MULTICLASS, selected, keeps_rows=True, bad=BAD_PAIRS
    ),
    "selection rate, binary": MetricCase(SelectionRate, BINARY, selected_binary, keeps_rows=True),
    "selection rate, multilabel": MetricCase(
        partial(SelectionRate, is_multilabel=True), MULTILABEL, selected_labels, keeps_rows=True
    ),
    **{
        f"{name}, {kind}": MetricCase(
            partial(cls, GROUPS, is_multilabel=kind == "multilabel"),
            in_groups(draws),
            difference(oracle),
            least=2,
            keeps_rows=cls is DemographicParityDifference,
            bad=BAD_GROUPS if kind == "multiclass" else {},
        )
        for name, cls, oracles in (
            (
                "demographic parity",
                DemographicParityDifference,
                (selected, selected_binary, selected_labels),
            ),
            (
                "accuracy difference",
                SubgroupAccuracyDifference,
                (accuracy, accuracy_binary, accuracy_labels),
            ),
        )
        for kind, draws, oracle in zip(
            ("multiclass", "binary", "multilabel"),
            (MULTICLASS, BINARY, MULTILABEL),
            oracles,
            strict=True,
        )
    },
    **{
        f"{name} of each group": MetricCase(
            partial(SubgroupMetric, base, GROUPS),
            {**in_groups(MULTICLASS), "unbalanced": unbalanced},
            each_group(oracle),
            least=2,
            keeps_rows=keeps_rows,
            looks_at_values=True,
            bad=BAD_GROUPS,
        )
        for name, base, oracle, keeps_rows in (
            ("accuracy", Accuracy(), accuracy, False),
            ("recall", Recall(), recall, True),
            ("f1", Fbeta(1), f1, True),
            (
                "share of correct",
                ConfusionMatrix(4).diag().sum() / ConfusionMatrix(4).sum(),
                accuracy,
                False,
            ),
        )
    },
    "loss of each group": MetricCase(
        partial(SubgroupMetric, Loss(F.cross_entropy), GROUPS),
        {"scores": with_groups(multiclass)},
        each_group(
            lambda data: np.mean(
                np.log(np.exp(data[0]).sum(1)) - data[0][np.arange(len(data[1])), data[1]]
            )
        ),
        least=2,
        looks_at_values=True,
    ),
    "difference of rows": MetricCase(
        partial(
            SubgroupDifference,
            EpochMetric(F.mse_loss, check_compute_fn=False),
            torch.tensor(GROUPS),
        ),
        {"values": with_groups(lambda rng, n: tuple(torch.tensor(rng.normal(size=(2, n)))))},
        difference(lambda data: np.mean((data[0] - data[1]) ** 2)),
        least=2,
        keeps_rows=True,
        looks_at_values=True,
    ),
    "difference of recalls": MetricCase(
        partial(SubgroupDifference, Recall(), GROUPS),
        in_groups(MULTICLASS),
        difference(recall),
        least=2,
        keeps_rows=True,
        looks_at_values=True,
        bad=BAD_GROUPS,
    ),
}
