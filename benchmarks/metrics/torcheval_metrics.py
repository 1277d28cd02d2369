"""The same of torcheval."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.metrics.data import CLASSES
from benchmarks.metrics.updates import Metrics, cases_of


def _of(name: str, **arguments: Any) -> Callable[[], Any]:
    def make() -> Any:
        import torcheval.metrics

        return getattr(torcheval.metrics, name)(**arguments)

    return make


METRICS: Metrics = {
    "accuracy": ("scores", _of("MulticlassAccuracy")),
    "accuracy_binary": ("flags", _of("BinaryAccuracy")),
    "accuracy_multilabel": ("many flags", _of("MultilabelAccuracy")),
    "precision": ("scores", _of("MulticlassPrecision", average=None, num_classes=CLASSES)),
    "recall": ("scores", _of("MulticlassRecall", average=None, num_classes=CLASSES)),
    "precision_binary": ("flags", _of("BinaryPrecision")),
    "confusion_matrix": ("scores", _of("MulticlassConfusionMatrix", num_classes=CLASSES)),
    "top_5": ("scores", _of("MulticlassAccuracy", k=5, num_classes=CLASSES)),
    "roc_auc": ("probabilities", _of("BinaryAUROC")),
    "average_precision": ("probabilities", _of("BinaryAUPRC")),
    "binned_precision_recall": (
        "probabilities",
        _of("BinaryBinnedPrecisionRecallCurve", threshold=100),
    ),
    "mean_squared_error": ("values", _of("MeanSquaredError")),
    "r2": ("values", _of("R2Score")),
    "psnr": ("images", _of("PeakSignalNoiseRatio", data_range=1.0)),
    "perplexity": ("tokens", _of("Perplexity")),
    "average": ("mean", _of("Mean")),
}

__getattr__ = cases_of(METRICS, in_one=False)
