"""What metrics computed from moments of predictions and targets have in common."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Literal

import torch

from ignite.metrics._regression import as_flat_pair
from ignite.metrics.functional._precision import full_precision
from ignite.metrics.functional.moments import moments_merge, moments_pivot, moments_update
from ignite.metrics.interface import Rows
from ignite.metrics.metric import Metric, identity

__all__ = ["MomentsOfPairs"]


class MomentsOfPairs(Metric):
    """A function of the moments of all pairs of a prediction and a target.

    The moments are about a pivot that each rank chooses, so that they are not merged by addition: a
    rank keeps one row of them, and all ranks together one for each.
    """

    _pivots: Rows
    _products: Rows

    def __init__(
        self,
        output_transform: Callable[[Any], Any] = identity,
        device: str | torch.device = "cpu",
        skip_unrolling: bool = False,
        metrics_result_mode: Literal["flatten", "named", "both"] = "both",
    ) -> None:
        super().__init__(output_transform, device, skip_unrolling, metrics_result_mode)
        self.declare_state("_pivots", "cat", torch.float64, (4, 1))
        self.declare_state("_products", "cat", torch.float64, (4, 4))
        self.declare_examples("_products")

    def update(self, output: Sequence[torch.Tensor]) -> None:
        """Take in ``(y_pred, y)``, each ``(batch,)`` or ``(batch, 1)``.

        Raises:
            TypeError: not real tensors.
            ValueError: shapes that do not fit.
        """
        y_pred, y = full_precision(*as_flat_pair(output))
        if not self._pivots:
            if y.shape[0] == 0:  # has no pivot
                return
            pivot = moments_pivot(y_pred, y).to(self._pivots.tensor())
            products = moments_update(pivot.new_zeros(1, 4, 4), pivot, y_pred, y)
            self._pivots.append(pivot)
            self._products.append(products)
            return
        pivot, products = self._pivots.tensor(), self._products.tensor()
        if len(self._pivots) > 1:  # some were merged in
            pivot, products = pivot[:1], products[:1]
        moments_update(products, pivot, y_pred, y)

    def _merged(self) -> torch.Tensor:
        """Return the sums of products over all examples; see :func:`moments_merge`."""
        return moments_merge(self._products.tensor(), self._pivots.tensor())

    def sharing_key(self) -> Hashable:
        """Return what metrics of the same moments have in common."""
        return MomentsOfPairs
