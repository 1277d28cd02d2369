"""The geometric mean absolute error."""

from __future__ import annotations

import math

from ignite.metrics._regression import MeanOfPairs
from ignite.metrics.functional.regression import geometric_mean_absolute_error_update

__all__ = ["GeometricMeanAbsoluteError"]


class GeometricMeanAbsoluteError(MeanOfPairs):
    """The geometric mean absolute error ``exp(mean log |y - y_pred|)``.

    It is 0 as soon as one prediction is exact.

    ``update`` takes ``(y_pred, y)``, each ``(batch,)`` or ``(batch, 1)``, of any real dtype.

    Args:
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        device: where the sum lives.
        skip_unrolling: as in :class:`Metric`.
        metrics_result_mode: as in :class:`Metric`; here the result is a number.

    >>> import torch
    >>> metric = GeometricMeanAbsoluteError()
    >>> metric.update((torch.tensor([1.0, 2.0]), torch.tensor([3.0, 10.0])))
    >>> round(metric.compute(), 4)
    4.0
    """

    _total = staticmethod(geometric_mean_absolute_error_update)

    def compute(self) -> float:
        """Return the geometric mean over the examples of all ranks (collective).

        Raises:
            NotComputableError: no example was given on any rank.
        """
        return math.exp(super().compute())
