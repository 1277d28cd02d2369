"""The same of torchmetrics, without the validation that it can leave out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from benchmarks.metrics.data import CLASSES
from benchmarks.metrics.updates import Metrics, cases_of


def _of(module: str, name: str, **arguments: Any) -> Callable[[], Any]:
    def make() -> Any:
        from importlib import import_module

        return getattr(import_module(f"torchmetrics.{module}"), name)(**arguments)

    return make


_multiclass = partial(_of, "classification", num_classes=CLASSES, validate_args=False)
_binary = partial(_of, "classification", validate_args=False)
_multilabel = partial(_of, "classification", num_labels=CLASSES, validate_args=False)


def _group() -> Any:
    from torchmetrics import MetricCollection

    names = ["MulticlassAccuracy", "MulticlassPrecision", "MulticlassRecall", "MulticlassF1Score"]
    members = {name: _multiclass(name, average=None)() for name in names}
    members["confusion"] = _multiclass("MulticlassConfusionMatrix")()
    collection: Any = MetricCollection(members, compute_groups=True)
    return collection


METRICS: Metrics = {
    "accuracy": ("scores", _multiclass("MulticlassAccuracy", average="micro")),
    "accuracy_binary": ("flags", _binary("BinaryAccuracy")),
    "accuracy_multilabel": ("many flags", _multilabel("MultilabelExactMatch")),
    "precision": ("scores", _multiclass("MulticlassPrecision", average=None)),
    "recall": ("scores", _multiclass("MulticlassRecall", average=None)),
    "precision_binary": ("flags", _binary("BinaryPrecision")),
    "precision_multilabel": ("many flags", _multilabel("MultilabelPrecision", average=None)),
    "confusion_matrix": ("scores", _multiclass("MulticlassConfusionMatrix")),
    "multilabel_confusion_matrix": ("many flags", _multilabel("MultilabelConfusionMatrix")),
    "top_5": ("scores", _multiclass("MulticlassAccuracy", top_k=5, average="micro")),
    "cohen_kappa": ("labels", _multiclass("MulticlassCohenKappa")),
    "roc_auc": ("probabilities", _binary("BinaryAUROC")),
    "average_precision": ("probabilities", _binary("BinaryAveragePrecision")),
    "binned_roc": ("probabilities", _binary("BinaryAUROC", thresholds=100)),
    "binned_precision_recall": (
        "probabilities",
        _binary("BinaryPrecisionRecallCurve", thresholds=100),
    ),
    "calibration": ("scores", _multiclass("MulticlassCalibrationError")),
    "mean_squared_error": ("values", _of("regression", "MeanSquaredError")),
    "mean_absolute_error": ("values", _of("regression", "MeanAbsoluteError")),
    "root_mean_squared_error": ("values", _of("regression", "MeanSquaredError", squared=False)),
    "cosine_similarity": ("vectors", _of("regression", "CosineSimilarity")),
    "r2": ("values", _of("regression", "R2Score")),
    "pearson": ("values", _of("regression", "PearsonCorrCoef")),
    "spearman": ("values", _of("regression", "SpearmanCorrCoef")),
    "kendall": ("values", _of("regression", "KendallRankCorrCoef")),
    "manhattan": ("values", _of("regression", "MinkowskiDistance", p=1)),
    "relative_absolute_error": ("values", _of("regression", "MeanAbsolutePercentageError")),
    "kl_divergence": ("distributions", _of("regression", "KLDivergence")),
    "psnr": ("images", _of("image", "PeakSignalNoiseRatio", data_range=1.0)),
    "ssim": ("images", _of("image", "StructuralSimilarityIndexMeasure", data_range=1.0)),
    "perplexity": ("tokens", _of("text", "Perplexity")),
    "average": ("mean", _of("aggregation", "MeanMetric", nan_strategy="disable")),
    "group": ("scores", _group),
}


__getattr__ = cases_of(METRICS, in_one=False)
