"""The fractional bias."""

from __future__ import annotations

from ignite.metrics._regression import MeanOfPairs
from ignite.metrics.functional.regression import fractional_bias_update

__all__ = ["FractionalBias"]


class FractionalBias(MeanOfPairs):
    """The fractional bias ``mean 2 (y - y_pred) / (y + y_pred)``.

    Two zeros are no bias; a value and its opposite are infinitely biased. Botchkarev: A new
    typology design of performance metrics to measure errors in machine learning regression
    algorithms, Interdisciplinary Journal of Information, Knowledge, and Management 14 (2019).

    ``update`` takes ``(y_pred, y)``, each ``(batch,)`` or ``(batch, 1)``, of any real dtype.

    Args:
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        device: where the sum lives.
        skip_unrolling: as in :class:`Metric`.
        metrics_result_mode: as in :class:`Metric`; here the result is a number.

    >>> import torch
    >>> metric = FractionalBias()
    >>> metric.update((torch.tensor([1.0, 2.0]), torch.tensor([2.0, 4.0])))
    >>> round(metric.compute(), 4)
    0.6667
    """

    _total = staticmethod(fractional_bias_update)
