"""Classification by counts, against scikit-learn."""

from __future__ import annotations

from functools import partial

import numpy as np
import torch
from sklearn.metrics import (
    classification_report,
    cohen_kappa_score,
    confusion_matrix,
    jaccard_score,
    matthews_corrcoef,
    multilabel_confusion_matrix,
    precision_recall_fscore_support,
    top_k_accuracy_score,
)

from ignite.metrics import Accuracy, ConfusionMatrix, MetricGroup
from ignite.metrics.classification_report import ClassificationReport
from ignite.metrics.cohen_kappa import CohenKappa
from ignite.metrics.confusion_matrix import (
    DiceCoefficient,
    IoU,
    JaccardIndex,
    cmAccuracy,
    cmPrecision,
    cmRecall,
    mIoU,
)
from ignite.metrics.fbeta import Fbeta
from ignite.metrics.matthews_corrcoef import MatthewsCorrCoef
from ignite.metrics.multilabel_confusion_matrix import MultiLabelConfusionMatrix
from ignite.metrics.precision import Precision
from ignite.metrics.recall import Recall
from ignite.metrics.top_k_categorical_accuracy import TopKCategoricalAccuracy
from ignite_contracts.metric import Bad, MetricCase

CLASSES = 4
MANY = 70  # more than the classes whose whole matrix is kept


# -- data ---------------------------------------------------------------------------


def multiclass(rng, n):
    return torch.tensor(rng.normal(size=(n, CLASSES))), torch.tensor(rng.integers(0, CLASSES, n))


def one_class(rng, n):
    return torch.tensor(rng.normal(size=(n, CLASSES))), torch.full((n,), 2)


def all_wrong(rng, n):
    y = torch.tensor(rng.integers(0, CLASSES, n))
    return torch.eye(CLASSES)[(y + 1) % CLASSES].half(), y.int()


def ties(rng, n):
    scores = torch.tensor(rng.integers(0, 2, (n, CLASSES)))
    return scores, torch.tensor(rng.integers(0, CLASSES, n)).double()


def not_finite(rng, n):
    scores = torch.tensor(rng.normal(size=(n, CLASSES)), dtype=torch.float32)
    scores[:, 1] = torch.tensor(rng.choice([-np.inf, np.inf, 1e38], n))
    return scores, torch.tensor(rng.integers(0, CLASSES, n), dtype=torch.uint8)


def images(rng, n):
    scores = torch.tensor(rng.normal(size=(n, CLASSES, 2, 3)))
    return scores, torch.tensor(rng.integers(0, CLASSES, (n, 2, 3)))


def many(rng, n):
    return torch.tensor(rng.normal(size=(n, MANY))), torch.tensor(rng.integers(0, MANY, n))


def binary(rng, n):
    return torch.tensor(rng.integers(0, 2, n)), torch.tensor(rng.integers(0, 2, n))


def binary_images(rng, n):
    return torch.tensor(rng.integers(0, 2, (n, 3))).half(), torch.tensor(rng.random((n, 3)) < 0.1)


def never(rng, n):
    return torch.zeros(n, 1), torch.tensor(rng.integers(0, 2, n))


def multilabel(rng, n):
    return torch.tensor(rng.integers(0, 2, (n, 3))), torch.tensor(rng.integers(0, 2, (n, 3)))


def rare(rng, n):
    return torch.tensor(rng.random((n, 3)) < 0.1), torch.tensor(rng.random((n, 3)) < 0.1).float()


def multilabel_images(rng, n):
    shape = n, 3, 2, 2
    return torch.tensor(rng.integers(0, 2, shape)), torch.tensor(rng.integers(0, 2, shape))


def no_ties(rng, n):
    scores = rng.permuted(np.tile(np.arange(6), (n, 1)), axis=1)
    return torch.tensor(scores).half(), torch.tensor(rng.integers(0, 6, n))


def labels(rng, n):
    return torch.tensor(rng.integers(0, CLASSES, n)), torch.tensor(rng.integers(0, CLASSES, n))


def columns(rng, n):
    y_pred, y = labels(rng, n)
    return y_pred.unsqueeze(1), y.byte()


def same_label(rng, n):
    return torch.full((n,), 1), torch.full((n,), 1)


