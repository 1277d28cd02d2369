from __future__ import annotations

import math
import warnings
from fractions import Fraction
from functools import partial

import numpy as np
import pytest
import torch
from scipy import stats

from ignite.metrics import CapacityExceeded, InvalidValuesError, MetricGroup, NotComputableError
from ignite.metrics.cosine_similarity import CosineSimilarity
from ignite.metrics.functional import (
    accumulation,
    distance,
    moments,
    rank_correlation,
    regression,
    relative_error,
)
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
from ignite.metrics.regression.median_absolute_error import median_absolute_error_compute_fn
from ignite.metrics.root_mean_squared_error import RootMeanSquaredError

NAN, INF = math.nan, math.inf
Y_PRED = torch.tensor([1.0, 2.0, 3.0, 5.0, 4.0])
Y = torch.tensor([1.5, 2.0, 2.5, 4.0, 7.0])
VALUES = {  # as PyTorch-Ignite 0.5.5 gives them for these numbers
    MeanSquaredError: 2.1,
    MeanAbsoluteError: 1.0,
    RootMeanSquaredError: 1.449137674618944,
    MeanPairwiseDistance: 1.0000001907,  # there only for (batch, 1)
    CanberraMetric: 0.6747475267,
    FractionalAbsoluteError: 0.2698990107,
    FractionalBias: 0.1082828403,
    GeometricMeanAbsoluteError: 0.0,
    GeometricMeanRelativeAbsoluteError: 0.0,
    ManhattanDistance: 5.0,
    MaximumAbsoluteError: 3.0,
    MeanAbsoluteRelativeError: 0.2423809528,
    MeanError: 0.4,
    MeanNormalizedBias: 0.0623809576,
    MedianAbsoluteError: 0.5,
    MedianAbsolutePercentageError: 25.0,
    MedianRelativeAbsoluteError: 0.5555555224,
    PearsonCorrelation: 0.7124705315,
    R2Score: 0.4670050761,
    SpearmanRankCorrelation: 0.9,
    KendallRankCorrelation: 0.8,
    WaveHedgesDistance: 1.1285715103,
}
FLAT_ONLY = [
    metric
    for metric in VALUES
    if metric
    not in (
        MeanSquaredError,
        MeanAbsoluteError,
        RootMeanSquaredError,
        MeanPairwiseDistance,
        MedianAbsoluteError,
        MedianAbsolutePercentageError,
        MedianRelativeAbsoluteError,
    )
]


def value(metric, *batches):
    metric = metric()
    for y_pred, y in batches:
        metric.update((torch.as_tensor(y_pred), torch.as_tensor(y)))
    return metric.compute()


@pytest.mark.parametrize("metric", VALUES)
def test_the_same_values_in_any_shape_and_dtype(metric):
    expected = pytest.approx(VALUES[metric], abs=1e-6)
    column = Y_PRED[:, None], Y[:, None]
    assert value(metric, (Y_PRED, Y)) == expected
    assert value(metric, column) == expected
    assert value(metric, (Y_PRED, column[1])) == expected
    assert value(metric, (column[0], Y)) == expected
    assert value(metric, (Y_PRED.half(), Y.half())) == expected
    assert value(metric, (Y_PRED.bfloat16(), Y.double())) == expected
    assert value(metric, (Y_PRED.to(torch.uint8), Y)) == expected
    assert isinstance(value(metric, (Y_PRED, Y)), float)


@pytest.mark.parametrize("metric", FLAT_ONLY)
def test_columns_are_refused_where_they_have_no_meaning(metric):
    message = r"\(batch,\) or \(batch, 1\), got y_pred \(5, 2\) .* each column"
    with pytest.raises(ValueError, match=message):
        value(metric, (torch.ones(5, 2), torch.ones(5, 2)))


