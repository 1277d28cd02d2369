"""Perplexity as functions: the surprise of labels, and its exponential mean."""

from __future__ import annotations

import torch
from torch.nn.functional import cross_entropy

__all__ = ["perplexity_compute", "perplexity_update"]


def perplexity_update(
    y_pred: torch.Tensor, y: torch.Tensor, ignore_index: int = -100
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return the negative log-likelihood of all labels, their number, and that of invalid ones.

    Args:
        y_pred: logits ``(batch, vocabulary, ...)``, floating.
        y: labels ``(batch, ...)``, integer.
        ignore_index: the label of positions to leave out. Of the others, labels outside
            0..vocabulary-1 are invalid, and left out too.

    Returns:
        The sum, ``()``, of the dtype of ``y_pred`` but at least float32, and two counts,
        int64, ``()``.

    >>> logits, labels = torch.zeros(3, 4), torch.tensor([1, -100, 7])
    >>> perplexity_update(logits, labels)  # log(4)
    (tensor(1.3863), tensor(1), tensor(1))
    """
    if y_pred.dim() > 2 and y_pred.stride(1) == 1:
        # (batch, ..., vocabulary) in memory, as most models give it: no copy, and much faster.
        y_pred, y = y_pred.movedim(1, -1).flatten(0, -2), y.flatten()
    y = y.long()
    # An index out of range would end the process on an accelerator.
    target = y.clamp(0, y_pred.shape[1] - 1)
    target.masked_fill_(target != y, ignore_index)
    if y_pred.dtype in (torch.float16, torch.bfloat16):
        y_pred = y_pred.float()
    total = cross_entropy(y_pred, target, ignore_index=ignore_index, reduction="sum")
    return total, torch.count_nonzero(target != ignore_index), torch.count_nonzero(target != y)


def perplexity_compute(total: torch.Tensor, num_labels: torch.Tensor | int) -> torch.Tensor:
    """Return the exponential of the mean negative log-likelihood.

    Jelinek et al., "Perplexity: a measure of the difficulty of speech recognition tasks" (1977).

    Args:
        total: the negative log-likelihood of all labels, floating, ``()``.
        num_labels: their number.

    >>> round(perplexity_compute(torch.tensor(2.7726), 2).item(), 3)
    4.0
    """
    return torch.exp(total / num_labels)
