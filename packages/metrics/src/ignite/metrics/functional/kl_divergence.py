"""The Kullback-Leibler divergence as a function."""

from __future__ import annotations

import torch

from ignite.metrics.functional._logits import log_probabilities

__all__ = ["kl_divergence_update"]


def kl_divergence_update(y_pred: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Return the sum over all distributions of KL(p || q), q predicted and p the target, in nats.

    KL(p || q) is the sum over classes of p log(p / q), where 0 log(0 / q) is 0, also for q = 0
    (Kullback and Leibler, "On information and sufficiency", 1951).

    Args:
        y_pred: logits of q, floating, ``(batch, classes, ...)``; -inf is probability 0.
        y: logits of p, as ``y_pred``.

    Returns:
        At least float32, ``()``.

    >>> p, q = torch.tensor([[0.5, 0.5]]), torch.tensor([[0.25, 0.75]])
    >>> kl_divergence_update(q.log(), p.log())
    tensor(0.1438)
    """
    log_q, log_p = log_probabilities(y_pred), log_probabilities(y)
    p = log_p.exp()
    return log_p.sub_(log_q).mul_(p).masked_fill_(p.logical_not(), 0).sum()
