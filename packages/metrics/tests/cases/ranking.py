"""Rankings of items for users, against scikit-learn and numpy."""

from __future__ import annotations

from functools import partial

import numpy as np
import torch
from sklearn.metrics import ndcg_score

from ignite.metrics.rec_sys import MAP, MRR, NDCG, HitRate
from ignite_contracts.metric import Bad, MetricCase

ITEMS = 5


def grades(rng, n):
    """Return relevances, of which the first user has one above 0."""
    y = rng.integers(0, 4, (n, ITEMS)) * rng.integers(0, 2, (n, ITEMS))
    y[0, 0] = 3
    return torch.tensor(y)


def apart(rng, n):
    return torch.tensor(rng.normal(size=(n, ITEMS))), grades(rng, n)


def ties(rng, n):
    return torch.tensor(rng.integers(0, 2, (n, ITEMS))), grades(rng, n).half()


def all_tied(rng, n):
    return torch.zeros(n, ITEMS).half(), grades(rng, n).float()


def masked(rng, n):
    scores = rng.normal(size=(n, ITEMS))
    scores[rng.random((n, ITEMS)) < 0.5] = -np.inf
    return torch.tensor(scores), grades(rng, n)


def flags(rng, n):
    return torch.tensor(rng.normal(size=(n, ITEMS))).bfloat16(), grades(rng, n) > 0


def all_wrong(rng, n):
    y = grades(rng, n)
    return -y, y


def all_relevant(rng, n):
    return torch.tensor(rng.normal(size=(n, ITEMS))), torch.tensor(rng.random((n, ITEMS)) + 1)


def one_item(rng, n):
    return torch.tensor(rng.normal(size=(n, 1))), torch.ones(n, 1)


def ranked(data):
    """Return relevances by rank, and whether each user has any."""
    scores, y = (each.astype(float) for each in data)
    order = np.argsort(-scores, axis=1, kind="stable")
    return np.take_along_axis(y, order, 1), (y > 0).any(1)


def mean_over_users(of_user, top_k, ignore):
    def oracle(data):
        rows, has_any = ranked(data)
        kept = rows[has_any] if ignore else rows
        return [np.mean([of_user(row > 0, k) for row in kept]) for k in top_k]

    return oracle


def hit(is_hit, k):
    return float(is_hit[:k].any())


def reciprocal_rank(is_hit, k):
    return 1 / (1 + np.argmax(is_hit)) if is_hit[:k].any() else 0.0


def average_precision(is_hit, k):
    if not is_hit.any():
        return 0.0
    precisions = [is_hit[: rank + 1].mean() for rank in range(len(is_hit[:k])) if is_hit[rank]]
    return sum(precisions) / min(k, is_hit.sum())


def gains(data, top_k, threshold=1.0, exponential=True, ignore=True):
    """Return scikit-learn's value of scores that fall by rank, so that none are tied."""
    rows, _ = ranked(data)
    relevant = rows >= threshold
    rows = rows * relevant
    rows = 2**rows - 1 if exponential else rows
    rows = rows[relevant.any(1)] if ignore else rows
    if rows.shape[1] == 1:  # for which scikit-learn has no value
        return [np.mean(rows > 0) for _ in top_k]
    falling = np.tile(-np.arange(rows.shape[1]), (len(rows), 1))
    return [ndcg_score(rows, falling, k=k) for k in top_k]


DRAWS = {
    "apart": apart,
    "ties": ties,
    "all tied": all_tied,
    "masked": masked,
    "flags": flags,
    "all wrong": all_wrong,
    "all relevant": all_relevant,
    "one item": one_item,
}
BAD = {
    "shapes": Bad((torch.zeros(3, 4), torch.zeros(3, 5)), ValueError),
    "dimensions": Bad((torch.zeros(3), torch.zeros(3)), ValueError),
    "no items": Bad((torch.zeros(3, 0), torch.zeros(3, 0)), ValueError),
    "complex": Bad((torch.zeros(3, 4).cfloat(), torch.zeros(3, 4)), TypeError),
    "lists": Bad(([[0.5]], [[1]]), TypeError),
}
TOP_K = [1, 2, 4, 9]

CASES = {
    **{
        f"{name}, {'some' if ignore else 'all'} users": MetricCase(
            partial(metric, TOP_K, ignore), DRAWS, mean_over_users(of_user, TOP_K, ignore), bad=BAD
        )
        for name, metric, of_user in (
            ("hit rate", HitRate, hit),
            ("mean reciprocal rank", MRR, reciprocal_rank),
            ("mean average precision at k", MAP, average_precision),
        )
        for ignore in (True, False)
    },
    "ndcg": MetricCase(partial(NDCG, TOP_K), DRAWS, partial(gains, top_k=TOP_K), bad=BAD),
    "ndcg, all users": MetricCase(
        partial(NDCG, TOP_K, False), DRAWS, partial(gains, top_k=TOP_K, ignore=False)
    ),
    "ndcg, linear": MetricCase(
        partial(NDCG, TOP_K, gain_function="linear_rank"),
        DRAWS,
        partial(gains, top_k=TOP_K, exponential=False),
    ),
    "ndcg, threshold": MetricCase(
        partial(NDCG, TOP_K, relevance_threshold=2.5),
        {name: DRAWS[name] for name in ("apart", "ties", "masked", "all wrong")},
        partial(gains, top_k=TOP_K, threshold=2.5),
    ),
}
