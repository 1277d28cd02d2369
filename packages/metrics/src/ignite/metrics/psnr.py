"""The peak signal-to-noise ratio."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from ignite.metrics._images import check_data_range, paired_images
from ignite.metrics.functional.psnr import psnr_compute, psnr_update
from ignite.metrics.metric import Metric, identity

__all__ = ["PSNR"]


class PSNR(Metric):
    """The mean over images of the peak signal-to-noise ratio, in dB.

    It is 10 log10(data_range^2 / mean squared error) of an image, and infinite where two are equal
    (ITU-T J.340). ``update`` takes ``(y_pred, y)``, of one real dtype and one shape
    ``(batch, ...)``.

    Args:
        data_range: largest possible difference of two values, such as 1.0 or 255.
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        device: where the sum lives.
        skip_unrolling: as in :class:`Metric`.

    Raises:
        ValueError: ``data_range`` is not a positive number.

    >>> metric = PSNR(data_range=1.0)
    >>> metric.update((torch.zeros(1, 3, 4, 4), torch.full((1, 3, 4, 4), 0.1)))
    >>> round(metric.compute(), 4)
    20.0
    """

    _sum_of_logs: torch.Tensor
    _num_examples: int

    def __init__(
        self,
        data_range: int | float,
        output_transform: Callable[[Any], Any] = identity,
        device: str | torch.device = "cpu",
        skip_unrolling: bool = False,
    ) -> None:
        check_data_range(data_range)
        self.data_range = data_range
        super().__init__(output_transform, device, skip_unrolling)
        self.declare_sum("_sum_of_logs")
        self.declare_examples()

    def update(self, output: Sequence[torch.Tensor]) -> None:
        """Take in ``(y_pred, y)``, both ``(batch, ...)``.

        Raises:
            TypeError: not real tensors of one dtype.
            ValueError: other shapes.
        """
        y_pred, y = output
        y_pred, y = paired_images(y_pred, y)
        self.accumulate("_sum_of_logs", psnr_update(y_pred, y))
        self._num_examples += len(y)

    def compute(self) -> float:
        """Return the mean ratio, in dB (collective).

        Raises:
            NotComputableError: no image was given on any rank.
        """
        return psnr_compute(self._sum_of_logs, self._num_examples, self.data_range)
