"""The structural similarity of images."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import torch

from ignite.metrics._images import check_data_range, paired_images
from ignite.metrics.functional.ssim import gaussian_window, structural_similarity, uniform_window
from ignite.metrics.metric import Metric, identity

__all__ = ["SSIM"]

Number = TypeVar("Number", int, float)


class SSIM(Metric):
    """The mean over images of their structural similarity, from -1 to 1.

    It compares means, variances and covariances under a window, which is moved to every pixel of
    the image mirrored at its borders (Wang, Bovik, Sheikh and Simoncelli, "Image quality
    assessment: from error visibility to structural similarity", 2004). ``update`` takes
    ``(y_pred, y)``, of one real dtype and one shape ``(batch, channels, height, width)``, or
    ``(batch, channels, depth, height, width)`` with ``ndims=3``.

    Args:
        data_range: largest possible difference of two values, such as 1.0 or 255.
        kernel_size: of the window, odd; one number, or one for each spatial dimension.
        sigma: the width of the Gaussian; one number, or one for each spatial dimension.
        k1: stabilizes the comparison of means.
        k2: stabilizes the comparison of variances.
        gaussian: whether the window is Gaussian; otherwise all its weights are equal.
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        device: where the sum lives.
        skip_unrolling: as in :class:`Metric`.
        ndims: number of spatial dimensions, 2 or 3.

    Raises:
        ValueError: an argument is not what is said here.

    >>> metric = SSIM(data_range=1.0)
    >>> image = torch.rand(2, 3, 16, 16)
    >>> metric.update((image, image))
    >>> round(metric.compute(), 4)
    1.0
    """

    _sum_of_ssim: torch.Tensor
    _num_examples: int

    def __init__(
        self,
        data_range: int | float,
        kernel_size: int | Sequence[int] = 11,
        sigma: float | Sequence[float] = 1.5,
        k1: float = 0.01,
        k2: float = 0.03,
        gaussian: bool = True,
        output_transform: Callable[[Any], Any] = identity,
        device: str | torch.device = "cpu",
        skip_unrolling: bool = False,
        ndims: int = 2,
    ) -> None:
        if ndims not in (2, 3):
            raise ValueError(f"ndims must be 2 or 3, got {ndims!r}.")
        check_data_range(data_range)
        self.data_range = data_range
        self.kernel_size = _for_each(kernel_size, int, ndims, "kernel_size")
        self.sigma = _for_each(sigma, (int, float), ndims, "sigma")
        if not all(size > 0 and size % 2 for size in self.kernel_size):
            raise ValueError(f"kernel_size must be odd and positive, got {kernel_size}.")
        if not all(width > 0 for width in self.sigma):
            raise ValueError(f"sigma must be positive, got {sigma}.")
        self.k1 = k1
        self.k2 = k2
        self.gaussian = gaussian
        self.ndims = ndims
        self._windows = [
            gaussian_window(size, width) if gaussian else uniform_window(size)
            for size, width in zip(self.kernel_size, self.sigma, strict=True)
        ]
        super().__init__(output_transform, device, skip_unrolling)
        self.declare_sum("_sum_of_ssim")
        self.declare_examples()

    def update(self, output: Sequence[torch.Tensor]) -> None:
        """Take in ``(y_pred, y)``.

        Raises:
            TypeError: not real tensors of one dtype.
            ValueError: other shapes, or images too small for the window.
        """
        y_pred, y = output
        y_pred, y = paired_images(y_pred, y, dimensions=2 + self.ndims)
        if any(2 * n <= size for n, size in zip(y.shape[2:], self.kernel_size, strict=True)):
            raise ValueError(
                f"Images must be larger than half of kernel_size {tuple(self.kernel_size)}, got "
                f"{tuple(y.shape[2:])}; set a smaller one."
            )
        values = structural_similarity(y_pred, y, self._windows, self.data_range, self.k1, self.k2)
        self.accumulate("_sum_of_ssim", values.sum())
        self._num_examples += len(y)

    def compute(self) -> float:
        """Return the mean similarity (collective).

        Raises:
            NotComputableError: no image was given on any rank.
        """
        return self._sum_of_ssim.item() / self._num_examples


def _for_each(value: Number | Sequence[Number], kind: Any, ndims: int, name: str) -> list[Number]:
    """Return one number for each spatial dimension."""
    numbers = [value] * ndims if isinstance(value, kind) else value
    if (
        not isinstance(numbers, Sequence)
        or len(numbers) != ndims
        or not all(isinstance(number, kind) for number in numbers)
    ):
        raise ValueError(f"{name} must be a number, or a sequence of {ndims}, got {value!r}.")
    return list(numbers)
