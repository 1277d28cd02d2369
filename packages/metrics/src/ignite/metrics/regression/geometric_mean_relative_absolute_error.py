"""The geometric mean relative absolute error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import torch

from ignite.metrics._regression import KeptPairs
from ignite.metrics.functional.relative_error import geometric_mean_relative_absolute_error
from ignite.metrics.metric import identity

__all__ = ["GeometricMeanRelativeAbsoluteError"]


class GeometricMeanRelativeAbsoluteError(KeptPairs):
    """The geometric mean of ``|y - y_pred| / |y - mean(y)|``.

    Zero over zero counts as zero, and any other error over zero as infinite. Armstrong, Collopy:
    Error measures for generalizing about forecasting methods, International Journal of Forecasting
    8 (1992). **Every example is kept**, on every rank those of all ranks when the value is
    computed, as the mean is known only at the end.

    ``update`` takes ``(y_pred, y)``, each ``(batch,)`` or ``(batch, 1)``, of any real dtype.

    Args:
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        device: where the examples are kept.
        skip_unrolling: as in :class:`Metric`.
        metrics_result_mode: as in :class:`Metric`; here the result is a number.
        max_examples: how many a rank may keep; None for any number.

    >>> metric = GeometricMeanRelativeAbsoluteError()
    >>> metric.update((torch.tensor([2.0, 2.0]), torch.tensor([0.0, 8.0])))
    >>> round(metric.compute(), 4)  # sqrt(2 * 6) / 4
    0.866
    """

    def __init__(
        self,
        output_transform: Callable[[Any], Any] = identity,
        device: str | torch.device = "cpu",
        skip_unrolling: bool = False,
        metrics_result_mode: Literal["flatten", "named", "both"] = "both",
        *,
        max_examples: int | None = None,
    ) -> None:
        super().__init__(
            _value,
            output_transform,
            device,
            skip_unrolling,
            metrics_result_mode,
            max_examples=max_examples,
        )


def _value(y_pred: torch.Tensor, y: torch.Tensor) -> float:
    return geometric_mean_relative_absolute_error(y_pred, y).item()
