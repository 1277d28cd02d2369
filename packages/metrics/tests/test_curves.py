from __future__ import annotations

import math
import pickle

import numpy as np
import pytest
import torch
from sklearn.metrics import (
    average_precision_score,
    precision_recall_curve,
    roc_auc_score,
    roc_curve,
)

from ignite.metrics import CapacityExceeded, InvalidValuesError, MetricGroup
from ignite.metrics.average_precision import AveragePrecision, average_precision_compute_fn
from ignite.metrics.epoch_metric import EpochMetric, EpochMetricWarning
from ignite.metrics.functional.average_precision import (
    average_precision_compute,
    interpolated_average_precision_compute,
    precision_recall_curve_compute,
)
from ignite.metrics.functional.roc_auc import roc_auc_compute, roc_curve_compute
from ignite.metrics.functional.score_counts import (
    binned_score_counts_update,
    one_against_rest,
    score_counts,
)
from ignite.metrics.mean_average_precision import MeanAveragePrecision
from ignite.metrics.precision_recall_curve import (
    PrecisionRecallCurve,
    precision_recall_curve_compute_fn,
)
from ignite.metrics.roc_auc import (
    ROC_AUC,
    RocCurve,
    roc_auc_compute_fn,
    roc_auc_curve_compute_fn,
)

SCORES = torch.tensor([0.1, 0.4, 0.35, 0.8, 0.8])
FLAGS = torch.tensor([0, 0, 1, 1, 1])
CLASS_SCORES = torch.tensor(
    [
        [0.6, 0.3, 0.1],
        [0.2, 0.5, 0.3],
        [0.4, 0.35, 0.25],
        [0.1, 0.2, 0.7],
        [0.3, 0.4, 0.3],
        [0.5, 0.2, 0.3],
    ]
)
CLASSES = torch.tensor([0, 1, 1, 2, 0, 2])
ONE_HOT = torch.nn.functional.one_hot(CLASSES, 3)
OF_ONE_VALUE = [ROC_AUC, AveragePrecision, MeanAveragePrecision]
CURVES = [RocCurve, PrecisionRecallCurve]
ALL = OF_ONE_VALUE + CURVES
NAN = float("nan")
INF = float("inf")


def value(metric, *batches):
    for batch in batches:
        metric.update(batch)
    return metric.compute()


def assert_curve(actual, expected):
    for got, item in zip(actual, expected, strict=True):
        assert got.dtype is torch.float64
        np.testing.assert_allclose(got, item, rtol=1e-6)


# -- as PyTorch-Ignite 0.5.5 does, whose values these are ------------------------------


@pytest.mark.parametrize("shape", [(5,), (5, 1)])
@pytest.mark.parametrize("thresholds", [None, 21])
def test_values_of_a_small_example(shape, thresholds):
    batch = SCORES.reshape(shape), FLAGS.reshape(shape)
    assert value(ROC_AUC(thresholds=thresholds), batch) == pytest.approx(5 / 6)
    assert value(AveragePrecision(thresholds=thresholds), batch) == pytest.approx(11 / 12)
    assert value(MeanAveragePrecision(thresholds=thresholds), batch) == pytest.approx(11 / 12)


def test_curves_of_a_small_example():
    third = 1 / 3
    assert_curve(
        value(RocCurve(), (SCORES, FLAGS)),
        ([0, 0, 0.5, 0.5, 1], [0, 2 * third, 2 * third, 1, 1], [INF, 0.8, 0.4, 0.35, 0.1]),
    )
    assert_curve(
        value(PrecisionRecallCurve(), (SCORES, FLAGS)),
        ([0.6, 0.75, 2 * third, 1, 1], [1, 1, 2 * third, 2 * third, 0], [0.1, 0.35, 0.4, 0.8]),
    )


def test_one_class_only():
    for positive in (0, 1):
        batch = SCORES, torch.full_like(FLAGS, positive)
        assert math.isnan(value(ROC_AUC(), batch))
        assert value(AveragePrecision(), batch) == positive
        assert value(MeanAveragePrecision(), batch) == positive
    negative = SCORES, torch.zeros_like(FLAGS)
    assert_curve(value(RocCurve(), negative), ([0, 0.4, 1], [NAN] * 3, [INF, 0.8, 0.1]))
    assert_curve(
        value(PrecisionRecallCurve(), negative),
        ([0, 0, 0, 0, 1], [1, 1, 1, 1, 0], [0.1, 0.35, 0.4, 0.8]),
    )
    assert math.isnan(value(ROC_AUC(), (CLASS_SCORES, ONE_HOT * torch.tensor([1, 1, 0]))))


