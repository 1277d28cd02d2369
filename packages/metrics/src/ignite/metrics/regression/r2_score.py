"""The coefficient of determination."""

from __future__ import annotations

from ignite.metrics._moments import MomentsOfPairs
from ignite.metrics.functional.moments import r2_score_compute

__all__ = ["R2Score"]


class R2Score(MomentsOfPairs):
    """The coefficient of determination ``1 - sum (y - y_pred)^2 / sum (y - mean(y))^2``.

    If all targets are equal it is minus infinity, or NaN without any error. It streams, and a mean
    that is large beside the spread costs no digits.

    ``update`` takes ``(y_pred, y)``, each ``(batch,)`` or ``(batch, 1)``, of any real dtype.

    Args:
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        device: where the moments live.
        skip_unrolling: as in :class:`Metric`.
        metrics_result_mode: as in :class:`Metric`; here the result is a number.

    >>> import torch
    >>> metric = R2Score()
    >>> metric.update((torch.tensor([1.0, 2.0, 3.0]), torch.tensor([1.0, 2.0, 4.0])))
    >>> round(metric.compute(), 4)
    0.7857
    """

    def compute(self) -> float:
        """Return the coefficient over the examples of all ranks (collective).

        Raises:
            NotComputableError: no example was given on any rank.
        """
        return r2_score_compute(self._merged()).item()
