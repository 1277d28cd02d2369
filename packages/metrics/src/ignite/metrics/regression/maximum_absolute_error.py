"""The maximum absolute error."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import torch

from ignite.metrics._regression import as_flat_pair
from ignite.metrics.functional.regression import maximum_absolute_error_update
from ignite.metrics.metric import Metric, identity

__all__ = ["MaximumAbsoluteError"]


class MaximumAbsoluteError(Metric):
    """The maximum absolute error ``max |y - y_pred|``.

    ``update`` takes ``(y_pred, y)``, each ``(batch,)`` or ``(batch, 1)``, of any real dtype.

    Args:
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        device: where the maximum lives.
        skip_unrolling: as in :class:`Metric`.
        metrics_result_mode: as in :class:`Metric`; here the result is a number.

    >>> metric = MaximumAbsoluteError()
    >>> metric.update((torch.tensor([1.0, 2.0]), torch.tensor([2.0, 4.0])))
    >>> metric.compute()
    2.0
    """

    _max: torch.Tensor
    _num_examples: int

    def __init__(
        self,
        output_transform: Callable[[Any], Any] = identity,
        device: str | torch.device = "cpu",
        skip_unrolling: bool = False,
        metrics_result_mode: Literal["flatten", "named", "both"] = "both",
    ) -> None:
        super().__init__(output_transform, device, skip_unrolling, metrics_result_mode)
        self.declare_state("_max", "max", torch.float64)
        self.declare_examples()

    def update(self, output: Sequence[torch.Tensor]) -> None:
        """Take in ``(y_pred, y)``, each ``(batch,)`` or ``(batch, 1)``.

        Raises:
            TypeError: not real tensors.
            ValueError: shapes that do not fit.
        """
        y_pred, y = as_flat_pair(output)
        if y.shape[0] == 0:  # has no maximum
            return
        largest = maximum_absolute_error_update(y_pred, y).to(self._device)
        self._max = torch.maximum(self._max, largest)
        self._num_examples += y.shape[0]

    def compute(self) -> float:
        """Return the maximum over the examples of all ranks (collective).

        Raises:
            NotComputableError: no example was given on any rank.
        """
        return self._max.item()