@pytest.mark.parametrize(
    ("class_mean", "recalls", "multiclass", "multilabel"),
    [
        ("macro", None, 0.7778, 0.7500),
        ("macro", [0.0, 0.5, 1.0], 0.7778, 0.6944),
        ("macro", torch.linspace(0, 1, 11), 0.7778, 0.7444),
        ("micro", None, 0.7202, 0.6729),
        ("micro", [1.0, 0.5, 0.0], 0.6250, 0.4802),
        ("weighted", None, 0.7778, 0.7381),
        ("weighted", [0.0, 0.5, 1.0], 0.7778, 0.6667),
        (None, None, [0.75, 0.8333, 0.75], [0.75, 0.8333, 0.6667]),
        (None, [0.0, 0.5, 1.0], [0.75, 0.8333, 0.75], [0.75, 0.8333, 0.5]),
    ],
)
@pytest.mark.parametrize("binned", [{}, {"thresholds": 21, "num_classes": 3}])
def test_mean_average_precision_of_classes(class_mean, recalls, multiclass, multilabel, binned):
    flags = ONE_HOT.clone()
    flags[0, 2] = 1
    for is_multilabel, y, expected in ((False, CLASSES, multiclass), (True, flags, multilabel)):
        metric = MeanAveragePrecision(recalls, class_mean, is_multilabel, **binned)
        got = value(metric, (CLASS_SCORES[:2], y[:2]), (CLASS_SCORES[2:], y[2:]))
        assert got.dtype is torch.float64
        np.testing.assert_allclose(got, expected, atol=5e-5)


@pytest.mark.parametrize(
    ("y", "expected"),
    [
        ([1, 0, 1, 1, 0], [0.80556, 0.0, 0.25, 0.33333, 0.5625, 0.75, 0.70833]),
        ([0, 1, 1, 1, 0], [0.63889, 0.0, 0.125, 0.33333, 0.5625, 0.75, 0.70833]),
        ([0, 0, 1, 0, 1], [0.36667, 0.0, 0.08333, 0.16667, 0.3, 0.4, 0.36667]),
    ],
)
def test_average_precision_at_recalls(y, expected):
    batch = torch.tensor([0.9, 0.8, 0.7, 0.6, 0.5]), torch.tensor(y)
    recalls = [None, [0.0], [0.25], [0.5], [0.75], [1.0], [0, 0.5, 1.0]]
    got = [value(MeanAveragePrecision(each), batch) for each in recalls]
    assert got == pytest.approx(expected, abs=5e-6)
    assert all(isinstance(each, float) for each in got)


def test_a_missing_class_in_a_mean_of_average_precisions():
    batch = CLASS_SCORES, CLASSES.clamp(max=1)
    assert value(MeanAveragePrecision(), batch) == pytest.approx(0.5)
    assert value(MeanAveragePrecision(class_mean="weighted"), batch) == pytest.approx(0.75)
    nothing = CLASS_SCORES, torch.zeros_like(ONE_HOT)
    assert value(MeanAveragePrecision(is_multilabel=True), nothing) == 0
    assert value(MeanAveragePrecision(None, "weighted", True), nothing).isnan()


def test_they_are_epoch_metrics_that_may_try_their_function():
    for metric in ALL:
        assert isinstance(metric(), EpochMetric)
    for metric in (ROC_AUC, AveragePrecision, *CURVES):
        with pytest.warns(EpochMetricWarning, match="1 values are refused"):
            metric(check_compute_fn=True).update((torch.tensor([NAN, 0.5]), FLAGS[:2]))


# -- exact --------------------------------------------------------------------------------


