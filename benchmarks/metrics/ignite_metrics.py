"""Metrics of this project or of pytorch-ignite, whichever the environment has.

A case is an update with a batch, of the metric by that name.
"""

from __future__ import annotations

from typing import Any

from benchmarks.metrics.data import CLASSES
from benchmarks.metrics.updates import Metrics, cases_of

OURS_ALONE = {"calibration", "ndcg", "mrr", "hit_rate", "binned_roc", "binned_precision_recall"}
"""What pytorch-ignite 0.5.5 does not have."""


def _ignite() -> Any:
    import ignite.metrics

    return ignite.metrics


def _regression() -> Any:
    import ignite.metrics.regression

    return ignite.metrics.regression


def _nlp() -> Any:
    import ignite.metrics.nlp

    return ignite.metrics.nlp


def _group() -> Any:
    metrics = _ignite()
    precision, recall = metrics.Precision(), metrics.Recall()
    members = {
        "accuracy": metrics.Accuracy(),
        "precision": precision,
        "recall": recall,
        "f1": metrics.Fbeta(1, precision=precision, recall=recall),
        "confusion": metrics.ConfusionMatrix(CLASSES),
    }
    return metrics.MetricGroup(members)


METRICS: Metrics = {
    "accuracy": ("scores", lambda: _ignite().Accuracy()),
    "accuracy_binary": ("flags", lambda: _ignite().Accuracy()),
    "accuracy_multilabel": ("many flags", lambda: _ignite().Accuracy(is_multilabel=True)),
    "precision": ("scores", lambda: _ignite().Precision()),
    "recall": ("scores", lambda: _ignite().Recall()),
    "precision_binary": ("flags", lambda: _ignite().Precision()),
    "precision_multilabel": ("many flags", lambda: _ignite().Precision(is_multilabel=True)),
    "confusion_matrix": ("scores", lambda: _ignite().ConfusionMatrix(CLASSES)),
    "multilabel_confusion_matrix": (
        "many flags",
        lambda: _ignite().MultiLabelConfusionMatrix(CLASSES),
    ),
    "top_5": ("scores", lambda: _ignite().TopKCategoricalAccuracy(5)),
    "cohen_kappa": ("labels", lambda: _ignite().CohenKappa()),
    "roc_auc": ("probabilities", lambda: _ignite().ROC_AUC()),
    "average_precision": ("probabilities", lambda: _ignite().AveragePrecision()),
    "binned_roc": ("probabilities", lambda: _ignite().ROC_AUC(thresholds=100)),
    "binned_precision_recall": (
        "probabilities",
        lambda: _ignite().PrecisionRecallCurve(thresholds=100),
    ),
    "calibration": ("scores", lambda: _ignite().CalibrationError()),
    "ndcg": ("relevance", lambda: _ignite().NDCG(top_k=[5])),
    "mrr": ("relevance", lambda: _ignite().MRR(top_k=[5])),
    "hit_rate": ("relevance", lambda: _ignite().HitRate(top_k=[5])),
    "mean_squared_error": ("values", lambda: _ignite().MeanSquaredError()),
    "mean_absolute_error": ("values", lambda: _ignite().MeanAbsoluteError()),
    "root_mean_squared_error": ("values", lambda: _ignite().RootMeanSquaredError()),
    "pairwise_distance": ("vectors", lambda: _ignite().MeanPairwiseDistance()),
    "cosine_similarity": ("vectors", lambda: _ignite().CosineSimilarity()),
    "r2": ("values", lambda: _regression().R2Score()),
    "pearson": ("values", lambda: _regression().PearsonCorrelation()),
    "spearman": ("values", lambda: _regression().SpearmanRankCorrelation(check_compute_fn=False)),
    "kendall": ("values", lambda: _regression().KendallRankCorrelation(check_compute_fn=False)),
    "manhattan": ("values", lambda: _regression().ManhattanDistance()),
    "relative_absolute_error": ("values", lambda: _regression().MeanAbsoluteRelativeError()),
    "kl_divergence": ("vectors", lambda: _ignite().KLDivergence()),
    "psnr": ("images", lambda: _ignite().PSNR(data_range=1.0)),
    "ssim": ("images", lambda: _ignite().SSIM(data_range=1.0)),
    "perplexity": ("tokens by class", lambda: _nlp().Perplexity()),
    "average": ("mean", lambda: _ignite().Average()),
    "group": ("scores", _group),
}


__getattr__ = cases_of(METRICS, in_one=True)
