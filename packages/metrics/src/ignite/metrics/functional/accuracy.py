"""Accuracy as functions: how many predictions are right, and which share."""

from __future__ import annotations

import torch

__all__ = [
    "accuracy_compute",
    "binary_accuracy_update",
    "multiclass_accuracy_update",
    "multilabel_accuracy_update",
]


def binary_accuracy_update(y_pred: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Return how many of ``y.numel()`` predictions are right.

    Args:
        y_pred: 0 and 1, any real dtype, any shape.
        y: 0 and 1, any real dtype, the same shape.

    Returns:
        int64, ``()``.

    >>> binary_accuracy_update(torch.tensor([0, 1, 1]), torch.tensor([0, 1, 0]))
    tensor(2)
    """
    return torch.count_nonzero(y_pred == y)


def multiclass_accuracy_update(y_pred: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Return for how many of ``y.numel()`` labels the class of the highest score is right.

    Args:
        y_pred: scores ``(batch, classes, ...)``, floating or integer; a NaN is the highest.
        y: labels ``(batch, ...)``, any real dtype; one outside 0..classes-1 is never hit.

    Returns:
        int64, ``()``.

    >>> multiclass_accuracy_update(torch.tensor([[0.1, 0.9], [0.8, 0.2]]), torch.tensor([1, 1]))
    tensor(1)
    """
    return torch.count_nonzero(torch.argmax(y_pred, dim=1).eq_(y.detach()))


def multilabel_accuracy_update(y_pred: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Return how many of ``y.numel() / classes`` examples have every class right.

    Args:
        y_pred: 0 and 1, any real dtype, ``(batch, classes, ...)``.
        y: 0 and 1, any real dtype, the same shape.

    Returns:
        int64, ``()``.

    >>> multilabel_accuracy_update(torch.tensor([[0, 1], [1, 1]]), torch.tensor([[0, 1], [1, 0]]))
    tensor(1)
    """
    return torch.count_nonzero((y_pred == y).all(dim=1))


def accuracy_compute(num_correct: torch.Tensor | int, num_examples: int) -> float:
    """Return the share of right predictions, exact to a Python float.

    >>> accuracy_compute(torch.tensor(2), 3)
    0.6666666666666666
    """
    return int(num_correct) / num_examples
