"""The structural similarity of images as functions."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch

__all__ = ["gaussian_window", "structural_similarity", "uniform_window"]


def gaussian_window(size: int, sigma: float) -> tuple[float, ...]:
    """Return the weights of a Gaussian window of an odd size, which sum to 1.

    >>> [round(weight, 4) for weight in gaussian_window(3, 1.0)]
    [0.2741, 0.4519, 0.2741]
    """
    weights = [math.exp(-0.5 * ((i - size // 2) / sigma) ** 2) for i in range(size)]
    return tuple(weight / sum(weights) for weight in weights)


def uniform_window(size: int) -> tuple[float, ...]:
    """Return equal weights, which sum to 1.

    >>> uniform_window(4)
    (0.25, 0.25, 0.25, 0.25)
    """
    return (1 / size,) * size


def structural_similarity(
    y_pred: torch.Tensor,
    y: torch.Tensor,
    windows: Sequence[Sequence[float]],
    data_range: float,
    k1: float = 0.01,
    k2: float = 0.03,
) -> torch.Tensor:
    """Return the mean structural similarity of each image.

    With means, variances and the covariance under a window, which is moved to every pixel of the
    image mirrored at its borders, it is the mean of (2 m_x m_y + c_1)(2 c_xy + c_2) / ((m_x^2 +
    m_y^2 + c_1)(v_x + v_y + c_2)), where c_i = (k_i data_range)^2 (Wang, Bovik, Sheikh and
    Simoncelli, "Image quality assessment: from error visibility to structural similarity", 2004).

    Args:
        y_pred: float32 or float64, ``(batch, channels, *spatial)``.
        y: as ``y_pred``.
        windows: for each spatial dimension the weights, an odd number of at most twice its size.
        data_range: largest possible difference of two values.
        k1: stabilizes the comparison of means.
        k2: stabilizes the comparison of variances.

    Returns:
        ``(batch,)``, from -1 to 1.

    >>> image = torch.rand(2, 3, 16, 16)
    >>> structural_similarity(image, image, [uniform_window(7)] * 2, data_range=1.0)
    tensor([1., 1.])
    """
    padding = [len(window) // 2 for window in reversed(windows) for _ in range(2)]
    x, y = (torch.nn.functional.pad(image, padding, mode="reflect") for image in (y_pred, y))
    # The variances are needed as their sum alone, so four means do, of which those of squares are
    # more precise if the values are taken from the middle of their range.
    x, y = x - data_range / 2, y - data_range / 2
    means = torch.stack([x, y, x * y, (x * x).addcmul_(y, y)])
    for dimension, window in enumerate(windows, start=-len(windows)):
        means = _filtered(means, window, dimension)
    mean_x, mean_y, mean_xy, mean_squares = means
    c1, c2 = (k1 * data_range) ** 2, (k2 * data_range) ** 2
    covariance = mean_xy.addcmul_(mean_x, mean_y, value=-1)
    variances = mean_squares.addcmul_(mean_x, mean_x, value=-1).addcmul_(mean_y, mean_y, value=-1)
    mean_x, mean_y = mean_x.add_(data_range / 2), mean_y.add_(data_range / 2)
    contrast = covariance.mul_(2).add_(c2).div_(variances.add_(c2))
    luminance = (mean_x * mean_y).mul_(2).add_(c1)
    squares = mean_x.square_().addcmul_(mean_y, mean_y).add_(c1)
    similarity: torch.Tensor = luminance.div_(squares).mul_(contrast)
    return similarity.flatten(1).mean(1)


def _filtered(x: torch.Tensor, window: Sequence[float], dimension: int) -> torch.Tensor:
    """Return the weighted sums of neighbours in one dimension, at every place that has them all.

    A convolution, in the precision of its input on every device, and on the CPU several times as
    fast as one for a single channel.
    """
    size = x.shape[dimension] - len(window) + 1
    total = x.narrow(dimension, 0, size) * window[0]
    for offset, weight in enumerate(window[1:], start=1):
        total.add_(x.narrow(dimension, offset, size), alpha=weight)
    return total
