"""Divergences, entropies and dependence of distributions, against scipy and numpy."""

from __future__ import annotations

from functools import partial

import numpy as np
import torch
from scipy.linalg import sqrtm
from scipy.spatial.distance import cdist
from scipy.special import log_softmax, rel_entr, softmax
from scipy.stats import entropy

from ignite.metrics.entropy import Entropy
from ignite.metrics.gan.fid import FID
from ignite.metrics.gan.inception_score import InceptionScore
from ignite.metrics.hsic import HSIC
from ignite.metrics.js_divergence import JSDivergence
from ignite.metrics.kl_divergence import KLDivergence
from ignite.metrics.maximum_mean_discrepancy import MaximumMeanDiscrepancy
from ignite.metrics.mutual_information import MutualInformation
from ignite_contracts.metric import Bad, MetricCase


def logits(rng, n):
    return tuple(torch.tensor(rng.normal(size=(2, n, 4)) * 2))


def images(rng, n):
    return tuple(torch.tensor(rng.normal(size=(2, n, 3, 2, 2))))


def equal(rng, n):
    x = torch.tensor(rng.normal(size=(n, 4)))
    return x, x + 3  # logits of the same distributions


def half(rng, n):
    return tuple(x.half() for x in logits(rng, n))


def impossible(rng, n):
    """Probabilities of 0, in either or both."""
    x = rng.normal(size=(2, n, 5))
    x[rng.random(x.shape) < 0.3] = -np.inf
    x[..., 0] = 0.0
    return tuple(torch.tensor(x))


def certain(rng, n):
    x = np.where(np.eye(4)[rng.integers(0, 4, (2, n))] == 1, 0.0, -np.inf)
    return tuple(torch.tensor(x))


def extreme(rng, n):
    return tuple(torch.tensor(rng.normal(size=(2, n, 4)) * 1e4))


LOGITS = {
    "logits": logits,
    "images": images,
    "equal": equal,
    "float16": half,
    "impossible": impossible,
    "certain": certain,
    "extreme": extreme,
}


def flat(x):
    """Return the logits of each distribution, in float64."""
    x = x.astype(float)
    return np.moveaxis(x, 1, -1).reshape(-1, x.shape[1])


def kl(data):
    log_q, log_p = (log_softmax(flat(x), axis=1) for x in data)
    if log_q[np.isfinite(log_q)].min() > -600:
        return rel_entr(np.exp(log_p), np.exp(log_q)).sum(1).mean()
    p = np.exp(log_p)  # where exp underflows for q, but not for p
    return np.where(p == 0, 0.0, p * (log_p - log_q)).sum(1).mean()


def js(data):
    q, p = (softmax(flat(x), axis=1) for x in data)
    m = (p + q) / 2
    return (rel_entr(p, m) + rel_entr(q, m)).sum(1).mean() / 2


def mean_entropy(data):
    return entropy(softmax(flat(data[0]), axis=1), axis=1).mean()


def mutual_information(data):
    return entropy(softmax(flat(data[0]), axis=1).mean(0)) - mean_entropy(data)


def samples(rng, n):
    x = rng.normal(size=(n, 3))
    return torch.tensor(x), torch.tensor(np.sin(x) + 0.1 * rng.normal(size=(n, 3)))


def far_from_0(rng, n):
    x, y = samples(rng, n)
    return x + 1e4, y + 1e4


def with_duplicates(rng, n):
    return tuple(torch.tensor(rng.integers(0, 2, (2, n, 2)).astype(float)))


def constant(rng, n):
    return torch.full((n, 2), 0.1).double(), torch.tensor(rng.normal(size=(n, 2)))


SAMPLES = {"samples": samples, "far from 0": far_from_0}


def kernel(x, y, scale):
    squares = cdist(x, y, "sqeuclidean")
    if scale is None:
        scale = np.median(squares)
    return (squares == 0).astype(float) if scale == 0 else np.exp(-squares / (2 * scale))


def hsic(scale, batches):
    """Return the mean of the U-statistic, written out over indices that differ."""
    values = []
    for x, y in batches:
        n = len(x)
        k, m = kernel(x, x, scale), kernel(y, y, scale)
        np.fill_diagonal(k, 0)
        np.fill_diagonal(m, 0)
        one = np.ones(n)
        trace = np.trace(k @ m)
        both = one @ k @ one * (one @ m @ one) / ((n - 1) * (n - 2))
        values.append((trace + both - 2 / (n - 2) * (one @ k @ m @ one)) / (n * (n - 3)))
    return np.mean(values)


def mmd(batches):
    values = []
    for x, y in batches:
        n = len(x)
        pairs = ~np.eye(n, dtype=bool)
        within = kernel(x, x, 1.0)[pairs].mean() + kernel(y, y, 1.0)[pairs].mean()
        values.append(within - 2 * kernel(x, y, 1.0).mean())
    return np.sqrt(max(np.mean(values), 0))