@pytest.mark.parametrize("metric", VALUES)
@pytest.mark.parametrize(
    ("y_pred", "y", "error", "message"),
    [
        (Y_PRED, Y[:3], ValueError, r"got y_pred \(5,\) and y \(3,\)"),
        (Y_PRED, Y.expand(5, 5), ValueError, r"got y_pred \(5,\) and y \(5, 5\)"),
        (Y_PRED[0], Y[0], ValueError, "single numbers"),
        (Y_PRED[0], Y, ValueError, r"got y_pred \(\) and y \(5,\)"),
        (Y_PRED.tolist(), Y, TypeError, "got list and Tensor"),
        (Y_PRED, Y.cfloat(), TypeError, "real, got torch.float32 and torch.complex64"),
    ],
)
def test_bad_updates(metric, y_pred, y, error, message):
    metric = metric()
    metric.update((Y_PRED, Y))
    before = metric.compute()
    with pytest.raises(error, match=message):
        metric.update((y_pred, y))
    assert metric.compute() == before


@pytest.mark.parametrize("metric", VALUES)
def test_a_batch_of_no_example(metric):
    none = Y_PRED[:0], Y[:0]
    with pytest.raises(NotComputableError):
        value(metric, none)
    assert value(metric, none, (Y_PRED, Y), none) == pytest.approx(VALUES[metric], abs=1e-6)


@pytest.mark.parametrize("metric", VALUES)
def test_nan_stays_nan(metric):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert math.isnan(value(metric, (Y_PRED, Y), ([1.0, NAN, 3.0], [1.0, 2.0, 4.0])))
        assert math.isnan(value(metric, ([1.0, 2.0, 3.0], [1.0, 2.0, NAN]), (Y_PRED, Y)))


@pytest.mark.parametrize(
    ("metric", "y_pred", "y", "expected"),
    [
        (CanberraMetric, [0.0, 1.0], [0.0, 0.0], 1.0),
        (CanberraMetric, [1e-40, 3.0], [1e-40, 3.0], 0.0),
        (FractionalAbsoluteError, [0.0, 1.0], [0.0, 0.0], 1.0),
        (FractionalBias, [0.0, 1.0], [0.0, 3.0], 0.5),
        (FractionalBias, [-1.0, 1.0], [1.0, 1.0], INF),
        (FractionalBias, [-0.5, -0.5], [-0.5, -0.5], 0.0),
        (WaveHedgesDistance, [0.0, 1.0], [0.0, 3.0], 2 / 3),
        (WaveHedgesDistance, [-1.0, 1.0], [0.0, 3.0], INF),
        (WaveHedgesDistance, [-1.0, 2.0, -3.0, 5.0], [1.0, 2.0, -1.0, -2.0], 1.4),
        (MedianAbsolutePercentageError, [0.0, 1.0, 3.0], [0.0, 0.0, 2.0], 50.0),
        (MedianAbsolutePercentageError, [1.0, 1.0, 3.0], [0.0, 0.0, 2.0], INF),
        (MedianRelativeAbsoluteError, [2.0, 1.0, 3.5], [2.0, 1.5, 2.5], 1.0),
        (MedianRelativeAbsoluteError, [0.1, 0.1], [0.1, 0.1], 0.0),
        (GeometricMeanAbsoluteError, [1.0, 5.0], [1.0, 1.0], 0.0),
        (GeometricMeanRelativeAbsoluteError, [0.1, 0.1], [0.1, 0.1], 0.0),
        (GeometricMeanRelativeAbsoluteError, [1.0, 5.0], [1.0, 1.0], NAN),  # of 0 and infinity
        (GeometricMeanRelativeAbsoluteError, [1.5], [1.0], INF),
        (MaximumAbsoluteError, [INF, 1.0], [1.0, 1.0], INF),
        (R2Score, [1.0, 2.0, 5.0], [0.1, 0.1, 0.1], -INF),
        (R2Score, [0.1, 0.1, 0.1], [0.1, 0.1, 0.1], NAN),
        (R2Score, [2.0], [1.0], -INF),
        (PearsonCorrelation, [1.0, 2.0, 5.0], [0.1, 0.1, 0.1], 0.0),
        (PearsonCorrelation, [2.0], [1.0], 0.0),
        (partial(PearsonCorrelation, 0.0), [1.0, 2.0, 5.0], [0.1, 0.1, 0.1], NAN),
        (SpearmanRankCorrelation, [1.0, 2.0, 5.0], [0.1, 0.1, 0.1], NAN),
        (SpearmanRankCorrelation, [1.0], [2.0], NAN),
        (KendallRankCorrelation, [1.0, 2.0, 5.0], [0.1, 0.1, 0.1], NAN),
        (KendallRankCorrelation, [1.0], [2.0], NAN),
        (partial(KendallRankCorrelation, "c"), [1.0], [2.0], NAN),
        (SpearmanRankCorrelation, [-INF, 0.0, INF], [1.0, 2.0, 3.0], 1.0),
        (KendallRankCorrelation, [0.0, -0.0, INF], [2.0, 2.0, 3.0], 1.0),
    ],
)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_where_the_denominator_is_zero(metric, y_pred, y, expected, dtype):
    batch = torch.tensor(y_pred, dtype=dtype), torch.tensor(y, dtype=dtype)
    assert value(metric, batch) == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize("metric", [MeanAbsoluteRelativeError, MeanNormalizedBias])