def any_labels(rng, n):
    drawn = torch.tensor([-7.5, 0.0, 3.0, 1e9]).double()
    return tuple(drawn[torch.tensor(rng.integers(0, 4, n))] for _ in range(2))


SCORES = {
    "scores": multiclass,
    "one class": one_class,
    "all wrong": all_wrong,
    "ties": ties,
    "not finite": not_finite,
    "images": images,
}
BINARY = {"flags": binary, "images": binary_images, "never": never}
MULTILABEL = {"flags": multilabel, "rare": rare, "images": multilabel_images}
LABELS = {"labels": labels, "columns": columns, "same label": same_label}
ANY_LABELS = {"any labels": any_labels, "same label": same_label}

LONG = torch.zeros(3, dtype=torch.long)
BAD_SCORES = {
    "lengths": Bad((torch.zeros(3, CLASSES), LONG[:2]), ValueError),
    "lists": Bad(([[0.0, 1.0]], [1]), TypeError),
    "complex": Bad((torch.zeros(3, CLASSES).cfloat(), LONG), TypeError),
}
BAD_FLAGS = {
    "lengths": Bad((torch.zeros(3, 3), torch.zeros(2, 3)), ValueError),
    "one class": Bad((torch.zeros(3, 1), torch.zeros(3, 1)), ValueError),
}
BAD_LABELS = {
    "lengths": Bad((LONG, LONG[:2]), ValueError),
    "scores": Bad((torch.zeros(3, CLASSES), LONG), ValueError),
    "lists": Bad(([0, 1], [0, 1]), TypeError),
}


# -- oracles ------------------------------------------------------------------------


def as_labels(data):
    """Return labels and predictions of scores, flat."""
    return data[1].flatten(), data[0].argmax(1).flatten()


def as_flags(data):
    """Return labels and predictions of binary data, flat."""
    return data[1].flatten(), data[0].flatten()


def as_rows(data):
    """Return labels and predictions of multilabel data, a row for each position."""
    return tuple(np.moveaxis(x, 1, -1).reshape(-1, 3) for x in (data[1], data[0]))


def score(index, average, pairs, classes=None, beta=1.0):
    return lambda data: precision_recall_fscore_support(
        *(x.astype(int) for x in pairs(data)),
        beta=beta,
        labels=classes,
        average=average,
        zero_division=0,
    )[index]


def report(data, pairs, classes, beta):
    """Return what the report says, from two functions of scikit-learn."""
    y, y_pred = (x.astype(int) for x in pairs(data))
    names = [str(each) for each in classes]
    found = classification_report(
        y, y_pred, labels=classes, target_names=names, output_dict=True, zero_division=0
    )
    values = score(2, None, pairs, classes, beta)(data)
    f, expected = dict(zip(names, values, strict=True)) | {"macro avg": values.mean()}, {}
    for name in [*names, "macro avg"]:
        expected[name] = {key: found[name][key] for key in ("precision", "recall")}
        expected[name][f"f{beta}-score"] = f[name]
    return expected


def matrix(data):
    return confusion_matrix(*as_labels(data), labels=range(CLASSES))


def of_pairs(function, **kwargs):
    """Return the function's value of pairs of labels, whatever they are."""

    def value(data):
        found, (y_pred, y) = np.unique([x.flatten() for x in data], return_inverse=True)
        return function(y, y_pred, **kwargs) if len(found) > 1 else 0.0

    return value


def kappa_of_five(weights):
    def value(data):
        y_pred, y = (x.flatten() for x in data)
        one = len({*y, *y_pred}) == 1
        return 0.0 if one else cohen_kappa_score(y, y_pred, labels=range(5), weights=weights)

    return value


def jaccard(data, **kwargs):
    y, y_pred = as_labels(data)
    return jaccard_score(y, y_pred, zero_division=0, **kwargs)


# -- cases --------------------------------------------------------------------------


AVERAGES = (None, "macro", "micro", "weighted")
KINDS = {
    "multiclass": (SCORES, as_labels, range(CLASSES), False),
    "many classes": ({"scores": many}, as_labels, range(MANY), False),
    "binary": (BINARY, as_flags, [0, 1], False),
    "multilabel": (MULTILABEL, as_rows, None, True),
}


