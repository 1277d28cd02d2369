"""Curves of scores, their areas, and calibration, against scikit-learn and numpy."""

from __future__ import annotations

import warnings
from functools import partial

import numpy as np
import torch
from sklearn.metrics import (
    average_precision_score,
    precision_recall_curve,
    roc_auc_score,
    roc_curve,
)

from ignite.metrics.average_precision import AveragePrecision
from ignite.metrics.calibration_error import CalibrationError
from ignite.metrics.mean_average_precision import MeanAveragePrecision
from ignite.metrics.precision_recall_curve import PrecisionRecallCurve
from ignite.metrics.roc_auc import ROC_AUC, RocCurve
from ignite_contracts.metric import Bad, MetricCase

CLASSES = 3
GRID = np.arange(9) / 8


def flags(rng, n):
    """Return labels with both classes as soon as there are two examples."""
    y = rng.integers(0, 2, n)
    y[: min(n, 2)] = [0, 1][: min(n, 2)]
    return torch.tensor(y)


def columns_of_flags(rng, n):
    return torch.stack([flags(rng, n) for _ in range(CLASSES)], dim=1)


def classes(rng, n):
    y = rng.integers(0, CLASSES, n)
    y[:CLASSES] = range(min(n, CLASSES))
    return torch.tensor(y)


def apart(rng, n):
    return torch.tensor(rng.normal(size=n)), flags(rng, n)


def ties(rng, n):
    return torch.tensor(rng.integers(0, 3, n) / 2.0), flags(rng, n)


def all_tied(rng, n):
    return torch.zeros(n).double(), flags(rng, n).bool()


def integers(rng, n):
    return torch.tensor(rng.integers(-3, 3, n)), flags(rng, n)


def half(rng, n):
    return torch.tensor(rng.normal(size=n)).half(), flags(rng, n).float()


def extreme(rng, n):
    return torch.tensor(10.0 ** rng.integers(-300, 300, n)), flags(rng, n).to(torch.uint8)


def all_wrong(rng, n):
    y = flags(rng, n)
    return -y.double(), y


def one_class(rng, n):
    return torch.tensor(rng.normal(size=n)), torch.full((n,), int(rng.integers(0, 2)))


def column(rng, n):
    return torch.tensor(rng.normal(size=(n, 1))), flags(rng, n)[:, None]


def on_grid(rng, n):
    return torch.tensor(rng.choice(GRID, n)), flags(rng, n)


def on_grid_half(rng, n):
    return torch.tensor(rng.choice(GRID, n)).half(), flags(rng, n)


def probabilities(rng, n):
    return torch.tensor(rng.random((n, CLASSES))), columns_of_flags(rng, n)


def columns_on_grid(rng, n):
    return torch.tensor(rng.choice(GRID, (n, CLASSES))), columns_of_flags(rng, n)


def class_scores(rng, n):
    return torch.tensor(rng.random((n, CLASSES))), classes(rng, n)


def class_scores_on_grid(rng, n):
    return torch.tensor(rng.choice(GRID, (n, CLASSES))), classes(rng, n)


def class_images(rng, n):
    return torch.tensor(rng.random((n, CLASSES, 2))), torch.tensor(rng.integers(0, CLASSES, (n, 2)))


def softmax(rng, n):
    scores = torch.tensor(rng.normal(size=(n, CLASSES)) * 3)
    return scores.softmax(1).float(), torch.tensor(rng.integers(-1, CLASSES, n))


def sure(rng, n):
    return torch.tensor(rng.choice([0.0, 0.5, 1.0], n)).half(), torch.tensor(rng.integers(0, 2, n))


def chances(rng, n):
    return torch.tensor(rng.random(n)), torch.tensor(rng.integers(0, 2, n))


def quietly(function, *args, **kwargs):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return function(*args, **kwargs)


def as_binary(data):
    y_pred, y = data
    return y.reshape(-1).astype(int), y_pred.reshape(-1).astype(float)


def against_rest(data):
    y_pred, y = data
    if y_pred.ndim > 2:
        y_pred, y = np.moveaxis(y_pred, 1, -1).reshape(-1, CLASSES), y.reshape(-1)
    return (y if y.ndim == 2 else np.eye(CLASSES)[y]), y_pred


