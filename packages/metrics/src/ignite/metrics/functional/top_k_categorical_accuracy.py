"""Top-k accuracy as a function."""

from __future__ import annotations

import torch

__all__ = ["top_k_accuracy_update"]


def top_k_accuracy_update(y_pred: torch.Tensor, y: torch.Tensor, k: int) -> torch.Tensor:
    """Return for how many of ``y.numel()`` labels the class is among the k highest scores.

    Of classes with equal scores at the border, :func:`torch.topk` chooses which are among them.

    Args:
        y_pred: scores ``(batch, classes, ...)``, floating or integer; a NaN is the highest.
        y: labels ``(batch, ...)``, any real dtype; one outside 0..classes-1 is never hit.
        k: 1..classes.

    Returns:
        int64, ``()``.

    >>> scores = torch.tensor([[0.1, 0.3, 0.6], [0.5, 0.3, 0.2]])
    >>> top_k_accuracy_update(scores, torch.tensor([1, 2]), k=2)
    tensor(1)
    """
    highest = torch.topk(y_pred, k, dim=1, sorted=False).indices
    return torch.count_nonzero(highest == y.unsqueeze(1))
