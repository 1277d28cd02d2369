"""The confusion matrix as functions."""

from __future__ import annotations

import torch

__all__ = ["confusion_matrix_compute", "confusion_matrix_update"]


def confusion_matrix_update(
    matrix: torch.Tensor, y_pred: torch.Tensor, y: torch.Tensor
) -> torch.Tensor:
    """Add a batch to ``matrix`` in place, and return it.

    In place, for a matrix of the batch alone may be as large as the whole. Positions
    whose label lies outside 0..classes-1 are left out.

    Args:
        matrix: int64, ``(classes, classes)``, contiguous; row: label, column: prediction.
        y_pred: scores ``(batch, classes, ...)``, floating or integer; a NaN is the highest.
        y: labels ``(batch, ...)``, integer or bool.

    >>> scores = torch.tensor([[0.9, 0.1], [0.2, 0.8], [0.7, 0.3]])
    >>> matrix = torch.zeros(2, 2, dtype=torch.int64)
    >>> confusion_matrix_update(matrix, scores, torch.tensor([0, 1, 1]))
    tensor([[1, 0],
            [1, 1]])
    """
    num_classes, labels = len(matrix), y.long()
    # Not bincount: the size of its result depends on the values, so it waits for them.
    row = labels.clamp(0, num_classes - 1)
    index = torch.add(torch.argmax(y_pred, dim=1), row, alpha=num_classes)
    weight = row.eq_(labels)  # 0 where the label had to be clamped
    counts, device = matrix.view(-1), matrix.device
    counts.index_add_(0, index.flatten().to(device), weight.flatten().to(device))
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