def area(data):
    return quietly(roc_auc_score, *as_binary(data))


def area_of_classes(data):
    return quietly(roc_auc_score, *against_rest(data))


def average(data):
    return quietly(average_precision_score, *as_binary(data))


def average_of_classes(data, mean="macro"):
    return quietly(average_precision_score, *against_rest(data), average=mean)


def interpolated(data, recalls=(0.25, 0.5, 0.9)):
    """Average precision at some recalls, from the points of scikit-learn's curve."""
    values = []
    for y, scores in zip(*(each.T for each in against_rest(data)), strict=True):
        precision, recall, _ = quietly(precision_recall_curve, y, scores)
        at = [precision[np.flatnonzero(recall >= r)[-1]] for r in recalls]
        values.append(np.diff(recalls, prepend=0) @ at if y.any() else 0)
    return np.mean(values)


def binned_roc(data):
    y, scores = as_binary(data)
    thresholds = np.append(np.inf, GRID[::-1])
    taken = scores >= thresholds[:, None]
    with np.errstate(invalid="ignore"):
        return (
            (taken & (y == 0)).sum(1) / (y == 0).sum(),
            (taken & (y == 1)).sum(1) / (y == 1).sum(),
            thresholds,
        )


def binned_precision_recall(data):
    y, scores = as_binary(data)
    taken = scores >= GRID[:, None]
    hits, sizes = (taken & (y == 1)).sum(1), taken.sum(1)
    precision = np.where(sizes > 0, hits / np.maximum(sizes, 1), 1)
    recall = hits / y.sum() if y.any() else np.ones_like(precision)
    return np.append(precision, 1), np.append(recall, 0), GRID


def calibration(data, norm="l1", bins=5):
    y_pred, y = data
    if y_pred.ndim == 2:
        confidence, right = y_pred.max(1), y_pred.argmax(1) == y
    else:
        confidence, right = y_pred, y == 1
    edges = (np.arange(1, bins) / bins).astype(y_pred.dtype)
    place = np.digitize(confidence, edges, right=True)
    shares, gaps = [], []
    for index in np.unique(place):
        inside = place == index
        shares.append(inside.mean())
        gaps.append(abs(right[inside].mean() - confidence[inside].astype(float).mean()))
    shares, gaps = np.array(shares), np.array(gaps)
    if norm == "max":
        return gaps.max()
    return (shares * gaps).sum() if norm == "l1" else np.sqrt((shares * gaps**2).sum())


SCORES = {
    "apart": apart,
    "ties": ties,
    "all tied": all_tied,
    "integers": integers,
    "half": half,
    "extreme": extreme,
    "all wrong": all_wrong,
    "one class": one_class,
    "column": column,
}
ON_GRID = {"on the grid": on_grid, "in half": on_grid_half, "one class": one_class}
EXACT_ON_GRID = {"on the grid": on_grid, "in half": on_grid_half, "all tied": all_tied}
MULTILABEL = {"probabilities": probabilities, "on the grid": columns_on_grid}
MULTICLASS = {"probabilities": class_scores, "on the grid": class_scores_on_grid}
BAD = {
    "lengths": Bad((torch.zeros(3).double(), torch.zeros(2).long()), ValueError),
    "dimensions": Bad((torch.zeros(3, 2, 2), torch.zeros(3, 2, 2)), ValueError),
    "complex": Bad((torch.zeros(3).cfloat(), torch.zeros(3)), TypeError),
    "lists": Bad(([0.5], [1]), TypeError),
}
BAD_CURVE = {**BAD, "columns": Bad((torch.zeros(3, 2), torch.zeros(3, 2)), ValueError)}
BAD_COLUMNS = {**BAD, "classes": Bad((torch.zeros(3, 2).double(), torch.zeros(3, 3)), ValueError)}
BINNED = {"thresholds": len(GRID)}
BINNED_CLASSES = {**BINNED, "num_classes": CLASSES}

