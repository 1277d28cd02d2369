"""The mean absolute error."""

from __future__ import annotations

from ignite.metrics._regression import MeanOfPairs, as_pair
from ignite.metrics.functional.regression import mean_absolute_error_update

__all__ = ["MeanAbsoluteError"]


class MeanAbsoluteError(MeanOfPairs):
    """The mean absolute error ``mean |y - y_pred|``.

    ``update`` takes ``(y_pred, y)``, each ``(batch, ...)``, of any real dtype. The mean is over
    examples, each of which has the sum over its elements.

    Args:
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        device: where the sum lives.
        skip_unrolling: as in :class:`Metric`.
        metrics_result_mode: as in :class:`Metric`; here the result is a number.

    >>> import torch
    >>> metric = MeanAbsoluteError()
    >>> metric.update((torch.tensor([1.0, 2.0]), torch.tensor([2.0, 4.0])))
    >>> metric.compute()
    1.5
    """

    _total = staticmethod(mean_absolute_error_update)
    _as_pair = staticmethod(as_pair)