@pytest.mark.parametrize("levels", [2, 5, 50, 10**6])
def test_functions_against_scikit_learn(levels):
    rng = np.random.default_rng(levels)
    scores, y = rng.integers(0, levels, 500) / levels, rng.integers(0, 2, 500)
    given = torch.tensor(scores), torch.tensor(y)
    assert roc_auc_compute_fn(*given) == pytest.approx(roc_auc_score(y, scores))
    assert average_precision_compute_fn(*given) == pytest.approx(average_precision_score(y, scores))
    assert_curve(roc_auc_curve_compute_fn(*given), roc_curve(y, scores))
    assert_curve(precision_recall_curve_compute_fn(*given), precision_recall_curve(y, scores))


def test_infinite_scores_are_ordered():
    scores = torch.tensor([-INF, INF, 0.0, INF])
    y = torch.tensor([0, 1, 0, 0])
    for thresholds in (None, torch.tensor([-INF, 0.0, INF])):
        assert value(ROC_AUC(thresholds=thresholds), (scores, y)) == pytest.approx(5 / 6)
        assert value(AveragePrecision(thresholds=thresholds), (scores, y)) == 0.5


def test_neighbouring_scores_are_told_apart():
    for dtype in (torch.float16, torch.bfloat16, torch.float32, torch.float64):
        one = torch.ones((), dtype=dtype)
        scores = torch.stack([one - torch.finfo(dtype).eps / 2, one])
        assert value(ROC_AUC(), (scores, torch.tensor([0, 1]))) == 1
    large = torch.tensor([2**53, 2**53 + 1])
    assert value(ROC_AUC(), (large, torch.tensor([0, 1]))) == 1


def test_counts_beyond_float32():
    billion = 10**9
    counts = torch.tensor([[0, billion, 1], [billion, 1, 0]])
    assert roc_auc_compute(counts).item() == pytest.approx(1 - 0.5 / billion, rel=1e-12)
    assert average_precision_compute(counts).item() == pytest.approx(1 - 0.5 / billion, rel=1e-12)


@pytest.mark.parametrize("metric", ALL)
@pytest.mark.parametrize("thresholds", [None, 5])
@pytest.mark.parametrize(
    ("y_pred", "y", "count"),
    [
        (torch.tensor([NAN, 0.5, 0.1]), torch.tensor([0, 1, 1]), 1),
        (torch.tensor([0.5, 0.5, 0.1]), torch.tensor([-1, 1, 2]), 2),
        (torch.tensor([0.5, 0.5, 0.1]), torch.tensor([0.5, 1, NAN]), 2),
    ],
)
def test_refused_values(metric, thresholds, y_pred, y, count):
    of_all = metric(thresholds=thresholds)
    of_all.update((y_pred, y))
    with pytest.raises(InvalidValuesError, match=f"{count} values are refused"):
        of_all.compute()


@pytest.mark.parametrize("binned", [{}, {"thresholds": 5, "num_classes": 3}])
def test_refused_classes(binned):
    for y in (CLASSES + 1, CLASSES - 1, CLASSES + 0.5):
        metric = AveragePrecision(**binned)
        metric.update((CLASS_SCORES, y))
        with pytest.raises(InvalidValuesError, match=r"values are refused.*0\.\.classes-1"):
            metric.compute()


def test_functions_refuse_too():
    for function in (
        roc_auc_compute_fn,
        roc_auc_curve_compute_fn,
        average_precision_compute_fn,
        precision_recall_curve_compute_fn,
    ):
        with pytest.raises(InvalidValuesError, match="1 values are refused"):
            function(SCORES, FLAGS + torch.tensor([0, 0, 0, 0, 1]))
        with pytest.raises(ValueError, match=r"y_pred \(5,\), y \(4,\)"):
            function(SCORES, FLAGS[:4])


@pytest.mark.parametrize("metric", CURVES)
def test_curves_are_of_one_column(metric):
    with pytest.raises(ValueError, match=r"shape \(batch,\); got y_pred \(6, 3\)"):
        metric().update((CLASS_SCORES, ONE_HOT))
    with pytest.raises(ValueError, match="leave out num_classes, got 3"):
        metric(thresholds=5, num_classes=3)


def test_a_bad_update_changes_nothing():
    for metric in (ROC_AUC(), ROC_AUC(thresholds=21)):
        metric.update((SCORES, FLAGS))
        for bad in (
            (SCORES, FLAGS[:4]),
            (SCORES, torch.zeros(5, 2)),
            (SCORES.cfloat(), FLAGS),
            (CLASS_SCORES, CLASSES),
        ):
            with pytest.raises((ValueError, TypeError)):
                metric.update(bad)
            assert metric.compute() == pytest.approx(5 / 6)


