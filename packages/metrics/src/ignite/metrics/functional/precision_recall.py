"""Precision, recall and their F-measure as functions of what was counted per class.

The counts are int64 ``(3, classes)``: how often a class was predicted rightly (its true positives),
how often it was predicted, and how often it was the label.
"""

from __future__ import annotations

import torch

from ignite.metrics.functional._precision import double, ratio
from ignite.metrics.functional._shares import share

__all__ = [
    "binary_matrix_update",
    "counts_of_matrix",
    "fbeta_compute",
    "multiclass_counts_update",
    "multilabel_counts_update",
    "precision_compute",
    "recall_compute",
    "sample_precision_update",
    "sample_recall_update",
]


def binary_matrix_update(
    matrix: torch.Tensor, y_pred: torch.Tensor, y: torch.Tensor
) -> torch.Tensor:
    """Add a batch to the confusion matrix of two classes in place, and return it.

    Args:
        matrix: int64, ``(2, 2)`` or any shape of four, contiguous; row: label, column: prediction.
        y_pred: 0 and 1, any real dtype, any shape.
        y: 0 and 1, any real dtype, the same shape.

    >>> matrix = torch.zeros(2, 2, dtype=torch.int64)
    >>> binary_matrix_update(matrix, torch.tensor([0, 1, 1]), torch.tensor([0, 1, 0]))
    tensor([[1, 1],
            [0, 1]])
    """
    # Clamped, so that values other than 0 and 1 do no harm where they are not allowed for.
    cell = torch.add(y_pred.long(), y.long(), alpha=2).clamp_(0, 3)
    if cell.dim() != 1:
        cell = cell.flatten()
    if cell.device != matrix.device:
        cell = cell.to(matrix.device)
    matrix.view(-1).index_add_(0, cell, torch.ones_like(cell))
    return matrix


