"""Regression, correlations and distances, against scikit-learn, scipy and numpy."""

from __future__ import annotations

import warnings
from functools import partial

import numpy as np
import torch
from scipy import stats
from scipy.spatial import distance
from sklearn import metrics as oracle

from ignite.metrics.cosine_similarity import CosineSimilarity
from ignite.metrics.mean_absolute_error import MeanAbsoluteError
from ignite.metrics.mean_pairwise_distance import MeanPairwiseDistance
from ignite.metrics.mean_squared_error import MeanSquaredError
from ignite.metrics.regression import (
    CanberraMetric,
    FractionalAbsoluteError,
    FractionalBias,
    GeometricMeanAbsoluteError,
    GeometricMeanRelativeAbsoluteError,
    KendallRankCorrelation,
    ManhattanDistance,
    MaximumAbsoluteError,
    MeanAbsoluteRelativeError,
    MeanError,
    MeanNormalizedBias,
    MedianAbsoluteError,
    MedianAbsolutePercentageError,
    MedianRelativeAbsoluteError,
    PearsonCorrelation,
    R2Score,
    SpearmanRankCorrelation,
    WaveHedgesDistance,
)
from ignite.metrics.root_mean_squared_error import RootMeanSquaredError
from ignite_contracts.metric import Bad, MetricCase


def normal(rng, n):
    return torch.tensor(rng.normal(size=n)), torch.tensor(rng.normal(size=n))


def column(rng, n):
    return tuple(each[:, None] for each in normal(rng, n))


def singles(rng, n):
    return tuple(each.float() for each in normal(rng, n))


def halves(rng, n):
    """Of values whose squares overflow in this dtype."""
    return tuple((300 * each).half() for each in normal(rng, n))


def bfloats(rng, n):
    return tuple(each.bfloat16() for each in normal(rng, n))


def integers(rng, n):
    return torch.tensor(rng.integers(-9, 9, n)), torch.tensor(rng.integers(-9, 9, n))


def bytes_and_floats(rng, n):
    return torch.tensor(rng.integers(0, 256, n, np.uint8)), torch.tensor(rng.normal(size=n))


def far_apart(rng, n):
    sign = rng.choice([-1, 1], (2, n))
    return tuple(torch.tensor(sign * 10.0 ** rng.uniform(-12, 12, (2, n))))


def positive(rng, n):
    return tuple(torch.tensor(rng.lognormal(size=(2, n))))


def with_zeros(rng, n):
    """Also zeros in both places at once, but none beside a value that is not."""
    zero = torch.tensor(rng.random(n) < 0.4)
    return tuple(each.masked_fill(zero, 0) for each in positive(rng, n))


def ties(rng, n):
    return torch.tensor(rng.integers(0, 3, n)), torch.tensor(rng.integers(0, 4, n)).float()


def exact(rng, n):
    """Some predictions are the targets."""
    y_pred, y = normal(rng, n)
    return torch.where(torch.tensor(rng.random(n) < 0.3), y, y_pred), y


def offset(rng, n):
    """Of a mean that is large beside the deviation; exact in float64."""
    y_pred, y = normal(rng, n)
    return tuple((each * 2**20).round() / 2**20 + 1e8 for each in (y_pred + y, y))


