"""Rankings of items for users as functions: where the relevant items are.

Rank 1 has the highest score; items of equal score are ranked in the order of their index.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch

from ignite.metrics.functional.score_counts import double

__all__ = [
    "first_hits_update",
    "hit_rate_compute",
    "mean_average_precision_at_update",
    "mean_reciprocal_rank_compute",
    "ndcg_update",
    "ranks_up_to",
    "top_items",
]


def top_items(scores: torch.Tensor, size: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the items of the highest scores of each user, and the highest score.

    Args:
        scores: any real dtype, ``(users, items)``, of at least one item.
        size: how many items; if there are fewer, all.

    Returns:
        Their indices, the highest score first, int64, ``(users, size)``; and the highest score
        ``(users,)``, NaN if there is one.

    >>> top_items(torch.tensor([[0.1, 0.7, 0.1]]), size=2)
    (tensor([[1, 0]]), tensor([0.7000]))
    """
    # Not topk, which ranks equal scores in any order.
    ranked, order = torch.sort(scores, dim=1, descending=True, stable=True)
    return order[:, :size], ranked[:, 0]


def ranks_up_to(values: torch.Tensor, top_k: Sequence[int]) -> torch.Tensor:
    """Return a matrix whose column for each k has the values of the ranks up to k, then 0.

    The product of ranked values with it is their weighted sum over the top k.

    Args:
        values: of each rank, ``(max(top_k),)``.
        top_k: numbers of items.

    Returns:
        ``(max(top_k), len(top_k))``.

    >>> ranks_up_to(torch.tensor([1.0, 0.5, 0.25]), [1, 3])
    tensor([[1.0000, 1.0000],
            [0.0000, 0.5000],
            [0.0000, 0.2500]])
    """
    ranks = torch.arange(len(values)).unsqueeze(1)
    return torch.where(ranks < torch.tensor(top_k), values.unsqueeze(1), 0)


def first_hits_update(counts: torch.Tensor, is_hit: torch.Tensor) -> torch.Tensor:
    """Count the users by the rank of their first relevant item, in place, and return the counts.

    Args:
        counts: int64, one for each rank, ``(ranks,)``.
        is_hit: whether the item of each rank is relevant, bool, ``(users, ranks or fewer)``.

    >>> counts = torch.zeros(3, dtype=torch.int64)
    >>> is_hit = torch.tensor([[False, True, True], [False, False, False], [False, True, False]])
    >>> first_hits_update(counts, is_hit)
    tensor([0, 2, 0])
    """
    first = is_hit.view(torch.uint8).argmax(dim=1)
    return counts.index_add_(0, first, is_hit.any(dim=1).to(counts.dtype))


def hit_rate_compute(counts: torch.Tensor, num_users: int, top_k: Sequence[int]) -> list[float]:
    """Return for each k which share of the users has a relevant item among the top k.

    Args:
        counts: of users by the rank of their first relevant item, int64, ``(max(top_k),)``.
        num_users: of all users, with those that have none.
        top_k: numbers of items.

    >>> hit_rate_compute(torch.tensor([0, 2, 0]), 4, [1, 3])
    [0.0, 0.5]
    """
    return [int(counts[:k].sum()) / num_users for k in top_k]


def mean_reciprocal_rank_compute(
    counts: torch.Tensor, num_users: int, top_k: Sequence[int]
) -> list[float]:
    """Return for each k the mean of 1 / rank of the first relevant item, 0 if not in the top k.

    (Voorhees, "The TREC-8 question answering track report", 1999.)

    Args:
        counts: of users by the rank of their first relevant item, int64, ``(max(top_k),)``.
        num_users: of all users, with those that have none.
        top_k: numbers of items.

    >>> mean_reciprocal_rank_compute(torch.tensor([0, 2, 0]), 4, [1, 3])
    [0.0, 0.25]
    """
    counted = double(counts)
    ranks = torch.arange(1, len(counts) + 1, device=counted.device)
    return [float((counted / ranks)[:k].sum()) / num_users for k in top_k]


def ndcg_update(
    relevance: torch.Tensor, discounts: torch.Tensor, is_exponential: bool
) -> torch.Tensor:
    r"""Return the normalized discounted cumulative gains, summed over users, for each k.

    The gain is the relevance, or :math:`2^{relevance} - 1`. (Järvelin and Kekäläinen, "Cumulated
    gain-based evaluation of IR techniques", 2002; Burges et al., "Learning to rank using gradient
    descent", 2005.) Users whose ideal gain is 0 add 0.

    Args:
        relevance: from 0 on, by rank, and by rank if ranked best, any real dtype, ``(2, users,
            ranks)``.
        discounts: from :func:`ranks_up_to`, floating, ``(ranks or more, ks)``.
        is_exponential: which gain.

    Returns:
        In the dtype of ``discounts``, ``(ks,)``.

    >>> discounts = ranks_up_to(1 / torch.tensor([2.0, 3.0]).log2(), [1, 2])
    >>> ndcg_update(torch.tensor([[[0, 1]], [[1, 0]]]), discounts, True)
    tensor([0.0000, 0.6309])
    """
    gains = relevance.to(discounts.dtype)
    if is_exponential:
        gains = gains.exp2() - 1
    found, best = (gains @ discounts[: gains.shape[2]]).unbind()
    return torch.where(best == 0, 0, found / best).sum(dim=0)


def mean_average_precision_at_update(
    is_hit: torch.Tensor, num_relevant: torch.Tensor, inverses: torch.Tensor, top_k: torch.Tensor
) -> torch.Tensor:
    r"""Return the average precisions among the top k, summed over users, for each k.

    That of a user is :math:`\frac{1}{\min(k, R)} \sum_r P_r` over the ranks :math:`r` up to k of
    relevant items, where :math:`P_r` is the share of relevant ones among the first :math:`r`, and
    :math:`R` the number of all relevant items. Users without any add 0.

    Args:
        is_hit: whether the item of each rank is relevant, bool, ``(users, ranks)``.
        num_relevant: of all items, int64, ``(users,)``.
        inverses: those of the ranks, from :func:`ranks_up_to`, floating, ``(ranks or more, ks)``.
        top_k: floating, ``(ks,)``.

    Returns:
        In the dtype of ``inverses``, ``(ks,)``.

    >>> inverses = ranks_up_to(1 / torch.tensor([1.0, 2.0]), [1, 2])
    >>> is_hit, top_k = torch.tensor([[False, True]]), torch.tensor([1.0, 2.0])
    >>> mean_average_precision_at_update(is_hit, torch.tensor([1]), inverses, top_k)
    tensor([0.0000, 0.5000])
    """
    found = is_hit.cumsum(dim=1).mul_(is_hit).to(inverses.dtype)
    most = torch.minimum(num_relevant.clamp(min=1).unsqueeze(1), top_k)
    return ((found @ inverses[: is_hit.shape[1]]) / most).sum(dim=0)
