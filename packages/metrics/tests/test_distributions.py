from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from ignite.metrics.entropy import Entropy
from ignite.metrics.functional.entropy import entropy_update
from ignite.metrics.functional.fid import covariance_compute, covariance_update, frechet_distance
from ignite.metrics.functional.hsic import hsic
from ignite.metrics.functional.inception_score import (
    inception_score_compute,
    inception_score_update,
)
from ignite.metrics.functional.js_divergence import js_divergence_update
from ignite.metrics.functional.kl_divergence import kl_divergence_update
from ignite.metrics.functional.maximum_mean_discrepancy import squared_maximum_mean_discrepancy
from ignite.metrics.functional.mutual_information import (
    mutual_information_compute,
    mutual_information_update,
)
from ignite.metrics.hsic import HSIC
from ignite.metrics.interface import NotComputableError
from ignite.metrics.js_divergence import JSDivergence
from ignite.metrics.kl_divergence import KLDivergence
from ignite.metrics.maximum_mean_discrepancy import MaximumMeanDiscrepancy
from ignite.metrics.mutual_information import MutualInformation

INF, NAN = float("inf"), float("nan")
DIVERGENCES = [KLDivergence, JSDivergence]
OF_LOGITS = [*DIVERGENCES, Entropy, MutualInformation]


def normal(*shape):
    return torch.tensor(np.random.default_rng(0).normal(size=shape), dtype=torch.float32)


@pytest.fixture
def pair():
    """The first numbers of torch.manual_seed(0)."""
    torch.manual_seed(0)
    return torch.randn(6, 4), torch.randn(6, 4)


@pytest.mark.parametrize(
    ("metric", "value"),
    [
        (KLDivergence, 0.5024980703989664),
        (JSDivergence, 0.11332555611928304),
        (Entropy, 1.1805282433827717),
        (MutualInformation, 0.15797746181488037),
    ],
)
def test_values_of_pytorch_ignite(pair, metric, value):
    assert metric()(*pair) == pytest.approx(value, rel=2e-6)


@pytest.mark.parametrize(
    ("x", "y", "kl", "js"),
    [
        ([0.0, -INF], [0.0, -INF], 0.0, 0.0),  # both certain, of the same
        ([0.0, -INF], [-INF, 0.0], INF, math.log(2)),
        ([0.0, -INF], [0.0, 0.0], INF, None),
        ([0.0, 0.0], [0.0, -INF], math.log(2), None),
        ([0.0, 1e4], [1e4, 0.0], 1e4, math.log(2)),
        ([0.0, NAN], [0.0, 0.0], NAN, NAN),
        ([0.0, 0.0], [0.0, NAN], NAN, NAN),
        ([INF, 0.0], [0.0, 0.0], NAN, NAN),
        ([-INF, -INF], [0.0, 0.0], NAN, NAN),
    ],
)
def test_divergences_of_special_distributions(x, y, kl, js):
    x, y = torch.tensor([x]), torch.tensor([y])
    assert KLDivergence()(x, y) == pytest.approx(kl, nan_ok=True)
    if js is not None:
        assert JSDivergence()(x, y) == pytest.approx(js, nan_ok=True)
        assert JSDivergence()(y, x) == pytest.approx(js, nan_ok=True)


def test_a_divergence_from_itself_is_0_and_from_what_is_near_precise():
    x = normal(50, 10)
    for metric in DIVERGENCES:
        assert metric()(x, x) == 0
    near = x + 1e-3 * normal(50, 10).flip(0)
    exact = JSDivergence()(near.double(), x.double())
    assert JSDivergence()(near, x) == pytest.approx(exact, rel=1e-3)


def test_entropies_of_special_distributions():
    assert Entropy()((torch.zeros(3, 8),)) == pytest.approx(math.log(8))
    assert Entropy()((torch.tensor([[0.0, -INF]]),)) == 0
    assert math.isnan(Entropy()((torch.tensor([[0.0, NAN]]),)))
    assert MutualInformation()((torch.zeros(3, 8),)) == pytest.approx(0, abs=1e-6)
    assert MutualInformation()((torch.eye(4).log(),)) == pytest.approx(math.log(4))
    assert math.isnan(MutualInformation()((torch.tensor([[0.0, NAN]]),)))


@pytest.mark.parametrize("metric", OF_LOGITS)
def test_classes_are_the_second_dimension(metric):
    x, y = normal(3, 4, 2), normal(3, 4, 2).flip(0)
    rows = [z.movedim(1, 2).reshape(6, 4) for z in (x, y)]
    assert metric()(x, y) == pytest.approx(metric()(*rows))


@pytest.mark.parametrize("metric", OF_LOGITS)
@pytest.mark.parametrize(
    ("y_pred", "error", "message"),
    [
        (torch.zeros(4), ValueError, r"\(batch, classes, ...\), got \(4,\)"),
        (torch.zeros(4, 0), ValueError, r"got \(4, 0\)"),
        (torch.zeros(4, 2).long(), TypeError, r"got torch.int64; convert them with .float"),
        ([[0.0, 1.0]], TypeError, "got list; choose it with output_transform="),
    ],
)
def test_bad_logits(metric, y_pred, error, message):
    with pytest.raises(error, match=message):
        metric().update((y_pred, y_pred))


@pytest.mark.parametrize("metric", DIVERGENCES)
def test_both_logits_are_of_one_shape(metric):
    with pytest.raises(ValueError, match=r"one shape, got \(4, 3\) and \(4, 2\)"):
        metric().update((torch.zeros(4, 3), torch.zeros(4, 2)))