def test_a_target_of_zero_is_named_at_compute(metric):
    with pytest.raises(InvalidValuesError, match=r"At 2 positions y is zero.*leave them out"):
        value(metric, (Y_PRED, Y), ([0.0, 2.0], [0.0, -0.0]))


@pytest.mark.parametrize("metric", [MeanSquaredError, MeanAbsoluteError, ManhattanDistance])
def test_narrow_dtypes_neither_overflow_nor_wrap_around(metric):
    y_pred, y = [200, 0], [0, 100]
    expected = value(metric, (torch.tensor(y_pred).double(), torch.tensor(y).double()))
    for dtype in (torch.uint8, torch.float16, torch.int64):
        batch = torch.tensor(y_pred, dtype=dtype), torch.tensor(y, dtype=dtype)
        assert value(metric, *[batch] * 10) == expected * (10 if metric is ManhattanDistance else 1)
    assert value(metric, (torch.tensor([True, False]), torch.tensor([False, False]))) > 0


def test_errors_of_many_elements_are_added_up_per_example():
    y_pred = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    y = torch.tensor([[1.0, 2.5], [3.0, -4.0]])
    assert value(MeanSquaredError, (y_pred, y)) == 32.125
    assert value(MeanAbsoluteError, (y_pred[:, :, None], y)) == 4.25
    assert value(MeanPairwiseDistance, (y_pred, y)) == pytest.approx(4.25)
    assert value(MeanPairwiseDistance, (y_pred[None], y[None])) == pytest.approx(8.5)
    assert value(partial(MeanPairwiseDistance, 1), (y_pred, y)) == pytest.approx(4.25)
    assert value(partial(MeanPairwiseDistance, INF), (y_pred, y)) == pytest.approx(4.25)
    assert value(CosineSimilarity, (y_pred, y)) == pytest.approx(0.35827285)
    with pytest.raises(ValueError, match=r"got y_pred \(2, 2\) and y \(4,\)"):
        value(MeanSquaredError, (y_pred, y.flatten()))
    with pytest.raises(ValueError, match="no angle"):
        value(CosineSimilarity, (y_pred[0], y[0]))


def test_cosine_similarity_bounds_each_norm():
    y_pred = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    y = torch.tensor([[1.0, 2.5], [3.0, -4.0]])
    metric = partial(CosineSimilarity, eps=1e-3)
    assert value(metric, (y_pred * 1e-4, y)) == pytest.approx(0.041417188, rel=1e-5)
    assert value(metric, (y_pred * 1e-4, y * 1e-4)) == pytest.approx(-0.005, rel=1e-5)
    assert value(CosineSimilarity, (y_pred * 0, y)) == 0.0


def test_medians_of_columns_are_over_all_elements():
    y_pred = torch.arange(10.0).reshape(5, 2) + 1
    y = (torch.arange(10.0).reshape(5, 2) ** 2).flip(0) + 2
    assert value(MedianAbsoluteError, (y_pred, y)) == 17.0
    assert value(MedianAbsolutePercentageError, (y_pred, y)) == pytest.approx(92.13106632)
    assert value(MedianRelativeAbsoluteError, (y_pred, y)) == pytest.approx(1.291428566)
    assert median_absolute_error_compute_fn(y_pred, y) == 17.0
    with pytest.raises(ValueError, match=r"Expected rows of shape \(n, 2, 2\)"):
        value(MedianAbsoluteError, (y_pred, y), (Y_PRED, Y))