def singular(rng, n):
    """Features that lie in a plane."""
    return tuple(torch.tensor(rng.normal(size=(2, n, 2)) @ rng.normal(size=(2, 5))))


def features(rng, n):
    return tuple(torch.tensor(rng.normal(size=(2, n, 5)) + np.array([0.0, 1.0])[:, None, None]))


def half_features(rng, n):
    return tuple(x.half() for x in features(rng, n))


def same_features(rng, n):
    x = torch.tensor(rng.normal(size=(n, 5)))
    return x, x


def fid(trace_of_root, data):
    x, y = (part.astype(float) for part in data)
    (m1, c1), (m2, c2) = ((part.mean(0), np.cov(part, rowvar=False)) for part in (x, y))
    return ((m1 - m2) ** 2).sum() + np.trace(c1 + c2) - 2 * trace_of_root(c1, c2)


def by_sqrtm(c1, c2):
    return np.trace(sqrtm(c1 @ c2)).real


def by_eigenvalues(c1, c2):
    """For singular matrices, of which sqrtm may not find the root."""
    return np.sqrt(np.linalg.eigvals(c1 @ c2).real.clip(0)).sum()


def probabilities(rng, n):
    return torch.tensor(rng.dirichlet(np.full(4, 0.3), n))


def one_hot(rng, n):
    return torch.eye(4)[rng.integers(0, 4, n)].double()


def uniform(rng, n):
    return torch.full((n, 4), 0.25)


def inception_score(p):
    p = p.astype(float)
    return np.exp(rel_entr(p, p.mean(0)).sum(1).mean())


X = torch.zeros(6, 4).double()
BAD_LOGITS = {
    "one dimension": Bad((X[0], X[0]), ValueError),
    "integers": Bad((X.long(), X.long()), TypeError),
    "no classes": Bad((X[:, :0], X[:, :0]), ValueError),
}
BAD_PAIRS = {
    **BAD_LOGITS,
    "lengths": Bad((X, X[:3]), ValueError),
    "classes": Bad((X, X[:, :3]), ValueError),
    "list": Bad((X.tolist(), X), TypeError),
}
BAD_SAMPLES = {
    "one dimension": Bad((X[:, 0], X[:, 0]), ValueError),
    "lengths": Bad((X, X[:5]), ValueError),
    "complex": Bad((X.cfloat(), X), TypeError),
}

CASES = {
    "KL divergence": MetricCase(KLDivergence, LOGITS, kl, bad=BAD_PAIRS),
    "JS divergence": MetricCase(JSDivergence, LOGITS, js, bad=BAD_PAIRS),
    "entropy": MetricCase(Entropy, LOGITS, mean_entropy, bad=BAD_LOGITS),
    "mutual information": MetricCase(
        MutualInformation,
        {name: draw for name, draw in LOGITS.items() if name not in ("images", "impossible")},
        mutual_information,
        keeps_rows=True,  # one, of sums: the number of classes is not known before
        bad=BAD_LOGITS,
    ),
    "mutual information, images": MetricCase(
        MutualInformation, {"images": images}, mutual_information, keeps_rows=True
    ),
    "HSIC": MetricCase(
        HSIC,
        {**SAMPLES, "duplicates": with_duplicates, "constant": constant},
        partial(hsic, None),
        least=4,
        is_batchwise=True,
        bad=BAD_SAMPLES,
    ),
    "HSIC, given width": MetricCase(
        partial(HSIC, 2.0, 2.0, ignore_invalid_batch=False),
        {**SAMPLES, "duplicates": with_duplicates},
        partial(hsic, 4.0),
        least=4,
        is_batchwise=True,
        bad={"too few": Bad((X[:3], X[:3]), ValueError)},
    ),
    "MMD": MetricCase(
        MaximumMeanDiscrepancy,
        {**SAMPLES, "duplicates": with_duplicates, "constant": constant},
        mmd,
        least=2,
        is_batchwise=True,
        bad={
            **BAD_SAMPLES,
            "columns": Bad((X, X[:, :3]), ValueError),
            "too few": Bad((X[:1], X[:1]), ValueError),
        },
    ),
    "FID": MetricCase(
        partial(FID, num_features=5),
        {"features": features, "equal": same_features, "float16": half_features},
        partial(fid, by_sqrtm),
        least=8,
        bad={
            "features": Bad((X, X), ValueError),
            "lengths": Bad((X[:, :1].expand(6, 5), X[:2, :1].expand(2, 5)), ValueError),
        },
    ),
    "FID, singular": MetricCase(
        partial(FID, num_features=5),
        {"features": features, "in a plane": singular, "equal": same_features},
        partial(fid, by_eigenvalues),
        least=2,
    ),
    "inception score": MetricCase(
        partial(InceptionScore, num_features=4),
        {"probabilities": probabilities, "one-hot": one_hot, "uniform": uniform},
        inception_score,
        bad={"classes": Bad(X[:, :3], ValueError), "pair": Bad((X, X), TypeError)},
    ),
}
