"""Cohen's kappa as functions."""

from __future__ import annotations

from typing import Literal

import torch

from ignite.metrics.functional._precision import double, ratio

__all__ = ["cohen_kappa_compute", "label_pairs_update"]


def label_pairs_update(matrix: torch.Tensor, y_pred: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Add pairs of labels to ``matrix`` in place, and return it.

    Pairs with a label outside 0..classes-1 are left out.

    Args:
        matrix: int64, ``(classes, classes)``, contiguous; row: ``y``, column: ``y_pred``.
        y_pred: labels ``(batch,)``, any real dtype.
        y: labels ``(batch,)``, any real dtype.

    >>> y_pred, y = torch.tensor([0, 1, 1]), torch.tensor([0, 0, 1])
    >>> label_pairs_update(torch.zeros(2, 2, dtype=torch.int64), y_pred, y)
    tensor([[1, 1],
            [0, 1]])
    """
    last = len(matrix) - 1
    row, column = y.long().clamp(0, last), y_pred.long().clamp(0, last)
    index = torch.add(column, row, alpha=len(matrix))
    # 0 where a label had to be clamped.
    weight = row.eq_(y.detach()).mul_(column.eq_(y_pred.detach()))
    if index.device != matrix.device:
        index, weight = index.to(matrix.device), weight.to(matrix.device)
    matrix.view(-1).index_add_(0, index, weight)
    return matrix


def cohen_kappa_compute(
    matrix: torch.Tensor, weights: Literal["linear", "quadratic"] | None = None
) -> torch.Tensor:
    """Return by how much two raters disagree less than by chance.

    After Cohen, "A coefficient of agreement for nominal scales", 1960; with weights, "Weighted
    kappa", 1968.

    Args:
        matrix: counts ``(classes, classes)`` of the labels of both.
        weights: of a disagreement: None, 1; ``"linear"``, by how many classes the labels differ;
            ``"quadratic"``, its square.

    Returns:
        float64, ``()``; 0 where both give one and the same label always.

    >>> cohen_kappa_compute(torch.tensor([[2, 1], [0, 2]]))
    tensor(0.6154, dtype=torch.float64)
    """
    classes = torch.arange(len(matrix), device=matrix.device)
    apart = (classes.unsqueeze(0) - classes.unsqueeze(1)).abs()
    weight = {None: apart.clamp(max=1), "linear": apart, "quadratic": apart.square()}[weights]
    counts = double(matrix)
    by_chance = torch.outer(counts.sum(dim=1), counts.sum(dim=0)) / counts.sum()
    expected = (weight * by_chance).sum()
    return ratio(expected - (weight * counts).sum(), expected)
