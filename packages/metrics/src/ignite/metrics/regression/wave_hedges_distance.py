"""The Wave Hedges distance."""

from __future__ import annotations

from ignite.metrics._regression import MeanOfPairs
from ignite.metrics.functional.regression import wave_hedges_distance_update

__all__ = ["WaveHedgesDistance"]


class WaveHedgesDistance(MeanOfPairs):
    """The Wave Hedges distance ``sum |y - y_pred| / max(y, y_pred)``.

    It is made for values that are not negative. Two zeros add nothing. Cha: Comprehensive survey
    on distance/similarity measures between probability density functions, International Journal
    of Mathematical Models and Methods in Applied Sciences 1 (2007).

    ``update`` takes ``(y_pred, y)``, each ``(batch,)`` or ``(batch, 1)``, of any real dtype.

    Args:
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        device: where the sum lives.
        skip_unrolling: as in :class:`Metric`.
        metrics_result_mode: as in :class:`Metric`; here the result is a number.

    >>> import torch
    >>> metric = WaveHedgesDistance()
    >>> metric.update((torch.tensor([1.0, 2.0]), torch.tensor([2.0, 4.0])))
    >>> round(metric.compute(), 4)
    1.0
    """

    _total = staticmethod(wave_hedges_distance_update)

    def compute(self) -> float:
        """Return the sum over the examples of all ranks (collective).

        Raises:
            NotComputableError: no example was given on any rank.
        """
        return self._sum.item()