@pytest.mark.parametrize("metric", [MedianAbsoluteError, KendallRankCorrelation])
def test_a_bound_on_what_is_kept(metric):
    metric = metric(max_examples=7)
    metric.update((Y_PRED, Y))
    with pytest.raises(CapacityExceeded, match="limit of 7"):
        metric.update((Y_PRED, Y))
    metric.update((Y_PRED[:2], Y[:2]))


def test_another_variant():
    with pytest.raises(ValueError, match="Unknown variant 'a'"):
        KendallRankCorrelation("a")


# -- moments ------------------------------------------------------------------------


def exact_r2(y_pred, y):
    y_pred, y = ([Fraction(x) for x in each.tolist()] for each in (y_pred, y))
    mean = sum(y) / len(y)
    errors = sum((a - b) ** 2 for a, b in zip(y_pred, y, strict=True))
    return float(1 - errors / sum((b - mean) ** 2 for b in y))


def exact_pearson(y_pred, y):
    columns = [[Fraction(x) for x in each.tolist()] for each in (y_pred, y)]
    means = [sum(column) / len(column) for column in columns]
    a, b = ([x - m for x in column] for column, m in zip(columns, means, strict=True))
    covariance = sum(x * z for x, z in zip(a, b, strict=True))
    squares = float(sum(x * x for x in a)), float(sum(z * z for z in b))
    return float(covariance) / math.sqrt(squares[0]) / math.sqrt(squares[1])


def noisy(seed, n, mean):
    rng = np.random.default_rng(seed)
    y = rng.normal(size=n)
    return tuple(torch.tensor(mean + each) for each in (y + rng.normal(size=n), y))


def batches(data, size):
    return list(zip(*(each.split(size) for each in data), strict=True))


def with_an_outlier_first():
    data = noisy(1, 600, 0.0)
    for each in data:
        each[0] = 1e9
    return data


HARD = {
    "a large mean": noisy(0, 600, 1e8),
    "an outlier first": with_an_outlier_first(),
    "a first batch far away": tuple(
        torch.cat([a, b]) for a, b in zip(noisy(2, 20, 1e8), noisy(3, 580, 0.0), strict=True)
    ),
    "a small scale": tuple(1e-5 * each for each in noisy(4, 600, 0.0)),
    "float32": tuple(each.float() for each in noisy(5, 600, 1000.0)),
}


@pytest.mark.parametrize("data", HARD.values(), ids=HARD)
@pytest.mark.parametrize("parts", [1, 3])
def test_moments_keep_their_digits(data, parts):
    for create, exact in ((R2Score, exact_r2), (partial(PearsonCorrelation, 0.0), exact_pearson)):
        metrics = [create() for _ in range(parts)]
        for number, batch in enumerate(batches(data, 20)):
            metrics[number % parts].update(batch)
        merged = create().merge_state(metrics)
        rounded = 1e-7 if data[0].dtype is torch.float32 else 1e-11
        assert merged.compute() == pytest.approx(exact(*data), rel=rounded)


def test_a_perfect_prediction():
    y = noisy(0, 100, 1e8)[1]
    assert value(R2Score, *batches((y, y), 7)) == 1.0
    assert value(PearsonCorrelation, *batches((y, y), 7)) == pytest.approx(1, rel=1e-15)
    assert value(PearsonCorrelation, *batches((-y, y), 7)) == pytest.approx(-1, rel=1e-15)


def test_moments_are_one_row():
    metric = R2Score()
    data = batches(noisy(0, 100, 0.0), 5)
    for batch in data[:10]:
        metric.update(batch)
    assert len(metric._products) == len(metric._pivots) == 1
    other = R2Score()
    for batch in data[10:15]:
        other.update(batch)
    metric.merge_state([other, R2Score()])
    for batch in data[15:]:
        metric.update(batch)
    assert len(metric._products) == len(metric._pivots) == 2
    assert metric.compute() == pytest.approx(value(R2Score, *data), rel=1e-12)


def test_the_least_product_of_deviations():
    y_pred, y = Y_PRED.double(), Y.double()
    assert value(PearsonCorrelation, (y_pred * 1e-5, y * 1e-5)) == pytest.approx(0.02)
    small = partial(PearsonCorrelation, 1e-20)
    assert value(small, (y_pred * 1e-5, y * 1e-5)) == pytest.approx(0.7124705315)