def multilabel_counts_update(y_pred: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Return the counts per class of labels that may be several at once.

    Args:
        y_pred: 0 and 1, any real dtype, ``(batch, classes, ...)``.
        y: 0 and 1, any real dtype, the same shape.

    Returns:
        int64, ``(3, classes)``.

    >>> multilabel_counts_update(torch.tensor([[0, 1], [1, 1]]), torch.tensor([[0, 1], [1, 0]]))
    tensor([[1, 1],
            [1, 2],
            [1, 1]])
    """
    others = (1, *range(3, y.dim() + 1))
    return _flags(y_pred, y).sum(dim=others, dtype=torch.int64)


def _flags(y_pred: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Return where a prediction is rightly 1, where it is, and where it should be."""
    return torch.stack([y_pred * y, y_pred, y]).detach()  # integers have no gradient


def multiclass_counts_update(
    counts: torch.Tensor, y_pred: torch.Tensor, y: torch.Tensor
) -> torch.Tensor:
    """Add the counts of a batch to ``counts`` in place, and return it.

    A label outside 0..classes-1 counts as no label, but its prediction counts.

    Args:
        counts: int64, ``(3, classes)``.
        y_pred: scores ``(batch, classes, ...)``, floating or integer; a NaN is the highest.
        y: labels ``(batch, ...)``, any real dtype.

    >>> scores = torch.tensor([[0.9, 0.1], [0.2, 0.8], [0.7, 0.3]])
    >>> multiclass_counts_update(torch.zeros(3, 2).long(), scores, torch.tensor([0, 1, 1]))
    tensor([[1, 1],
            [2, 1],
            [1, 2]])
    """
    predicted = torch.argmax(y_pred, dim=1).flatten()
    labels = y.flatten()
    inside = labels.long().clamp(0, counts.shape[1] - 1)
    hit, is_inside = predicted.eq(labels).long(), inside.eq(labels).long()
    device = counts.device
    predicted = predicted.to(device)
    counts[0].index_add_(0, predicted, hit.to(device))
    counts[1].index_add_(0, predicted, torch.ones_like(predicted))
    counts[2].index_add_(0, inside.to(device), is_inside.to(device))
    return counts


def counts_of_matrix(matrix: torch.Tensor) -> torch.Tensor:
    """Return the counts per class that a confusion matrix comes to.

    Args:
        matrix: counts ``(classes, classes)``; row: label, column: prediction.

    Returns:
        int64, ``(3, classes)``.

    >>> counts_of_matrix(torch.tensor([[1, 0], [1, 1]]))
    tensor([[1, 1],
            [2, 1],
            [1, 2]])
    """
    return torch.stack([matrix.diagonal(), matrix.sum(dim=0), matrix.sum(dim=1)])


def precision_compute(counts: torch.Tensor, average: bool | str | None = False) -> torch.Tensor:
    """Return which share of the predictions of a class is right; 0 if there are none.

    Args:
        counts: int64, ``(3, classes)``.
        average: False or None, per class; ``"micro"``, over all classes together; True or
            ``"macro"``, the mean over classes; ``"weighted"``, that mean weighted by labels.

    Returns:
        float64, ``(classes,)`` without average, else ``()``.

    >>> precision_compute(torch.tensor([[1, 1], [2, 1], [1, 2]]))
    tensor([0.5000, 1.0000], dtype=torch.float64)
    """
    return _averaged(counts[0], counts[1], counts[2], average)


def recall_compute(counts: torch.Tensor, average: bool | str | None = False) -> torch.Tensor:
    """Return which share of the labels of a class is found; 0 if there are none.

    Args:
        counts: int64, ``(3, classes)``.
        average: as in :func:`precision_compute`.

    Returns:
        float64, ``(classes,)`` without average, else ``()``.

    >>> recall_compute(torch.tensor([[1, 1], [2, 1], [1, 2]]))
    tensor([1.0000, 0.5000], dtype=torch.float64)
    """
    return _averaged(counts[0], counts[2], counts[2], average)


def _averaged(
    right: torch.Tensor, total: torch.Tensor, weight: torch.Tensor, average: bool | str | None
) -> torch.Tensor:
    if average == "micro":
        return share(right.sum(), total.sum())
    shares = share(right, total)
    if average == "weighted":
        return share((shares * weight).sum(), weight.sum())
    return shares.mean() if average else shares


def fbeta_compute(precision: torch.Tensor, recall: torch.Tensor, beta: float) -> torch.Tensor:
    """Return the F-measure (van Rijsbergen, "Information Retrieval", 1979, ch. 7).

    It is the harmonic mean of precision and recall, which is weighted ``beta`` times as much; 0 if
    both are 0.

    Args:
        precision: floating, any shape.
        recall: of the same shape and dtype.
        beta: positive.

    >>> fbeta_compute(torch.tensor([0.5, 0.0]), torch.tensor([1.0, 0.0]), beta=1)
    tensor([0.6667, 0.0000])
    """
    square = beta**2
    return ratio((1 + square) * precision * recall, square * precision + recall)


def sample_precision_update(y_pred: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Return the sum over examples of which share of the predicted labels of one is right.

    Args:
        y_pred: 0 and 1, any real dtype, ``(batch, classes, ...)``.
        y: 0 and 1, any real dtype, the same shape.

    Returns:
        float64, ``()``; an example without predicted labels adds 0.

    >>> sample_precision_update(torch.tensor([[0, 1], [1, 1]]), torch.tensor([[0, 1], [1, 0]]))
    tensor(1.5000, dtype=torch.float64)
    """
    return _sum_of_shares(y_pred * y, y_pred)


def sample_recall_update(y_pred: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Return the sum over examples of which share of the labels of one is found.

    Args:
        y_pred: 0 and 1, any real dtype, ``(batch, classes, ...)``.
        y: 0 and 1, any real dtype, the same shape.

    Returns:
        float64, ``()``; an example without labels adds 0.

    >>> sample_recall_update(torch.tensor([[0, 1], [1, 1]]), torch.tensor([[0, 1], [1, 0]]))
    tensor(2., dtype=torch.float64)
    """
    return _sum_of_shares(y_pred * y, y)


def _sum_of_shares(right: torch.Tensor, whole: torch.Tensor) -> torch.Tensor:
    part, total = torch.stack([right, whole]).detach().sum(dim=2, dtype=torch.int64).unbind()
    return (double(part) / total.clamp(min=1)).sum()
