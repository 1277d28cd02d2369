"""The mean normalized bias."""

from __future__ import annotations

from ignite.metrics._regression import MeanRelativeToTarget
from ignite.metrics.functional.regression import mean_normalized_bias_update

__all__ = ["MeanNormalizedBias"]


class MeanNormalizedBias(MeanRelativeToTarget):
    """The mean normalized bias ``mean (y - y_pred) / y``.

    A target that is zero is refused when the value is computed. Botchkarev: A new typology design
    of performance metrics to measure errors in machine learning regression algorithms,
    Interdisciplinary Journal of Information, Knowledge, and Management 14 (2019).

    ``update`` takes ``(y_pred, y)``, each ``(batch,)`` or ``(batch, 1)``, of any real dtype.

    Args:
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        device: where the sum lives.
        skip_unrolling: as in :class:`Metric`.
        metrics_result_mode: as in :class:`Metric`; here the result is a number.

    >>> import torch
    >>> metric = MeanNormalizedBias()
    >>> metric.update((torch.tensor([1.0, 2.0]), torch.tensor([2.0, 4.0])))
    >>> round(metric.compute(), 4)
    0.5
    """

    _total = staticmethod(mean_normalized_bias_update)