CASES = {
    "roc auc": MetricCase(ROC_AUC, SCORES, area, bad=BAD, keeps_rows=True),
    "roc auc, multilabel": MetricCase(
        ROC_AUC, MULTILABEL, area_of_classes, bad=BAD_COLUMNS, keeps_rows=True
    ),
    "roc auc, multiclass": MetricCase(
        ROC_AUC, MULTICLASS, area_of_classes, least=CLASSES, bad=BAD_COLUMNS, keeps_rows=True
    ),
    "roc auc, binned": MetricCase(partial(ROC_AUC, **BINNED), EXACT_ON_GRID, area, bad=BAD),
    "roc auc, binned, multilabel": MetricCase(
        partial(ROC_AUC, **BINNED_CLASSES),
        {"on the grid": columns_on_grid},
        area_of_classes,
        bad=BAD_COLUMNS,
    ),
    "roc auc, binned, multiclass": MetricCase(
        partial(ROC_AUC, **BINNED_CLASSES),
        {"on the grid": class_scores_on_grid},
        area_of_classes,
        least=CLASSES,
        bad=BAD_COLUMNS,
    ),
    "roc curve": MetricCase(
        RocCurve,
        SCORES,
        lambda data: quietly(roc_curve, *as_binary(data)),
        bad=BAD_CURVE,
        keeps_rows=True,
    ),
    "roc curve, binned": MetricCase(
        partial(RocCurve, **BINNED), {**ON_GRID, "apart": apart}, binned_roc, bad=BAD_CURVE
    ),
    "precision-recall curve": MetricCase(
        PrecisionRecallCurve,
        SCORES,
        lambda data: quietly(precision_recall_curve, *as_binary(data)),
        bad=BAD_CURVE,
        keeps_rows=True,
    ),
    "precision-recall curve, binned": MetricCase(
        partial(PrecisionRecallCurve, **BINNED),
        {**ON_GRID, "apart": apart},
        binned_precision_recall,
        bad=BAD_CURVE,
    ),
    "average precision": MetricCase(AveragePrecision, SCORES, average, bad=BAD, keeps_rows=True),
    "average precision, multilabel": MetricCase(
        AveragePrecision, MULTILABEL, average_of_classes, bad=BAD_COLUMNS, keeps_rows=True
    ),
    "average precision, multiclass": MetricCase(
        AveragePrecision, MULTICLASS, average_of_classes, bad=BAD_COLUMNS, keeps_rows=True
    ),
    "average precision, binned": MetricCase(
        partial(AveragePrecision, **BINNED), EXACT_ON_GRID, average, bad=BAD
    ),
    "average precision, binned, multilabel": MetricCase(
        partial(AveragePrecision, **BINNED_CLASSES),
        {"on the grid": columns_on_grid},
        average_of_classes,
        bad=BAD_COLUMNS,
    ),
    "mean average precision, binary": MetricCase(
        MeanAveragePrecision, SCORES, average, keeps_rows=True
    ),
    "mean average precision, multiclass": MetricCase(
        MeanAveragePrecision,
        {**MULTICLASS, "images": class_images},
        average_of_classes,
        bad={"classes": Bad((torch.zeros(3, 4).double(), torch.zeros(2).long()), ValueError)},
        keeps_rows=True,
    ),
    **{
        f"mean average precision, multilabel, {mean}": MetricCase(
            partial(MeanAveragePrecision, is_multilabel=True, class_mean=mean),
            MULTILABEL,
            partial(average_of_classes, mean=mean),
            least=2,
            bad={"dimensions": Bad((torch.zeros(3), torch.zeros(3)), ValueError)},
            keeps_rows=True,
        )
        for mean in ("macro", "micro", "weighted", None)
    },
    "mean average precision at recalls": MetricCase(
        partial(MeanAveragePrecision, [0.5, 0.9, 0.25]), MULTICLASS, interpolated, keeps_rows=True
    ),
    "mean average precision, binned, micro": MetricCase(
        partial(MeanAveragePrecision, class_mean="micro", **BINNED_CLASSES),
        {"on the grid": class_scores_on_grid},
        partial(average_of_classes, mean="micro"),
    ),
    **{
        f"calibration error, {norm}": MetricCase(
            partial(CalibrationError, 5, norm),
            {"softmax": softmax, "sure": sure, "chances": chances},
            partial(calibration, norm=norm),
            bad={
                "integers": Bad((torch.zeros(3).long(), torch.zeros(3)), TypeError),
                "shapes": Bad((torch.zeros(3), torch.zeros(2)), ValueError),
            },
        )
        for norm in ("l1", "l2", "max")
    },
}