def test_a_limit():
    for metric in ALL:
        limited = metric(max_examples=5)
        limited.update((SCORES, FLAGS))
        with pytest.raises(CapacityExceeded, match="5 rows are kept and 1 more"):
            limited.update((SCORES[:1], FLAGS[:1]))


# -- binned -------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [2, 3, 10, 101])
def test_the_binned_values_are_within_their_bounds(size):
    rng = np.random.default_rng(size)
    for _ in range(20):
        scores, y = rng.random(60) ** rng.integers(1, 6), rng.integers(0, 2, 60)
        batch = torch.tensor(scores), torch.tensor(y)
        place = np.digitize(scores, np.arange(size) / (size - 1))
        hits = np.array([(place == k)[y == 1].sum() for k in range(size, -1, -1)])
        misses = np.array([(place == k)[y == 0].sum() for k in range(size, -1, -1)])
        bound = 0.5 * (hits / y.sum()) @ (misses / (1 - y).sum())
        area = value(ROC_AUC(thresholds=size), batch)
        assert abs(area - roc_auc_score(y, scores)) <= bound + 1e-12

        hits_above, misses_above = hits.cumsum() - hits, misses.cumsum() - misses
        most = (hits_above + hits) / np.maximum(hits_above + hits + misses_above, 1)
        least = (hits_above + 1) / (hits_above + 1 + misses_above + misses)
        bound = (hits * (most - least))[hits > 0].sum() / y.sum()
        average = value(AveragePrecision(thresholds=size), batch)
        assert abs(average - average_precision_score(y, scores)) <= bound + 1e-12


@pytest.mark.parametrize("dtype", [torch.float16, torch.float32, torch.float64])
def test_scores_as_they_are_written_lie_on_thresholds(dtype):
    scores = torch.tensor([round(k / 10, 1) for k in range(11)], dtype=torch.float64).to(dtype)
    y = torch.tensor([0, 1] * 5 + [1])
    _, _, thresholds = value(RocCurve(thresholds=11), (scores, y))
    assert thresholds[1:].tolist() == [k / 10 for k in range(10, -1, -1)]
    expected = roc_curve(y, scores.double(), drop_intermediate=False)
    assert_curve(value(RocCurve(thresholds=11), (scores, y))[:2], expected[:2])


def test_integer_scores_and_scores_beside_all_thresholds():
    scores, y = torch.tensor([-5, 0, 1, 7]), torch.tensor([0, 1, 0, 1])
    assert value(ROC_AUC(thresholds=2), (scores, y)) == pytest.approx(0.625)  # 1 and 7 are one
    assert_curve(
        value(RocCurve(thresholds=2), (scores, y)), ([0, 0.5, 0.5], [0, 0.5, 1], [INF, 1, 0])
    )
    above = torch.tensor([2.0, 3.0])
    precision, recall, _ = value(PrecisionRecallCurve(thresholds=above), (scores, y))
    assert precision.tolist() == [1, 1, 1]
    assert recall.tolist() == [0.5, 0.5, 0]
    nothing = value(PrecisionRecallCurve(thresholds=above), (scores - 9, y))
    assert nothing[0].tolist() == [1, 1, 1]
    assert nothing[1].tolist() == [0, 0, 0]


def test_the_columns_of_binned_data_are_said_beforehand():
    with pytest.raises(ValueError, match=r"num_classes .* here None; got y_pred \(6, 3\)"):
        ROC_AUC(thresholds=5).update((CLASS_SCORES, ONE_HOT))
    with pytest.raises(ValueError, match=r"here 3; got y_pred \(5,\)"):
        ROC_AUC(thresholds=5, num_classes=3).update((SCORES, FLAGS))


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"thresholds": 1}, ValueError, "at least two"),
        ({"thresholds": torch.tensor([0.5, 0.5])}, ValueError, "ascending"),
        ({"thresholds": torch.tensor([0.5, NAN])}, ValueError, "ascending"),
        ({"thresholds": torch.zeros(2, 2)}, ValueError, "at least two"),
        ({"thresholds": "many"}, TypeError, "got 'many'"),
        ({"thresholds": 5, "num_classes": 1}, ValueError, "num_classes must be at least 2"),
    ],
)
def test_bad_thresholds(arguments, error, message):
    with pytest.raises(error, match=message):
        ROC_AUC(**arguments)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"rec_thresholds": []}, ValueError, "between 0 and 1"),
        ({"rec_thresholds": [2.0]}, ValueError, "between 0 and 1"),
        ({"rec_thresholds": torch.rand(2, 2)}, ValueError, "between 0 and 1"),
        ({"rec_thresholds": 5}, TypeError, "got 5"),
        ({"rec_thresholds": "a"}, TypeError, "got 'a'"),
        ({"class_mean": "mean"}, ValueError, "Unknown class_mean 'mean'"),
    ],
)
def test_bad_arguments_of_mean_average_precision(arguments, error, message):
    with pytest.raises(error, match=message):
        MeanAveragePrecision(**arguments)


