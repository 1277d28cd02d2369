"""The Manhattan distance."""

from __future__ import annotations

from ignite.metrics._regression import MeanOfPairs
from ignite.metrics.functional.regression import mean_absolute_error_update

__all__ = ["ManhattanDistance"]


class ManhattanDistance(MeanOfPairs):
    """The Manhattan distance ``sum |y - y_pred|``.

    ``update`` takes ``(y_pred, y)``, each ``(batch,)`` or ``(batch, 1)``, of any real dtype.

    Args:
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        device: where the sum lives.
        skip_unrolling: as in :class:`Metric`.
        metrics_result_mode: as in :class:`Metric`; here the result is a number.

    >>> import torch
    >>> metric = ManhattanDistance()
    >>> metric.update((torch.tensor([1.0, 2.0]), torch.tensor([2.0, 4.0])))
    >>> round(metric.compute(), 4)
    3.0
    """

    _total = staticmethod(mean_absolute_error_update)

    def compute(self) -> float:
        """Return the sum over the examples of all ranks (collective).

        Raises:
            NotComputableError: no example was given on any rank.
        """
        return self._sum.item()
