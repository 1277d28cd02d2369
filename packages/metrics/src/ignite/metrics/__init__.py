"""Streaming metrics for PyTorch, over any loop and any number of ranks."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if (_spec := sys.modules["ignite"].__spec__) is not None and _spec.origin is not None:
    raise ImportError(
        f"Another distribution owns the name 'ignite' ({_spec.origin}), and hides parts of this "
        "one. Run 'pip uninstall pytorch-ignite' (or whatever installed that file), then install "
        "the ignite-* packages again with 'pip install --force-reinstall --no-deps'."
    )

if TYPE_CHECKING:
    from ignite.metrics.accuracy import Accuracy
    from ignite.metrics.confusion_matrix import ConfusionMatrix
    from ignite.metrics.epoch_metric import EpochMetric
    from ignite.metrics.interface import (
        CapacityExceeded,
        InvalidValuesError,
        NotComputableError,
        Reduction,
        Rows,
        StateSpec,
        StateValue,
        StreamingMetric,
    )
    from ignite.metrics.loss import Loss
    from ignite.metrics.metric import Metric
    from ignite.metrics.metric_group import MetricGroup
    from ignite.metrics.metrics_lambda import MetricsLambda
    from ignite.metrics.running_average import RunningAverage
    from ignite.metrics.usage import (
        BatchFiltered,
        BatchWise,
        EpochWise,
        MetricUsage,
        RunningBatchWise,
        RunningEpochWise,
        SingleEpochRunningBatchWise,
    )

__all__ = [
    "Accuracy",
    "BatchFiltered",
    "BatchWise",
    "CapacityExceeded",
    "ConfusionMatrix",
    "EpochMetric",
    "EpochWise",
    "InvalidValuesError",
    "Loss",
    "Metric",
    "MetricGroup",
    "MetricUsage",
    "MetricsLambda",
    "NotComputableError",
    "Reduction",
    "Rows",
    "RunningAverage",
    "RunningBatchWise",
    "RunningEpochWise",
    "SingleEpochRunningBatchWise",
    "StateSpec",
    "StateValue",
    "StreamingMetric",
]

_HOMES = {
    "Accuracy": "accuracy",
    "BatchFiltered": "usage",
    "BatchWise": "usage",
    "ConfusionMatrix": "confusion_matrix",
    "EpochMetric": "epoch_metric",
    "EpochWise": "usage",
    "Loss": "loss",
    "Metric": "metric",
    "MetricGroup": "metric_group",
    "MetricUsage": "usage",
    "MetricsLambda": "metrics_lambda",
    "RunningAverage": "running_average",
    "RunningBatchWise": "usage",
    "RunningEpochWise": "usage",
    "SingleEpochRunningBatchWise": "usage",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'interface')}"), name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
