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
    from ignite.metrics.interface import (
        InvalidValuesError,
        NotComputableError,
        Reduction,
        StateSpec,
        StateValue,
        StreamingMetric,
    )
    from ignite.metrics.loss import Loss
    from ignite.metrics.metric import Metric
    from ignite.metrics.usage import BatchWise, EpochWise, MetricUsage

__all__ = [
    "Accuracy",
    "BatchWise",
    "ConfusionMatrix",
    "EpochWise",
    "InvalidValuesError",
    "Loss",
    "Metric",
    "MetricUsage",
    "NotComputableError",
    "Reduction",
    "StateSpec",
    "StateValue",
    "StreamingMetric",
]

_HOMES = {
    "Accuracy": "accuracy",
    "BatchWise": "usage",
    "ConfusionMatrix": "confusion_matrix",
    "EpochWise": "usage",
    "Loss": "loss",
    "Metric": "metric",
    "MetricUsage": "usage",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'interface')}"), name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
