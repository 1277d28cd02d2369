"""The mean error."""

from __future__ import annotations

from ignite.metrics._regression import MeanOfPairs
from ignite.metrics.functional.regression import mean_error_update

__all__ = ["MeanError"]


class MeanError(MeanOfPairs):
    """The mean error ``mean (y - y_pred)``, in which errors of opposite sign cancel.

    ``update`` takes ``(y_pred, y)``, each ``(batch,)`` or ``(batch, 1)``, of any real dtype.

    Args:
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        device: where the sum lives.
        skip_unrolling: as in :class:`Metric`.
        metrics_result_mode: as in :class:`Metric`; here the result is a number.

    >>> import torch
    >>> metric = MeanError()
    >>> metric.update((torch.tensor([1.0, 2.0]), torch.tensor([2.0, 4.0])))
    >>> round(metric.compute(), 4)
    1.5
    """

    _total = staticmethod(mean_error_update)
