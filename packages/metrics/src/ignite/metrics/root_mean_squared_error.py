"""The root mean squared error."""

from __future__ import annotations

import math

from ignite.metrics.mean_squared_error import MeanSquaredError

__all__ = ["RootMeanSquaredError"]


class RootMeanSquaredError(MeanSquaredError):
    """The root mean squared error, ``sqrt(mean (y - y_pred)^2)``.

    ``update`` takes ``(y_pred, y)``, each ``(batch, ...)``, of any real dtype. The mean is over
    examples, each of which has the sum over its elements.

    Args:
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        device: where the sum lives.
        skip_unrolling: as in :class:`Metric`.
        metrics_result_mode: as in :class:`Metric`; here the result is a number.

    >>> import torch
    >>> metric = RootMeanSquaredError()
    >>> metric.update((torch.tensor([1.0, 2.0]), torch.tensor([4.0, 6.0])))
    >>> round(metric.compute(), 4)  # sqrt((9 + 16) / 2)
    3.5355
    """

    def compute(self) -> float:
        """Return the root of the mean over the examples of all ranks (collective).

        Raises:
            NotComputableError: no example was given on any rank.
        """
        return math.sqrt(super().compute())
