"""The Hilbert-Schmidt independence criterion."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from ignite.metrics._samples import paired_rows
from ignite.metrics.functional.hsic import hsic
from ignite.metrics.metric import Metric, identity

__all__ = ["HSIC"]

LEAST = 4  # of fewer examples there is no unbiased estimate


class HSIC(Metric):
    """How much two variables depend on each other: the mean over batches of an unbiased estimate.

    The Hilbert-Schmidt independence criterion with Gaussian kernels (Song, Smola, Gretton, Bedo
    and Borgwardt, "Feature selection via dependence maximization", 2012). **The value depends on
    how the data is cut into batches**, as each is an estimate of its own. ``update`` takes
    ``(x, y)``, each ``(batch, ...)``, the rest of whose dimensions are taken as one.

    Args:
        sigma_x: the width of the kernel of ``x``; if negative, the median distance in the batch.
        sigma_y: the same of ``y``.
        ignore_invalid_batch: leave out batches of fewer than 4 examples, rather than raise.
        output_transform: makes of ``engine.state.output`` the pair ``(x, y)``.
        device: where the sum lives.
        skip_unrolling: as in :class:`Metric`.

    Raises:
        ValueError: a width of 0, or none.

    >>> x = torch.arange(8.0)[:, None]
    >>> metric = HSIC()
    >>> metric.update((x, x**2))
    >>> round(metric.compute(), 4)
    0.1045
    """

    _sum_of_hsic: torch.Tensor
    _num_batches: int

    def __init__(
        self,
        sigma_x: float = -1,
        sigma_y: float = -1,
        ignore_invalid_batch: bool = True,
        output_transform: Callable[[Any], Any] = identity,
        device: str | torch.device = "cpu",
        skip_unrolling: bool = False,
    ) -> None:
        for name, sigma in (("sigma_x", sigma_x), ("sigma_y", sigma_y)):
            if not (sigma > 0 or sigma < 0):
                raise ValueError(
                    f"{name} must be positive, or negative for the median distance, got {sigma}."
                )
        self.sigma_x = sigma_x
        self.sigma_y = sigma_y
        self.ignore_invalid_batch = ignore_invalid_batch
        super().__init__(output_transform, device, skip_unrolling)
        self.declare_sum("_sum_of_hsic")
        self.declare_examples("_num_batches")

    def update(self, output: Sequence[torch.Tensor]) -> None:
        """Take in ``(x, y)``, both ``(batch, ...)``.

        Raises:
            TypeError: not real tensors.
            ValueError: shapes that do not fit together, or too few examples.
        """
        x, y = paired_rows(*output)
        if len(x) < LEAST:
            if self.ignore_invalid_batch:
                return
            raise ValueError(
                f"A batch needs at least {LEAST} examples, got {len(x)}; set drop_last=True in the "
                "loader, or ignore_invalid_batch=True."
            )
        self.accumulate("_sum_of_hsic", hsic(x, y, self.sigma_x, self.sigma_y))
        self._num_batches += 1

    def compute(self) -> float:
        """Return the mean over all batches (collective).

        Raises:
            NotComputableError: no batch of enough examples was given on any rank.
        """
        return self._sum_of_hsic.item() / self._num_batches
