from __future__ import annotations

import math

import pytest
import torch
from sklearn.metrics import silhouette_score as expected_silhouette

from ignite.metrics import MetricGroup
from ignite.metrics.clustering.calinski_harabasz_score import CalinskiHarabaszScore
from ignite.metrics.clustering.davies_bouldin_score import DaviesBouldinScore
from ignite.metrics.clustering.silhouette_score import SilhouetteScore
from ignite.metrics.functional import clustering
from ignite.metrics.functional.clustering import silhouette_score
from ignite.metrics.interface import CapacityExceeded, InvalidValuesError

SCORES = [SilhouetteScore, DaviesBouldinScore, CalinskiHarabaszScore]
LABELS = torch.tensor([0, 1, 1, 2, 0, 2, 1, 0])


@pytest.fixture
def features():
    """The first numbers of torch.manual_seed(0)."""
    torch.manual_seed(0)
    return torch.randn(8, 3)


@pytest.mark.parametrize(
    ("score", "value"),
    [
        (SilhouetteScore, -0.04207415133714676),
        (DaviesBouldinScore, 1.636187701046427),
        (CalinskiHarabaszScore, 1.549452254008816),
    ],
)
def test_values_of_pytorch_ignite(features, score, value):
    for labels in (LABELS, LABELS.float(), LABELS.to(torch.int8) - 5):
        assert score()(features, labels) == pytest.approx(value, rel=1e-6)
    metric = score()
    metric.update((features[:3], LABELS[:3]))
    metric.update((features[3:], LABELS[3:]))
    assert metric.compute() == pytest.approx(value, rel=1e-6)


@pytest.mark.parametrize("score", SCORES)
def test_too_few_or_too_many_clusters_have_no_score(features, score):
    assert math.isnan(score()(features, LABELS * 0))
    assert math.isnan(score()(features, torch.arange(8)))
    assert math.isnan(score()(features[:1], LABELS[:1]))


@pytest.mark.parametrize(
    ("score", "value"),
    [(SilhouetteScore, 0), (DaviesBouldinScore, 0), (CalinskiHarabaszScore, 1)],
)
def test_all_examples_in_one_place(score, value):
    for place in (0.1, 0.7, 1e6 / 3):
        assert score()(torch.full((8, 3), place), LABELS) == value


def test_examples_on_their_centers():
    features = LABELS[:, None] * torch.tensor([0.1, 0.7]) + 0.3
    assert SilhouetteScore()(features, LABELS) == 1
    assert DaviesBouldinScore()(features, LABELS) == 0
    assert CalinskiHarabaszScore()(features, LABELS) == 1


def test_rounding_does_not_set_centers_apart_that_are_one():
    features = torch.tensor([0.1, 0.2, 0.7, 0.7, 0.1, 0.2, 5.0, 6.0], dtype=torch.float64)[:, None]
    labels = torch.tensor([0, 0, 0, 1, 1, 1, 2, 2])
    assert DaviesBouldinScore()(features, labels) < 1


def test_silhouette_holds_a_block_of_distances_at_a_time(monkeypatch, features):
    value = silhouette_score(features, LABELS)
    for size in (1, 8, 24, 40):
        monkeypatch.setattr(clustering, "BLOCK", size)
        torch.testing.assert_close(silhouette_score(features, LABELS), value)


@pytest.mark.parametrize(
    "arguments",
    [
        *({"metric": name} for name in ("l2", "l1", "cityblock", "manhattan", "chebyshev")),
        {"metric": "sqeuclidean"},
        {"metric": "cosine"},
        {"metric": "minkowski", "p": 3},
        {"metric": "minkowski", "p": 1.5},
        {"metric": "minkowski", "p": 2},
        {"metric": "minkowski"},
    ],
)
def test_distances(features, arguments):
    found = SilhouetteScore(silhouette_kwargs=arguments)(features, LABELS)
    expected = expected_silhouette(features.double().numpy(), LABELS.numpy(), **arguments)
    assert found == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"metric": "precomputed"}, "Unknown metric 'precomputed'; use one of"),
        ({"metric": abs}, "Unknown metric <built-in"),
        ({"metric": "minkowski", "p": 0}, "p must be positive"),
        ({"p": 3}, "p is for the metric 'minkowski', got it for 'euclidean'"),
        ({"sample_size": 4}, r"may have 'metric' and 'p', got \['sample_size'\]; to score a sam"),
        ({"random_state": 0}, r"got \['random_state'\]"),
    ],
)
def test_bad_silhouette_kwargs(arguments, message):
    with pytest.raises(ValueError, match=message):
        SilhouetteScore(silhouette_kwargs=arguments)


@pytest.mark.parametrize("score", SCORES)
def test_bad_examples(features, score):
    for bad, error, message in [
        ((features, LABELS[:4]), ValueError, r"got \(8, 3\) and \(4,\)"),
        ((features[:, 0], LABELS), ValueError, r"Expected features \(batch, columns\) with labels"),
        ((features, LABELS[:, None]), ValueError, r"got \(8, 3\) and \(8, 1\)"),
        ((features, LABELS.tolist()), TypeError, "labels must be a real tensor, got list"),
        ((features.cfloat(), LABELS), TypeError, "features must be a real tensor, got torch.comp"),
        ((features[:, :2], LABELS), ValueError, r"Expected features of shape \(n, 3\), as before"),
        ((features, LABELS.int()), ValueError, "Expected labels of torch.int64, as before"),
    ]:
        metric = score()
        metric.update((features, LABELS))
        value = metric.compute()
        with pytest.raises(error, match=message):
            metric.update(bad)
        assert metric.compute() == value


@pytest.mark.parametrize("score", SCORES)
def test_values_that_are_not_finite(features, score):
    metric = score()
    metric.update((features * torch.tensor([[math.nan]] + 6 * [[1.0]] + [[math.inf]]), LABELS))
    with pytest.raises(InvalidValuesError, match="2 examples have features or a label that are"):
        metric.compute()


def test_mappings_a_bound_and_a_group(features):
    metric = SilhouetteScore(max_examples=10)
    metric.take_in({"features": features, "labels": LABELS})
    with pytest.raises(CapacityExceeded):
        metric.take_in({"features": features, "labels": LABELS})
    group = MetricGroup({score.__name__: score() for score in SCORES})
    assert len(list(group.sources())) == 1
    group.update((features, LABELS))
    assert group.compute() == {score.__name__: score()(features, LABELS) for score in SCORES}
