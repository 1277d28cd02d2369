"""Distance and similarity of vectors as functions: what a batch adds to a sum over examples."""

from __future__ import annotations

import torch

from ignite.metrics.functional._precision import full_precision

__all__ = ["cosine_similarity_update", "mean_pairwise_distance_update"]


def mean_pairwise_distance_update(
    y_pred: torch.Tensor, y: torch.Tensor, p: float = 2, eps: float = 1e-6
) -> torch.Tensor:
    """Return the sum of the distances ``||y_pred - y + eps||_p`` along the last dimension.

    Args:
        y_pred: any real dtype, ``(..., features)``.
        y: any real dtype, the same shape.
        p: of the norm; infinity for the largest difference.
        eps: added to each difference.

    Returns:
        ``()``.

    >>> y_pred, y = torch.tensor([[3.0, 0.0], [1.0, 1.0]]), torch.tensor([[0.0, 4.0], [1.0, 1.0]])
    >>> mean_pairwise_distance_update(y_pred, y, eps=0)
    tensor(5.)
    """
    y_pred, y = full_precision(y_pred, y)
    return torch.pairwise_distance(y_pred, y, p, eps).sum()


def cosine_similarity_update(
    y_pred: torch.Tensor, y: torch.Tensor, eps: float = 1e-8
) -> torch.Tensor:
    """Return the sum of ``<y_pred, y> / (max(||y_pred||, eps) max(||y||, eps))`` over the rows.

    Args:
        y_pred: any real dtype, ``(batch, features)``.
        y: any real dtype, the same shape.
        eps: the least norm.

    Returns:
        ``()``.

    >>> y_pred, y = torch.tensor([[3.0, 0.0], [0.0, 2.0]]), torch.tensor([[3.0, 4.0], [1.0, 0.0]])
    >>> cosine_similarity_update(y_pred, y)
    tensor(0.6000)
    """
    y_pred, y = full_precision(y_pred, y)
    return torch.cosine_similarity(y_pred, y, dim=1, eps=eps).sum()
