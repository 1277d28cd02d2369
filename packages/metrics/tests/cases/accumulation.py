"""Averages, against numpy and scipy."""

from __future__ import annotations

import numpy as np
import torch
from scipy import stats

from ignite.metrics.accumulation import Average, GeometricAverage
from ignite_contracts.metric import Bad, MetricCase


def rows(rng, n):
    return torch.tensor(rng.normal(size=(n, 3)))


def images(rng, n):
    return torch.tensor(rng.normal(size=(n, 3, 2))).float()


def halves(rng, n):
    """Whose sum overflows in this dtype."""
    return torch.tensor(rng.uniform(1e4, 6e4, (n, 2))).half()


def integers(rng, n):
    return torch.tensor(rng.integers(-(2**40), 2**40, (n, 2)))


def far_apart(rng, n):
    return torch.tensor(10.0 ** rng.uniform(-100, 100, (n, 2)))


def with_zeros(rng, n):
    return torch.tensor(rng.integers(0, 3, (n, 2)))


def values(rng, n):
    return torch.tensor(rng.lognormal(size=(n, 1)))


BAD = {
    "text": Bad("one", TypeError),
    "list": Bad([1.0], TypeError),
    "complex": Bad(torch.ones(3, 2).cfloat(), TypeError),
}


def geometric(data):
    with np.errstate(divide="ignore"):
        return stats.gmean(data.astype(float))


CASES = {
    "average": MetricCase(
        Average,
        {"rows": rows, "images": images, "halves": halves, "integers": integers},
        lambda data: data.astype(float).mean(0),
        keeps_rows=True,  # one for each rank: see test_a_rank_keeps_one_row
        bad=BAD,
    ),
    "geometric average": MetricCase(
        GeometricAverage,
        {"far apart": far_apart, "zeros": with_zeros, "values": values, "halves": halves},
        geometric,
        tolerance=1e-5,  # logarithms of halves are taken in float32
        keeps_rows=True,
        bad=BAD,
    ),
}
