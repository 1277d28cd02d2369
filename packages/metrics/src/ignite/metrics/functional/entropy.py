"""The entropy as a function."""

from __future__ import annotations

import torch

from ignite.metrics.functional._logits import log_probabilities

__all__ = ["entropy_update"]


def entropy_update(y_pred: torch.Tensor) -> torch.Tensor:
    """Return the sum over all distributions of the entropy, in nats.

    It is the sum over classes of -p log p, where 0 log 0 is 0 (Shannon, "A mathematical theory
    of communication", 1948).

    Args:
        y_pred: logits, floating, ``(batch, classes, ...)``; -inf is probability 0.

    Returns:
        At least float32, ``()``.

    >>> entropy_update(torch.zeros(1, 2))
    tensor(0.6931)
    """
    log_p = log_probabilities(y_pred)
    log_p = log_p.clamp_min_(torch.finfo(log_p.dtype).min)  # finite, so that 0 log 0 is 0
    return log_p.exp().mul_(log_p).sum().neg_()
