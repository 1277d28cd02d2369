"""The Jensen-Shannon divergence as a function."""

from __future__ import annotations

import torch

from ignite.metrics.functional._logits import probabilities

__all__ = ["js_divergence_update"]


def js_divergence_update(y_pred: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Return the sum over all distributions of the Jensen-Shannon divergence, in nats.

    It is the mean of KL(p || m) and KL(q || m) with m = (p + q) / 2 (Lin, "Divergence measures
    based on the Shannon entropy", 1991): between 0 and log 2, and the same for p and q swapped.

    Args:
        y_pred: logits of q, floating, ``(batch, classes, ...)``; -inf is probability 0.
        y: logits of p, as ``y_pred``.

    Returns:
        At least float32, ``()``.

    >>> p, q = torch.tensor([[1.0, 0.0]]), torch.tensor([[0.0, 1.0]])
    >>> js_divergence_update(q.log(), p.log())
    tensor(0.6931)
    """
    p, q = probabilities(y), probabilities(y_pred)
    # p / m is 1 + r and q / m is 1 - r. Close to 0, which is where p and q are nearly equal, r is
    # more precise than either; and it stays off 1 and -1, where 0 would meet log 0.
    limits = torch.finfo(p.dtype)
    r = (p - q).div_((p + q).clamp_min_(limits.tiny)).clamp_(limits.eps - 1, 1 - limits.eps)
    terms = p.mul_(r.log1p()).add_(q.mul_(r.neg_().log1p_()))
    return terms.sum().mul_(0.5)
