"""How often a class is predicted, as functions."""

from __future__ import annotations

import torch

__all__ = ["multiclass_selection_update", "multilabel_selection_update"]


def multiclass_selection_update(counts: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
    """Add to ``counts`` in place how often a class has the highest score, and return it.

    Args:
        counts: int64, ``(classes,)``.
        y_pred: scores ``(batch, classes, ...)``, floating or integer; a NaN is the highest.

    >>> scores = torch.tensor([[0.9, 0.1], [0.2, 0.8], [0.7, 0.3]])
    >>> multiclass_selection_update(torch.zeros(2, dtype=torch.int64), scores)
    tensor([2, 1])
    """
    predicted = torch.argmax(y_pred, dim=1).flatten().to(counts.device)
    return counts.index_add_(0, predicted, torch.ones_like(predicted))


def multilabel_selection_update(y_pred: torch.Tensor) -> torch.Tensor:
    """Return how often a class is predicted.

    Args:
        y_pred: 0 and 1, any real dtype, ``(batch, classes, ...)``.

    Returns:
        int64, ``(classes,)``.

    >>> multilabel_selection_update(torch.tensor([[0, 1], [1, 1]]))
    tensor([1, 2])
    """
    flags = y_pred.detach()  # integers have no gradient
    return flags.sum(dim=(0, *range(2, flags.dim())), dtype=torch.int64)
