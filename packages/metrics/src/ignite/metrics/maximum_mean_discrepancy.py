"""The maximum mean discrepancy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from ignite.metrics._samples import paired_rows
from ignite.metrics.functional.maximum_mean_discrepancy import squared_maximum_mean_discrepancy
from ignite.metrics.metric import Metric, identity

__all__ = ["MaximumMeanDiscrepancy"]


class MaximumMeanDiscrepancy(Metric):
    """How far two distributions are apart, by a Gaussian kernel.

    It is the root of the mean over batches of an unbiased estimate of its square (Gretton,
    Borgwardt, Rasch, Schölkopf and Smola, "A kernel two-sample test", 2012), or 0 where that is
    negative. **The value depends on how the data is cut into batches**, as each is an estimate of
    its own. ``update`` takes ``(x, y)``, of one shape ``(batch, ...)``, the rest of whose
    dimensions are taken as one.

    Args:
        var: of the kernel exp(-d^2 / (2 var)).
        output_transform: makes of ``engine.state.output`` the pair ``(x, y)``.
        device: where the sum lives.
        skip_unrolling: as in :class:`Metric`.

    Raises:
        ValueError: ``var`` is not positive.

    >>> x = torch.tensor([[0.0], [1.0]])
    >>> metric = MaximumMeanDiscrepancy()
    >>> metric.update((x, x + 10))
    >>> round(metric.compute(), 4)
    1.1014
    """

    _sum_of_squares: torch.Tensor
    _num_batches: int

    def __init__(
        self,
        var: float = 1.0,
        output_transform: Callable[[Any], Any] = identity,
        device: str | torch.device = "cpu",
        skip_unrolling: bool = False,
    ) -> None:
        if not var > 0:
            raise ValueError(f"var must be positive, got {var}.")
        self.var = var
        super().__init__(output_transform, device, skip_unrolling)
        self.declare_sum("_sum_of_squares")
        self.declare_examples("_num_batches")

    def update(self, output: Sequence[torch.Tensor]) -> None:
        """Take in ``(x, y)``, both ``(batch, ...)``.

        Raises:
            TypeError: not real tensors.
            ValueError: other shapes, or fewer than 2 examples.
        """
        x, y = paired_rows(*output)
        if x.shape != y.shape:
            raise ValueError(
                f"x and y are of one shape, got {tuple(output[0].shape)} and "
                f"{tuple(output[1].shape)}."
            )
        if len(x) < 2:
            raise ValueError(
                f"A batch needs at least 2 examples, got {len(x)}; set drop_last=True in the "
                "loader."
            )
        self.accumulate("_sum_of_squares", squared_maximum_mean_discrepancy(x, y, self.var))
        self._num_batches += 1

    def compute(self) -> float:
        """Return the root of the mean over all batches, or 0 if that is negative (collective).

        Raises:
            NotComputableError: no batch was given on any rank.
        """
        return (self._sum_of_squares / self._num_batches).clamp_min(0).sqrt().item()
