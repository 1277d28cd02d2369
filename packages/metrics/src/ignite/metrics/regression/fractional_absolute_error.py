"""The fractional absolute error."""

from __future__ import annotations

from ignite.metrics._regression import MeanOfPairs
from ignite.metrics.functional.regression import fractional_absolute_error_update

__all__ = ["FractionalAbsoluteError"]


class FractionalAbsoluteError(MeanOfPairs):
    """The fractional absolute error ``mean 2 |y - y_pred| / (|y| + |y_pred|)``, from 0 to 2.

    Two zeros are no error. Also known as the symmetric mean absolute percentage error.
    Botchkarev: A new typology design of performance metrics to measure errors in machine learning
    regression algorithms, Interdisciplinary Journal of Information, Knowledge, and Management 14
    (2019).

    ``update`` takes ``(y_pred, y)``, each ``(batch,)`` or ``(batch, 1)``, of any real dtype.

    Args:
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        device: where the sum lives.
        skip_unrolling: as in :class:`Metric`.
        metrics_result_mode: as in :class:`Metric`; here the result is a number.

    >>> import torch
    >>> metric = FractionalAbsoluteError()
    >>> metric.update((torch.tensor([1.0, 2.0]), torch.tensor([2.0, 4.0])))
    >>> round(metric.compute(), 4)
    0.6667
    """

    _total = staticmethod(fractional_absolute_error_update)
