"""The F-measure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from ignite.metrics._class_table import PrecisionAndRecall
from ignite.metrics.functional.precision_recall import fbeta_compute
from ignite.metrics.metrics_lambda import MetricsLambda
from ignite.metrics.precision import Precision
from ignite.metrics.recall import Recall

__all__ = ["Fbeta", "check_beta"]


def Fbeta(  # noqa: N802 - a name that users know
    beta: float,
    average: bool = True,
    precision: Precision | None = None,
    recall: Recall | None = None,
    output_transform: Callable[[Any], Any] | None = None,
    device: str | torch.device | None = None,
) -> MetricsLambda:
    """Return a metric of the F-measure (van Rijsbergen, "Information Retrieval", 1979, ch. 7).

    It is the harmonic mean of precision and recall per class, which is weighted ``beta`` times as
    much; 0 where both are 0.

    Args:
        beta: positive.
        average: whether to take the mean over classes, as a float; otherwise the value is float64,
            ``(classes,)``, or of binary data ``()``, that of class 1.
        precision: with ``average=False`` or None; reset and updated with the metric. None for one
            of multiclass or binary data.
        recall: likewise.
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``; only without
            ``precision`` and ``recall``, which have their own.
        device: where the counts live; only without them, too.

    Raises:
        ValueError: a bad ``beta``, averaged parts, or an argument that they have of their own.

    >>> metric = Fbeta(beta=1)
    >>> scores = torch.tensor([[0.9, 0.1], [0.2, 0.8], [0.7, 0.3]])
    >>> metric.update((scores, torch.tensor([0, 1, 1])))
    >>> round(metric.compute(), 4)
    0.6667
    """
    check_beta(beta)
    own: dict[str, Any] = {
        name: value
        for name, value in (("output_transform", output_transform), ("device", device))
        if value is not None
    }
    parts = [part for part in (precision, recall) if part is not None]
    for part in parts:
        if part._average not in (None, False):
            raise ValueError(f"precision and recall need average=False, got {part._average!r}.")
        if own:
            raise ValueError(
                f"precision and recall have {' and '.join(own)} of their own; set them there."
            )
    if not parts:  # one metric for both
        return MetricsLambda(_fbeta, PrecisionAndRecall(both=False, **own), beta, average)
    both = MetricsLambda(_stacked, precision or Precision(), recall or Recall())
    return MetricsLambda(_fbeta, both, beta, average)


def check_beta(beta: float) -> None:
    """Raise ValueError unless it is positive."""
    if not beta > 0:
        raise ValueError(f"beta must be positive, got {beta!r}.")


def _stacked(*values: torch.Tensor) -> torch.Tensor:
    return torch.stack(values)


def _fbeta(precision_recall: torch.Tensor, beta: float, average: bool) -> torch.Tensor | float:
    precision, recall = precision_recall
    value = fbeta_compute(precision, recall, beta)
    return value.mean().item() if average else value