# -- together -----------------------------------------------------------------------------


@pytest.mark.parametrize("thresholds", [None, 21])
def test_in_a_group_the_data_is_kept_once(thresholds):
    metrics = {
        metric.__name__: metric(thresholds=thresholds)
        for metric in (ROC_AUC, RocCurve, PrecisionRecallCurve, AveragePrecision)
    }
    group = MetricGroup({**metrics, "mean": MeanAveragePrecision(thresholds=thresholds)})
    assert len(list(group.sources())) == 2
    results = value(group, (SCORES, FLAGS))
    assert results["ROC_AUC"] == pytest.approx(5 / 6)
    assert results["AveragePrecision"] == pytest.approx(11 / 12)
    assert results["mean"] == pytest.approx(11 / 12)
    again = pickle.loads(pickle.dumps(group))
    assert again.compute()["ROC_AUC"] == results["ROC_AUC"]


def test_functions_compile_whole():
    def values(scores, y):
        is_positive, refused = one_against_rest(y, scores)
        _, counts = score_counts(scores.t(), is_positive.t())
        recalls = torch.tensor([0.25, 0.75]).double()
        binned = torch.zeros(3, 2, 4, dtype=torch.int64)
        thresholds = torch.tensor([0.25, 0.5, 0.75])
        binned_score_counts_update(binned, scores, is_positive, thresholds)
        return (
            refused,
            roc_auc_compute(counts),
            average_precision_compute(counts),
            interpolated_average_precision_compute(counts, recalls),
            *roc_curve_compute(binned[0].flip(-1), thresholds.flip(0)),
            *precision_recall_curve_compute(binned[0].flip(-1), thresholds.flip(0)),
        )

    compiled = torch.compile(values, fullgraph=True, backend="eager")
    for y in (CLASSES, ONE_HOT):
        torch.testing.assert_close(compiled(CLASS_SCORES, y), values(CLASS_SCORES, y))


# -- pictures -----------------------------------------------------------------------------


@pytest.fixture
def axes():
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots()
    yield axes
    figure.canvas.draw()
    pyplot.close(figure)


@pytest.mark.parametrize("thresholds", [None, 21])
@pytest.mark.parametrize("metric", [ROC_AUC, RocCurve, AveragePrecision, PrecisionRecallCurve])
def test_a_picture_shows_the_curve(axes, metric, thresholds):
    drawn = metric(thresholds=thresholds)
    drawn.update((SCORES, FLAGS))
    assert drawn.plot(axes) is axes
    x, y = (torch.tensor(each) for each in axes.lines[0].get_data())
    if metric in (ROC_AUC, RocCurve):
        assert axes.get_xlabel() == "False positive rate"
        assert torch.trapezoid(y, x).item() == pytest.approx(5 / 6)
    else:
        assert axes.get_xlabel() == "Recall"
        assert -(x.diff() * y[:-1]).sum().item() == pytest.approx(11 / 12)


@pytest.mark.parametrize("binned", [{}, {"thresholds": 21, "num_classes": 3}])
@pytest.mark.parametrize("metric", [ROC_AUC, AveragePrecision])
def test_a_picture_has_a_curve_for_each_class(axes, metric, binned):
    drawn = metric(**binned)
    drawn.update((CLASS_SCORES, CLASSES))
    drawn.plot(axes)
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert [label.split(":")[0] for label in labels] == ["class 0", "class 1", "class 2"]
