"""The confusion matrix as functions."""

from __future__ import annotations

import torch

from ignite.metrics.functional._shares import share

__all__ = [
    "confusion_matrix_compute",
    "confusion_matrix_update",
    "matrix_accuracy",
    "matrix_dice",
    "matrix_jaccard",
    "matrix_precision",
    "matrix_recall",
]


def confusion_matrix_update(
    matrix: torch.Tensor, y_pred: torch.Tensor, y: torch.Tensor
) -> torch.Tensor:
    """Add a batch to ``matrix`` in place, and return it.

    In place, for a matrix of the batch alone may be as large as the whole. Positions
    whose label lies outside 0..classes-1 are left out.

    Args:
        matrix: int64, ``(..., classes, classes)``, contiguous, of one matrix; row: label, column:
            prediction.
        y_pred: scores ``(batch, classes, ...)``, floating or integer; a NaN is the highest.
        y: labels ``(batch, ...)``, any real dtype.

    >>> scores = torch.tensor([[0.9, 0.1], [0.2, 0.8], [0.7, 0.3]])
    >>> matrix = torch.zeros(2, 2, dtype=torch.int64)
    >>> confusion_matrix_update(matrix, scores, torch.tensor([0, 1, 1]))
    tensor([[1, 0],
            [1, 1]])
    """
    num_classes = matrix.shape[-1]
    # Not bincount: the size of its result depends on the values, so it waits for them.
    row = y.long().clamp(0, num_classes - 1)
    index = torch.add(torch.argmax(y_pred, dim=1), row, alpha=num_classes)
    weight = row.eq_(y.detach())  # 0 where the label had to be clamped, or is no whole number
    if index.dim() != 1:
        index, weight = index.flatten(), weight.flatten()
    if index.device != matrix.device:
        index, weight = index.to(matrix.device), weight.to(matrix.device)
    matrix.view(-1).index_add_(0, index, weight)
    return matrix


def confusion_matrix_compute(matrix: torch.Tensor, average: str) -> torch.Tensor:
    """Return the matrix with rows or columns that sum to 1, or to 0 where there are no counts.

    Args:
        matrix: counts ``(classes, classes)``; row: label, column: prediction.
        average: ``"recall"``, each row is divided by its sum; ``"precision"``, each column.

    Returns:
        The default floating dtype, ``(classes, classes)``.

    Raises:
        ValueError: another ``average``.

    >>> confusion_matrix_compute(torch.tensor([[3, 1], [0, 0]]), "recall")
    tensor([[0.7500, 0.2500],
            [0.0000, 0.0000]])
    """
    if average not in ("recall", "precision"):
        raise ValueError(f"Unknown average {average!r}; use 'recall' or 'precision'.")
    sums = matrix.sum(dim=1 if average == "recall" else 0, keepdim=True)
    return matrix / sums.clamp(min=1)


def matrix_accuracy(matrix: torch.Tensor) -> torch.Tensor:
    """Return the share of right predictions.

    Args:
        matrix: counts ``(classes, classes)``; row: label, column: prediction.

    Returns:
        float64, ``()``.

    >>> matrix_accuracy(torch.tensor([[1, 0], [1, 1]]))
    tensor(0.6667, dtype=torch.float64)
    """
    return share(matrix.diagonal().sum(), matrix.sum())


def matrix_precision(matrix: torch.Tensor, average: bool = False) -> torch.Tensor:
    """Return which share of the predictions of a class is right; 0 if there are none.

    Args:
        matrix: counts ``(classes, classes)``; row: label, column: prediction.
        average: whether to take the mean over classes.

    Returns:
        float64, ``(classes,)``, or ``()`` if averaged.

    >>> matrix_precision(torch.tensor([[1, 0], [1, 1]]))
    tensor([0.5000, 1.0000], dtype=torch.float64)
    """
    shares = share(matrix.diagonal(), matrix.sum(dim=0))
    return shares.mean() if average else shares


def matrix_recall(matrix: torch.Tensor, average: bool = False) -> torch.Tensor:
    """Return which share of the labels of a class is found; 0 if there are none.

    Args:
        matrix: counts ``(classes, classes)``; row: label, column: prediction.
        average: whether to take the mean over classes.

    Returns:
        float64, ``(classes,)``, or ``()`` if averaged.

    >>> matrix_recall(torch.tensor([[1, 0], [1, 1]]))
    tensor([1.0000, 0.5000], dtype=torch.float64)
    """
    return matrix_precision(matrix.t(), average)


def matrix_jaccard(matrix: torch.Tensor) -> torch.Tensor:
    """Return the Jaccard index per class, intersection over union (Jaccard, 1901).

    Args:
        matrix: counts ``(classes, classes)``; row: label, column: prediction.

    Returns:
        float64, ``(classes,)``; 0 where a class is neither predicted nor the label.

    >>> matrix_jaccard(torch.tensor([[1, 0], [1, 1]]))
    tensor([0.5000, 0.5000], dtype=torch.float64)
    """
    right = matrix.diagonal()
    return share(right, matrix.sum(dim=0) + matrix.sum(dim=1) - right)


def matrix_dice(matrix: torch.Tensor) -> torch.Tensor:
    """Return the coefficient of Dice per class, which is its F1.

    After Dice, "Measures of the amount of ecologic association between species", 1945.

    Args:
        matrix: counts ``(classes, classes)``; row: label, column: prediction.

    Returns:
        float64, ``(classes,)``; 0 where a class is neither predicted nor the label.

    >>> matrix_dice(torch.tensor([[1, 0], [1, 1]]))
    tensor([0.6667, 0.6667], dtype=torch.float64)
    """
    return share(2 * matrix.diagonal(), matrix.sum(dim=0) + matrix.sum(dim=1))