def all_averages(is_multilabel):
    metrics = {"precision": Precision, "recall": Recall}
    return MetricGroup(
        {
            f"{name}, {average}": cls(average=average, is_multilabel=is_multilabel)
            for name, cls in metrics.items()
            for average in AVERAGES
        }
    )


def all_averages_oracle(data, pairs, classes):
    return {
        f"{name}, {average}": score(index, average, pairs, classes)(data)
        for index, name in enumerate(("precision", "recall"))
        for average in AVERAGES
    }


def of_one_class(index, beta=1.0):
    return lambda data: score(index, None, as_flags, [0, 1], beta)(data)[1]


def fbeta_of_two(beta):
    return Fbeta(beta, precision=Precision(), recall=Recall())


MATRIX_METRICS = {
    "accuracy": (cmAccuracy, lambda data: np.mean(np.equal(*as_labels(data)))),
    "precision": (cmPrecision, score(0, "macro", as_labels, range(CLASSES))),
    "recall": (partial(cmRecall, average=False), score(1, None, as_labels, range(CLASSES))),
    "iou": (IoU, partial(jaccard, average=None, labels=range(CLASSES))),
    "iou without 1": (
        partial(IoU, ignore_index=1),
        partial(jaccard, average=None, labels=[0, 2, 3]),
    ),
    "jaccard": (JaccardIndex, partial(jaccard, average=None, labels=range(CLASSES))),
    "mean iou": (mIoU, partial(jaccard, average="macro", labels=range(CLASSES))),
    "mean iou without 0": (
        partial(mIoU, ignore_index=0),
        partial(jaccard, average="macro", labels=[1, 2, 3]),
    ),
    "dice": (DiceCoefficient, score(2, None, as_labels, range(CLASSES))),
}


def of_matrix():
    return IoU(ConfusionMatrix(CLASSES))


def matrix_metrics(average):
    matrix = ConfusionMatrix(CLASSES, average)
    return MetricGroup({name: made(matrix) for name, (made, _) in MATRIX_METRICS.items()})


def grouped(with_matrix, **kwargs):
    metrics = {
        "accuracy": Accuracy(),
        "precision": Precision(average="macro"),
        "recall": Recall(average=None),
        "f1": Fbeta(1),
        "error": 1 - Accuracy(),
    }
    if with_matrix:
        metrics["matrix"] = ConfusionMatrix(CLASSES)
    return MetricGroup(metrics)


def grouped_oracle(data, with_matrix):
    accuracy = np.mean(np.equal(*as_labels(data)))
    expected = {
        "accuracy": accuracy,
        "precision": score(0, "macro", as_labels, range(CLASSES))(data),
        "recall": score(1, None, as_labels, range(CLASSES))(data),
        "f1": score(2, "macro", as_labels, range(CLASSES))(data),
        "error": 1 - accuracy,
    }
    return {**expected, "matrix": matrix(data)} if with_matrix else expected


