"""Pearson's correlation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from ignite.metrics._moments import MomentsOfPairs
from ignite.metrics.functional.moments import pearson_correlation_compute
from ignite.metrics.metric import identity

__all__ = ["PearsonCorrelation"]


class PearsonCorrelation(MomentsOfPairs):
    """Pearson's correlation: the covariance over the product of standard deviations.

    It streams, and a mean that is large beside the standard deviation costs no digits.

    ``update`` takes ``(y_pred, y)``, each ``(batch,)`` or ``(batch, 1)``, of any real dtype.

    Args:
        eps: the least product of standard deviations, so that the correlation with what is
            constant is 0. It is absolute: for data of a scale near 1e-4 or below give a smaller
            one; with 0 the correlation with what is constant is NaN.
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        device: where the moments live.

    >>> metric = PearsonCorrelation()
    >>> metric.update((torch.tensor([1.0, 2.0, 9.0]), torch.tensor([2.0, 4.0, 3.0])))
    >>> round(metric.compute(), 4)
    0.1147
    """

    def __init__(
        self,
        eps: float = 1e-8,
        output_transform: Callable[[Any], Any] = identity,
        device: str | torch.device = "cpu",
    ) -> None:
        super().__init__(output_transform, device)
        self.eps = eps

    def compute(self) -> float:
        """Return the correlation over the examples of all ranks (collective).

        Raises:
            NotComputableError: no example was given on any rank.
        """
        return pearson_correlation_compute(self._merged(), self.eps).item()
