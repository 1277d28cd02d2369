"""Scores of clusters, against scikit-learn."""

from __future__ import annotations

from functools import partial

import numpy as np
import torch
from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score, silhouette_score

from ignite.metrics.clustering.calinski_harabasz_score import CalinskiHarabaszScore
from ignite.metrics.clustering.davies_bouldin_score import DaviesBouldinScore
from ignite.metrics.clustering.silhouette_score import SilhouetteScore
from ignite_contracts.metric import Bad, MetricCase


def clusters(rng, n):
    labels = rng.integers(0, 3, n)
    return torch.tensor(labels[:, None] + rng.normal(size=(n, 3))), torch.tensor(labels)


def apart(rng, n):
    labels = rng.integers(0, 3, n)
    return torch.tensor(labels[:, None] * 1e4 + rng.normal(size=(n, 3))), torch.tensor(labels)


def one_column(rng, n):
    features, labels = clusters(rng, n)
    return features[:, :1].float(), labels.float() - 5


def half(rng, n):
    features, labels = clusters(rng, n)
    return features.half(), labels.byte()


def duplicates(rng, n):
    return torch.tensor(rng.integers(0, 2, (n, 2))), torch.tensor(rng.integers(0, 3, n))


def alone(rng, n):
    """Clusters of a single example."""
    features, _ = clusters(rng, n)
    return features, torch.tensor(np.maximum(np.arange(n) - 2, 0))


def one_cluster(rng, n):
    features, labels = clusters(rng, n)
    return features, torch.zeros_like(labels)


def tight(rng, n):
    """Examples that lie on their centers, which are exact: the oracle rounds others off them."""
    labels = rng.integers(0, 3, n)
    return torch.tensor(labels[:, None] * [0.125, 0.75]), torch.tensor(labels)


DRAWS = {
    "clusters": clusters,
    "apart": apart,
    "one column": one_column,
    "float16": half,
    "duplicates": duplicates,
    "alone": alone,
    "one cluster": one_cluster,
    "tight": tight,
}


def score(function, data, **kwargs):
    features, labels = data
    if not 1 < len(np.unique(labels)) < len(labels):
        return np.nan
    return function(features.astype(float), labels, **kwargs)


X, Y = torch.zeros(4, 3).double(), torch.zeros(4).long()
BAD = {
    "lengths": Bad((X, Y[:3]), ValueError),
    "columns": Bad((X[:, 0], Y), ValueError),
    "labels": Bad((X, Y[:, None]), ValueError),
    "complex": Bad((X.cfloat(), Y), TypeError),
    "list": Bad((X, Y.tolist()), TypeError),
}


def case(metric, function, draws=DRAWS):
    return MetricCase(metric, draws, partial(score, function), keeps_rows=True, bad=BAD)


def with_distance(**kwargs):
    metric = partial(SilhouetteScore, silhouette_kwargs=kwargs)
    function = partial(silhouette_score, **kwargs)
    return case(metric, function, {"clusters": clusters, "alone": alone})


# Of duplicates two clusters may have one center, which the oracle's rounding sets apart.
WITHOUT_DUPLICATES = {name: draw for name, draw in DRAWS.items() if name != "duplicates"}

CASES = {
    "silhouette": case(SilhouetteScore, silhouette_score),
    "silhouette, manhattan": with_distance(metric="manhattan"),
    "silhouette, cosine": with_distance(metric="cosine"),
    "silhouette, minkowski": with_distance(metric="minkowski", p=3),
    "Davies-Bouldin": case(DaviesBouldinScore, davies_bouldin_score, WITHOUT_DUPLICATES),
    "Calinski-Harabasz": case(CalinskiHarabaszScore, calinski_harabasz_score),
}