CASES = {
    **{
        f"precision and recall, {kind}": MetricCase(
            partial(all_averages, is_multilabel),
            draws,
            partial(all_averages_oracle, pairs=pairs, classes=classes),
            keeps_rows=True,  # a single one, which is the table of counts
            bad=BAD_FLAGS if is_multilabel else {},
        )
        for kind, (draws, pairs, classes, is_multilabel) in KINDS.items()
    },
    "precision, multiclass": MetricCase(
        Precision,
        SCORES,
        score(0, None, as_labels, range(CLASSES)),
        keeps_rows=True,
        bad=BAD_SCORES,
    ),
    "precision, binary": MetricCase(Precision, BINARY, of_one_class(0), keeps_rows=True),
    "recall, binary": MetricCase(Recall, BINARY, of_one_class(1), keeps_rows=True),
    **{
        f"{cls.__name__.lower()}, samples": MetricCase(
            partial(cls, average="samples", is_multilabel=True),
            MULTILABEL,
            score(index, "samples", as_rows),
            bad=BAD_FLAGS,
        )
        for index, cls in enumerate((Precision, Recall))
    },
    "f0.5, multiclass": MetricCase(
        partial(Fbeta, 0.5),
        SCORES,
        score(2, "macro", as_labels, range(CLASSES), 0.5),
        keeps_rows=True,
        bad=BAD_SCORES,
    ),
    "f3, of two metrics": MetricCase(
        partial(fbeta_of_two, 3),
        SCORES,
        score(2, "macro", as_labels, range(CLASSES), 3),
        keeps_rows=True,
        bad=BAD_SCORES,
    ),
    "f1, each class": MetricCase(
        partial(Fbeta, 1, average=False),
        SCORES,
        score(2, None, as_labels, range(CLASSES)),
        keeps_rows=True,
    ),
    "f2, binary": MetricCase(partial(Fbeta, 2), BINARY, of_one_class(2, 2), keeps_rows=True),
    **{
        f"of a matrix, {average}": MetricCase(
            partial(matrix_metrics, average),
            {name: draw for name, draw in SCORES.items() if name != "ties"},  # of float labels
            lambda data: {name: oracle(data) for name, (_, oracle) in MATRIX_METRICS.items()},
            bad=BAD_SCORES,
        )
        for average in (None, "samples")
    },
    "iou": MetricCase(
        of_matrix, {"scores": multiclass}, partial(jaccard, average=None, labels=range(CLASSES))
    ),
    "report, multiclass": MetricCase(
        partial(ClassificationReport, output_dict=True),
        SCORES,
        partial(report, pairs=as_labels, classes=range(CLASSES), beta=1),
        keeps_rows=True,
        bad=BAD_SCORES,
    ),
    "report, binary": MetricCase(
        partial(ClassificationReport, 2, output_dict=True),
        BINARY,
        partial(report, pairs=as_flags, classes=[0, 1], beta=2),
        keeps_rows=True,
    ),
    "report, multilabel": MetricCase(
        partial(ClassificationReport, output_dict=True, is_multilabel=True),
        MULTILABEL,
        partial(report, pairs=as_rows, classes=range(3), beta=1),
        keeps_rows=True,
        bad=BAD_FLAGS,
    ),
    "matrix of each label": MetricCase(
        partial(MultiLabelConfusionMatrix, 3),
        MULTILABEL,
        lambda data: multilabel_confusion_matrix(*(x.astype(int) for x in as_rows(data))),
        bad={**BAD_FLAGS, "classes": Bad((torch.zeros(3, 4), torch.zeros(3, 4)), ValueError)},
    ),
    "shares of each label": MetricCase(
        partial(MultiLabelConfusionMatrix, 3, normalized=True),
        MULTILABEL,
        lambda data: (
            multilabel_confusion_matrix(*(x.astype(int) for x in as_rows(data)))
            / len(as_rows(data)[0])
        ),
    ),
    **{
        f"top {k}": MetricCase(
            partial(TopKCategoricalAccuracy, k),
            {"no ties": no_ties},
            lambda data, k=k: top_k_accuracy_score(data[1], data[0], k=k, labels=range(6)),
            bad={
                **BAD_SCORES,
                "binary": Bad((LONG, LONG), ValueError),
                "images": Bad((torch.zeros(3, 6, 2), LONG), ValueError),
            },
        )
        for k in (1, 2, 5)
    },
    **{
        f"kappa, {weights}, of counts": MetricCase(
            partial(CohenKappa, weights=weights, num_classes=5),
            LABELS,
            kappa_of_five(weights),
            bad=BAD_LABELS,
        )
        for weights in (None, "linear", "quadratic")
    },
    "kappa, linear, of rows": MetricCase(
        partial(CohenKappa, weights="linear"),
        ANY_LABELS,
        of_pairs(cohen_kappa_score, weights="linear"),
        keeps_rows=True,
        bad=BAD_LABELS,
    ),
    "matthews, of counts": MetricCase(
        partial(MatthewsCorrCoef, num_classes=5), LABELS, of_pairs(matthews_corrcoef)
    ),
    "matthews, of rows": MetricCase(
        MatthewsCorrCoef, ANY_LABELS, of_pairs(matthews_corrcoef), keeps_rows=True, bad=BAD_LABELS
    ),
    "group with a matrix": MetricCase(
        partial(grouped, True),
        {"scores": multiclass, "one class": one_class, "images": images},
        partial(grouped_oracle, with_matrix=True),
        bad=BAD_SCORES,
    ),
    "group without a matrix": MetricCase(
        partial(grouped, False),
        SCORES,
        partial(grouped_oracle, with_matrix=False),
        keeps_rows=True,
        bad=BAD_SCORES,
    ),
}