def drifting(rng, n):
    """Where the first examples lie far from the others."""
    y_pred, y = normal(rng, n)
    away = 1e6 * (torch.arange(n) < n // 3)
    return y_pred + y + away, y + away


def constant(rng, n):
    return torch.tensor(rng.normal(size=n)), torch.full((n,), 0.5, dtype=torch.float64)


def images(rng, n):
    return tuple(torch.tensor(rng.normal(size=(2, n, 2, 3))).float())


def vectors(rng, n):
    return tuple(torch.tensor(rng.normal(size=(2, n, 5))))


def zero_vectors(rng, n):
    y_pred, y = vectors(rng, n)
    return y_pred * torch.tensor(rng.random((n, 1)) < 0.5), y


def flat(function):
    """Make an oracle of a function of flat float64 arrays."""

    def value(data):
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")  # of what is undefined
            return function(*(np.asarray(each, dtype=float).reshape(-1) for each in data))

    return value


def by_example(function):
    """Make an oracle of the mean over examples of a function of two vectors."""

    def value(data):
        pairs = zip(*(each.astype(float).reshape(len(each), -1) for each in data), strict=True)
        return np.mean([function(a, b) for a, b in pairs])

    return value


def quotient(a, b):
    """Return ``a / b``, where zero over zero is zero."""
    return np.divide(a, b, out=np.zeros(np.broadcast(a, b).shape), where=~((a == 0) & (b == 0)))


def cosine(a, b):
    return 1 - distance.cosine(a, b) if a.any() and b.any() else 0.0


def r2(p, y):
    return oracle.r2_score(y, p, force_finite=False)


def pearson(p, y):
    return 0.0 if np.ptp(p) == 0 or np.ptp(y) == 0 else stats.pearsonr(p, y).statistic


def relative(p, y):
    return quotient(np.abs(y - p), np.abs(y - y.mean()))


EXACT = {"normal": normal, "far apart": far_apart, "integers": integers, "offset": offset}
NARROW = {"singles": singles, "halves": halves, "bfloats": bfloats, "mixed": bytes_and_floats}
FLAT = {**EXACT, **NARROW, "column": column}
POSITIVE = {"positive": positive, "zeros": with_zeros}
KEPT = {**FLAT, "ties": ties, "exact": exact}

ONES = torch.ones(3)
BAD = {
    "lengths": Bad((ONES, torch.ones(2)), ValueError),
    "broadcast": Bad((torch.ones(3, 3), ONES), ValueError),
    "single numbers": Bad((torch.tensor(1.0), torch.tensor(1.0)), ValueError),
    "complex": Bad((ONES.cfloat(), ONES.cfloat()), TypeError),
    "lists": Bad(([1.0], [1.0]), TypeError),
}
BAD_FLAT = {**BAD, "columns": Bad((torch.ones(3, 2), torch.ones(3, 2)), ValueError)}


def case(metric, draws, function, **kwargs):
    return MetricCase(metric, draws, flat(function), **{"bad": BAD_FLAT, **kwargs})


CASES = {
    "mean squared error": MetricCase(
        MeanSquaredError,
        {**FLAT, "images": images},
        by_example(distance.sqeuclidean),
        bad=BAD,
    ),
    "root mean squared error": MetricCase(
        RootMeanSquaredError,
        {**FLAT, "images": images},
        lambda data: np.sqrt(by_example(distance.sqeuclidean)(data)),
        bad=BAD,
    ),
    "mean absolute error": MetricCase(
        MeanAbsoluteError, {**FLAT, "images": images}, by_example(distance.cityblock), bad=BAD
    ),
    "mean pairwise distance": MetricCase(
        MeanPairwiseDistance,
        {"vectors": vectors, "normal": normal, "halves": halves},
        by_example(lambda a, b: distance.euclidean(a + 1e-6, b)),
        bad=BAD,
    ),
    "mean pairwise distance, p=1": MetricCase(
        partial(MeanPairwiseDistance, p=1, eps=0.0),
        {"vectors": vectors},
        by_example(distance.cityblock),
    ),
    "cosine similarity": MetricCase(
        CosineSimilarity,
        {"vectors": vectors, "zeros": zero_vectors, "images": images},
        by_example(cosine),
        bad={
            **BAD,
            "flat": Bad((ONES, ONES), ValueError),
            "complex": Bad((ONES.cfloat()[:, None], ONES.cfloat()[:, None]), TypeError),
        },
    ),
    "Canberra metric": case(CanberraMetric, {**FLAT, **POSITIVE}, distance.canberra),
    "Manhattan distance": case(ManhattanDistance, FLAT, distance.cityblock),
    "Wave Hedges distance": case(
        WaveHedgesDistance,
        {"normal": normal, **POSITIVE},
        lambda p, y: quotient(np.abs(y - p), np.maximum(p, y)).sum(),
        tolerance=1e-5,
    ),
    "fractional absolute error": case(
        FractionalAbsoluteError,
        {**FLAT, **POSITIVE},
        lambda p, y: quotient(2 * np.abs(y - p), np.abs(p) + np.abs(y)).mean(),
    ),
    "fractional bias": case(
        FractionalBias,
        {"normal": normal, **POSITIVE},
        lambda p, y: quotient(2 * (y - p), p + y).mean(),
        tolerance=1e-5,
    ),
    "geometric mean absolute error": case(
        GeometricMeanAbsoluteError,
        {"normal": normal, "far apart": far_apart, "exact": exact, "singles": singles},
        lambda p, y: stats.gmean(np.abs(y - p)),
    ),
    "geometric mean relative absolute error": case(
        GeometricMeanRelativeAbsoluteError,
        {"normal": normal, "exact": exact, "singles": singles, "mixed": bytes_and_floats},
        lambda p, y: stats.gmean(relative(p, y)),
        least=2,
        keeps_rows=True,
    ),
    "maximum absolute error": case(MaximumAbsoluteError, FLAT, lambda p, y: oracle.max_error(y, p)),
    "mean absolute relative error": case(
        MeanAbsoluteRelativeError,
        {"normal": normal, "positive": positive, "singles": singles, "offset": offset},
        lambda p, y: oracle.mean_absolute_percentage_error(y, p),
    ),
    "mean error": case(MeanError, FLAT, lambda p, y: (y - p).mean(), tolerance=1e-5),
    "mean normalized bias": case(
        MeanNormalizedBias,
        {"normal": normal, "positive": positive, "singles": singles, "offset": offset},
        lambda p, y: ((y - p) / y).mean(),
        tolerance=1e-5,
    ),
    "median absolute error": case(
        MedianAbsoluteError,
        {**KEPT, "images": lambda rng, n: tuple(each[:, 0] for each in images(rng, n))},
        lambda p, y: oracle.median_absolute_error(y, p),
        keeps_rows=True,
        bad=BAD,
    ),
    "median absolute percentage error": case(
        MedianAbsolutePercentageError,
        {**POSITIVE, "normal": normal, "ties": ties},
        lambda p, y: 100 * np.median(quotient(np.abs(y - p), np.abs(y))),
        keeps_rows=True,
        bad=BAD,
    ),
    "median relative absolute error": case(
        MedianRelativeAbsoluteError,
        {"normal": normal, "exact": exact, "singles": singles, "mixed": bytes_and_floats},
        lambda p, y: np.median(relative(p, y)),
        least=2,
        keeps_rows=True,
        bad=BAD,
    ),
    "Pearson correlation": case(
        PearsonCorrelation,
        {**FLAT, "drifting": drifting, "constant": constant},
        pearson,
        least=3,
        keeps_rows=True,  # one for each rank: see test_moments_are_one_row
    ),
    "R2 score": case(
        R2Score, {**FLAT, "drifting": drifting, "constant": constant}, r2, least=2, keeps_rows=True
    ),
    "Spearman rank correlation": case(
        SpearmanRankCorrelation,
        {**KEPT, "constant": constant},
        lambda p, y: stats.spearmanr(p, y).statistic,
        least=2,
        keeps_rows=True,
    ),
    "Kendall rank correlation, b": case(
        KendallRankCorrelation,
        {**KEPT, "constant": constant},
        lambda p, y: stats.kendalltau(p, y).statistic,
        keeps_rows=True,
    ),
    "Kendall rank correlation, c": case(
        partial(KendallRankCorrelation, "c"),
        {**KEPT, "constant": constant},
        lambda p, y: stats.kendalltau(p, y, variant="c").statistic,
        keeps_rows=True,
    ),
}
