"""The mean squared error."""

from __future__ import annotations

from collections.abc import Hashable

from ignite.metrics._regression import MeanOfPairs, as_pair
from ignite.metrics.functional.regression import mean_squared_error_update

__all__ = ["MeanSquaredError"]


class MeanSquaredError(MeanOfPairs):
    """The mean squared error ``mean (y - y_pred)^2``.

    ``update`` takes ``(y_pred, y)``, each ``(batch, ...)``, of any real dtype. The mean is over
    examples, each of which has the sum over its elements.

    Args:
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        device: where the sum lives.
        skip_unrolling: as in :class:`Metric`.
        metrics_result_mode: as in :class:`Metric`; here the result is a number.

    >>> import torch
    >>> metric = MeanSquaredError()
    >>> metric.update((torch.tensor([1.0, 2.0]), torch.tensor([2.0, 4.0])))
    >>> metric.compute()
    2.5
    """

    _total = staticmethod(mean_squared_error_update)
    _as_pair = staticmethod(as_pair)

    def sharing_key(self) -> Hashable:
        """Return what metrics that add up squared errors have in common."""
        return MeanSquaredError