# -- sharing ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("alike", "others"),
    [
        ((MeanSquaredError, RootMeanSquaredError), (MeanAbsoluteError, ManhattanDistance)),
        ((PearsonCorrelation, R2Score), (MeanSquaredError,)),
        ((MedianAbsoluteError, MedianRelativeAbsoluteError), (SpearmanRankCorrelation,)),
        (
            (
                SpearmanRankCorrelation,
                KendallRankCorrelation,
                partial(KendallRankCorrelation, "c"),
                GeometricMeanRelativeAbsoluteError,
            ),
            (partial(SpearmanRankCorrelation, max_examples=9),),
        ),
    ],
)
def test_metrics_that_accumulate_alike_are_updated_once(alike, others):
    created = [create() for create in alike + others]
    group = MetricGroup({str(number): metric for number, metric in enumerate(created)})
    assert len(list(group.sources())) == 1 + len(others)
    group.update((Y_PRED, Y))
    expected = [value(create, (Y_PRED, Y)) for create in alike + others]
    assert list(group.compute().values()) == expected


# -- functional forms ---------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 2, 3, 5, 8, 9, 64, 100])
def test_inversions(n):
    for seed in range(5):
        order = torch.tensor(np.random.default_rng(seed).permutation(n))
        falling = (order[:, None] > order[None, :]).triu().sum()
        assert rank_correlation.count_inversions(order) == falling


@pytest.mark.parametrize(
    ("n", "levels"), [(3, 2), (1000, 2), (1000, 30), (1000, 10**9), (100_000, 30)]
)
def test_rank_correlations_of_many(n, levels):
    rng = np.random.default_rng(n)
    y_pred = rng.integers(0, levels, n)
    y = (y_pred + rng.integers(0, levels, n)) // 2
    y[0], y_pred[0] = -1, -1
    given = torch.tensor(y_pred).double(), torch.tensor(y)
    for variant in ("b", "c"):
        expected = stats.kendalltau(y_pred, y, variant=variant).statistic
        found = rank_correlation.kendall_rank_correlation(*given, variant).item()
        assert found == pytest.approx(expected, rel=1e-12, nan_ok=True)
    expected = stats.spearmanr(y_pred, y).statistic
    found = rank_correlation.spearman_rank_correlation(*given).item()
    assert found == pytest.approx(expected, rel=1e-12, nan_ok=True)


def test_ranks_tell_large_integers_apart():
    close = torch.tensor([2**53 + 1, 2**53, 2**53 + 2])
    assert value(KendallRankCorrelation, (close, torch.tensor([1, 0, 2]))) == 1.0
    assert value(SpearmanRankCorrelation, (close, torch.tensor([1, 0, 2]))) == 1.0


def merged(y_pred, y):
    pivot = moments.moments_pivot(y_pred, y)
    products = pivot.new_zeros(1, 4, 4)
    products = moments.moments_merge(moments.moments_update(products, pivot, y_pred, y), pivot)
    return moments.pearson_correlation_compute(products) + moments.r2_score_compute(products)


FUNCTIONS = [
    *(getattr(regression, name) for name in regression.__all__ if name != "count_zeros"),
    *(getattr(relative_error, name) for name in relative_error.__all__),
    *(getattr(distance, name) for name in distance.__all__),
    rank_correlation.spearman_rank_correlation,
    rank_correlation.kendall_rank_correlation,
    partial(rank_correlation.kendall_rank_correlation, variant="c"),
    merged,
    lambda y_pred, y: regression.count_zeros(y),
    lambda y_pred, y: accumulation.average_update(y),
    lambda y_pred, y: accumulation.geometric_average_update(y),
]


def test_functions_can_be_compiled():
    def values(y_pred, y):
        return [
            function(y_pred[:, None], y[:, None])
            if function is distance.cosine_similarity_update
            else function(y_pred, y)
            for function in FUNCTIONS
        ]

    compiled = torch.compile(values, fullgraph=True, backend="eager")
    for y_pred in (Y_PRED, Y_PRED.to(torch.uint8)):
        torch.testing.assert_close(compiled(y_pred, Y), values(y_pred, Y))