def test_another_number_of_classes_changes_nothing():
    metric = MutualInformation()
    metric.update((torch.eye(3).log(),))
    value = metric.compute()
    with pytest.raises(ValueError, match="There were 3 classes before, and now there are 4"):
        metric.update((torch.zeros(5, 4),))
    assert metric.compute() == value


def test_mutual_information_keeps_one_row():
    metric = MutualInformation()
    for _ in range(5):
        metric.update((normal(7, 3),))
    assert metric._sums.tensor().shape == (1, 2, 3)


def test_hsic_has_the_values_of_pytorch_ignite():
    torch.manual_seed(0)
    x, y = torch.randn(8, 3), torch.randn(8, 2)
    assert HSIC(1.0, 1.0)(x, y) == pytest.approx(0.029670048505067825, rel=1e-4)
    assert HSIC(2.0, 3.0)(x, y) == pytest.approx(0.0005238532903604209, rel=2e-3)
    metric = HSIC()
    metric.update((x, y))
    assert metric.compute() == pytest.approx(0.004745197482407093, rel=1e-3)
    metric.update((x[:5], y[:5]))  # the mean over batches, whatever their sizes
    assert metric.compute() == pytest.approx(0.09060368686914444, rel=1e-4)


def test_hsic_of_what_is_constant_or_mostly_so_is_0():
    y = normal(6, 2)
    assert HSIC()(torch.full((6, 3), 0.1), y) == 0
    mostly = torch.tensor([0.1, 0.1, 0.1, 0.1, 0.1, 1.0])[:, None]
    assert HSIC()(mostly, y) == 0  # a median of 0
    assert math.isnan(HSIC()(y * NAN, y))


def test_hsic_takes_other_dtypes_and_shapes():
    x, y = normal(12, 2, 3), normal(12, 6).round()
    value = HSIC()(x.flatten(1), y)
    assert HSIC()(x, y.long()) == value
    assert HSIC()(x.half(), y) == pytest.approx(value, rel=1e-2)


def test_hsic_of_small_batches():
    x, y = normal(8, 3), normal(8, 2)
    metric = HSIC()
    metric.update((x[:3], y[:3]))
    with pytest.raises(NotComputableError):
        metric.compute()
    with pytest.raises(ValueError, match=r"at least 4 examples, got 3; set drop_last=True"):
        HSIC(ignore_invalid_batch=False).update((x[:3], y[:3]))


def test_mmd_has_the_values_of_pytorch_ignite():
    torch.manual_seed(0)
    x, _, y = torch.randn(8, 3), torch.randn(8, 2), torch.randn(8, 3) + 1
    assert MaximumMeanDiscrepancy(2.0)(x, y) == pytest.approx(0.3655741512775421, rel=1e-4)
    metric = MaximumMeanDiscrepancy()
    metric.update((x, y))
    assert metric.compute() == pytest.approx(0.29941028356552124, rel=1e-4)
    metric.update((x[:4], y[:4]))  # the root of the mean over batches
    assert metric.compute() == pytest.approx(0.5451758503913879, rel=1e-4)


def test_mmd_is_0_where_the_estimate_is_negative():
    x = normal(8, 3)
    assert MaximumMeanDiscrepancy()(x, x) == 0


@pytest.mark.parametrize("metric", [HSIC, MaximumMeanDiscrepancy])
@pytest.mark.parametrize(
    ("x", "y", "error", "message"),
    [
        (torch.zeros(8), torch.zeros(8), ValueError, r"got \(8,\); give a single column as"),
        (torch.zeros(8, 2), torch.zeros(7, 2), ValueError, "x has 8 examples and y 7"),
        (torch.zeros(8, 2), [[0.0]], TypeError, "y is a tensor, got list"),
        (torch.zeros(8, 2).cfloat(), torch.zeros(8, 2), TypeError, "x is real, got"),
    ],
)
def test_bad_samples(metric, x, y, error, message):
    with pytest.raises(error, match=message):
        metric().update((x, y))


def test_bad_arguments():
    for sigma in (0, NAN):
        with pytest.raises(ValueError, match="sigma_x must be positive, or negative for"):
            HSIC(sigma)
        with pytest.raises(ValueError, match="sigma_y must be positive, or negative for"):
            HSIC(sigma_y=sigma)
        with pytest.raises(ValueError, match="var must be positive"):
            MaximumMeanDiscrepancy(sigma)
    with pytest.raises(ValueError, match=r"one shape, got \(8, 2\) and \(8, 3\)"):
        MaximumMeanDiscrepancy().update((torch.zeros(8, 2), torch.zeros(8, 3)))
    with pytest.raises(ValueError, match="at least 2 examples, got 1; set drop_last=True"):
        MaximumMeanDiscrepancy().update((torch.zeros(1, 2), torch.zeros(1, 2)))


def of_features(x, y):
    moments = [covariance_compute(*covariance_update(z), len(z)) for z in (x, y)]
    return frechet_distance(*moments[0], *moments[1])


@pytest.mark.parametrize(
    "function",
    [
        kl_divergence_update,
        js_divergence_update,
        lambda x, y: entropy_update(x),
        lambda x, y: mutual_information_compute(*mutual_information_update(x), 8),
        hsic,
        lambda x, y: hsic(x, y, 1.0, 2.0),
        squared_maximum_mean_discrepancy,
        of_features,
        lambda x, y: inception_score_compute(*inception_score_update(x.softmax(1)), 8),
    ],
)
def test_functions_compile_as_one_graph(function):
    x, y = normal(8, 3), normal(8, 3).flip(1)
    compiled = torch.compile(function, fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(x, y), function(x, y))
