"""Similarity of images, against scikit-image."""

from __future__ import annotations

from functools import partial

import numpy as np
import torch
from scipy.ndimage import correlate1d
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from ignite.metrics.psnr import PSNR
from ignite.metrics.ssim import SSIM
from ignite_contracts.metric import Bad, MetricCase


def images(*shape):
    def draw(rng, n):
        return tuple(torch.tensor(rng.random((2, n, *shape))))

    return draw


def similar(rng, n):
    x = rng.random((n, 3, 12, 13))
    return torch.tensor(x), torch.tensor((x + 0.05 * rng.normal(size=x.shape)).clip(0, 1))


def constant(rng, n):
    """Without any variance."""
    x = np.broadcast_to(rng.random((2, n, 3, 1, 1)), (2, n, 3, 12, 13))
    return tuple(torch.tensor(x.copy()))


def half(rng, n):
    return tuple(x.half() for x in similar(rng, n))


def float32(rng, n):
    return tuple(x.float() for x in similar(rng, n))


def equal(rng, n):
    x = torch.tensor(rng.random((n, 3, 12, 13)))
    return x, x.clone()


def bytes_of(rng, n):
    return tuple(torch.tensor(rng.integers(0, 256, (2, n, 3, 12, 13)), dtype=torch.uint8))


def black_and_white(rng, n):
    return tuple(torch.tensor(rng.integers(0, 2, (2, n, 3, 12, 13)) * 255, dtype=torch.uint8))


IMAGES = {
    "images": images(3, 12, 13),
    "similar": similar,
    "constant": constant,
    "float16": half,
}
BYTES = {"bytes": bytes_of, "black and white": black_and_white}
VOLUMES = {"volumes": images(2, 7, 8, 9)}


def ssim_map(x, y, filtered, data_range):
    """Return the similarity at every pixel of one channel."""
    x, y = x.astype(float), y.astype(float)
    mean_x, mean_y = filtered(x), filtered(y)
    variances = filtered(x * x) - mean_x**2 + filtered(y * y) - mean_y**2
    covariance = filtered(x * y) - mean_x * mean_y
    c1, c2 = (0.01 * data_range) ** 2, (0.03 * data_range) ** 2
    luminance = (2 * mean_x * mean_y + c1) / (mean_x**2 + mean_y**2 + c1)
    return luminance * (2 * covariance + c2) / (variances + c2)


def filtered_by(*windows):
    def filtered(x):
        for axis, window in enumerate(windows):
            x = correlate1d(x, window, axis=axis, mode="mirror")
        return x

    return filtered


def gaussian(size, sigma):
    offsets = np.arange(size) - size // 2
    weights = np.exp(-(offsets**2) / (2 * sigma**2))
    return weights / weights.sum()


def inside(x, windows):
    margins = [len(window) // 2 for window in windows]
    return x[tuple(slice(m, n - m) for m, n in zip(margins, x.shape, strict=True))]


def ssim(windows, data_range, settings, data):
    """Return the mean over images, and check what scikit-image tells of: all but the borders."""
    values = []
    for x, y in zip(*data, strict=True):
        for channel_x, channel_y in zip(x, y, strict=True):
            found = ssim_map(channel_x, channel_y, filtered_by(*windows), data_range)
            if settings is not None:
                _, expected = structural_similarity(
                    channel_x.astype(float),
                    channel_y.astype(float),
                    data_range=data_range,
                    use_sample_covariance=False,
                    full=True,
                    **settings,
                )
                np.testing.assert_allclose(
                    inside(found, windows), inside(expected, windows), atol=1e-8
                )
            values.append(found.mean())
    return np.mean(values)


def psnr(data_range, data):
    with np.errstate(divide="ignore"):
        return np.mean(
            [
                peak_signal_noise_ratio(x.astype(float), y.astype(float), data_range=data_range)
                for x, y in zip(*data, strict=True)
            ]
        )


X = torch.zeros(2, 3, 12, 13)
BAD = {
    "shapes": Bad((X, X[:1]), ValueError),
    "dtypes": Bad((X, X.double()), TypeError),
    "complex": Bad((X.cfloat(), X.cfloat()), TypeError),
    "list": Bad((X.tolist(), X), TypeError),
}
BAD_SIZES = {
    **BAD,
    "too small": Bad((X[..., :5, :5], X[..., :5, :5]), ValueError),
    "dimensions": Bad((X[0], X[0]), ValueError),
}

CASES = {
    "SSIM": MetricCase(
        partial(SSIM, data_range=1.0),
        IMAGES,
        partial(
            ssim,
            [gaussian(11, 1.5)] * 2,
            1.0,
            {"gaussian_weights": True, "sigma": 1.5, "win_size": 11},
        ),
        most=6,
        bad=BAD_SIZES,
    ),
    "SSIM, float32": MetricCase(
        partial(SSIM, data_range=1.0),
        {"float32": float32},
        partial(ssim, [gaussian(11, 1.5)] * 2, 1.0, None),
        most=6,
        tolerance=1e-4,
    ),
    "SSIM, bytes": MetricCase(
        partial(SSIM, data_range=255),
        BYTES,
        partial(ssim, [gaussian(11, 1.5)] * 2, 255, None),
        most=6,
        tolerance=1e-4,
    ),
    "SSIM, uniform": MetricCase(
        partial(SSIM, data_range=1.0, kernel_size=7, gaussian=False),
        IMAGES,
        partial(ssim, [np.full(7, 1 / 7)] * 2, 1.0, {"win_size": 7}),
        most=6,
    ),
    "SSIM, two widths": MetricCase(
        partial(SSIM, data_range=1.0, kernel_size=(5, 7), sigma=[1.0, 2.0]),
        IMAGES,
        partial(ssim, [gaussian(5, 1.0), gaussian(7, 2.0)], 1.0, None),
        most=6,
    ),
    "SSIM, volumes": MetricCase(
        partial(SSIM, data_range=1.0, kernel_size=7, sigma=0.8, ndims=3),
        VOLUMES,
        partial(
            ssim,
            [gaussian(7, 0.8)] * 3,
            1.0,
            {"gaussian_weights": True, "sigma": 0.8, "win_size": 7},
        ),
        most=6,
        bad={"images": Bad((X, X), ValueError)},
    ),
    "PSNR": MetricCase(
        partial(PSNR, data_range=1.0),
        {**IMAGES, "equal": equal, "numbers": images()},
        partial(psnr, 1.0),
        bad=BAD,
    ),
    "PSNR, bytes": MetricCase(partial(PSNR, data_range=255), BYTES, partial(psnr, 255)),
}
