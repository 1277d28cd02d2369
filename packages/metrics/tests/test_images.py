from __future__ import annotations

import math

import pytest
import torch

from ignite.metrics.functional.psnr import psnr_update
from ignite.metrics.functional.ssim import (
    gaussian_window,
    structural_similarity,
    uniform_window,
)
from ignite.metrics.interface import NotComputableError
from ignite.metrics.psnr import PSNR
from ignite.metrics.ssim import SSIM


@pytest.fixture
def pair():
    """The first numbers of torch.manual_seed(0)."""
    torch.manual_seed(0)
    return torch.rand(3, 2, 14, 15), torch.rand(3, 2, 14, 15)


@pytest.mark.parametrize(
    ("arguments", "value"),
    [
        ({}, 0.01919207543130994),
        ({"kernel_size": (5, 7), "sigma": (1.0, 2.0)}, 0.015590417662176717),
        ({"k1": 0.1, "k2": 0.2}, 0.21061013068813028),
    ],
)
def test_ssim_has_the_values_of_pytorch_ignite(pair, arguments, value):
    assert SSIM(1.0, **arguments)(*pair) == pytest.approx(value, rel=5e-5)


def test_a_uniform_window_is_of_the_size_given(pair):
    """In PyTorch-Ignite it is of size 5 whatever is given."""
    small = SSIM(1.0, kernel_size=3, gaussian=False)(*pair)
    large = SSIM(1.0, kernel_size=7, gaussian=False)(*pair)
    assert large == pytest.approx(0.022997993884113596, rel=1e-5)
    assert small != pytest.approx(large, rel=0.1)


def test_ssim_of_special_images():
    one = torch.ones(2, 3, 12, 12)
    assert SSIM(1.0)(one, one) == 1
    c1 = 0.01**2
    assert SSIM(1.0)(one, one * 0) == pytest.approx(c1 / (1 + c1), rel=1e-5)
    assert math.isnan(SSIM(1.0)(one, one * math.nan))
    x = torch.rand(1, 1, 32, 32)
    assert SSIM(1.0)(x, 1 - x) < 0


def test_ssim_is_the_mean_over_images(pair):
    x, y = pair
    metric = SSIM(1.0)
    metric.update((x[:1], y[:1]))
    metric.update((x[1:], x[1:]))
    assert metric.compute() == pytest.approx((SSIM(1.0)(x[:1], y[:1]) + 2) / 3)


def test_dtypes(pair):
    x, y = pair
    levels = [(z * 255).byte() for z in (x, y)]
    for metric in (SSIM, PSNR):
        value = metric(255)(*(z.double() for z in levels))
        assert metric(255)(*levels) == pytest.approx(value, rel=1e-4)
        assert metric(255)(*(z.int() for z in levels)) == pytest.approx(value, rel=1e-4)
        assert metric(1.0)(x.half(), y.half()) == pytest.approx(
            metric(1.0)(x.half().double(), y.half().double()), rel=1e-4
        )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kernel_size": 4}, "kernel_size must be odd and positive, got 4"),
        ({"kernel_size": -1}, "kernel_size must be odd and positive"),
        ({"kernel_size": (3, 2)}, "kernel_size must be odd and positive"),
        ({"kernel_size": 2.5}, "kernel_size must be a number, or a sequence of 2, got 2.5"),
        ({"kernel_size": (3,)}, "kernel_size must be a number, or a sequence of 2"),
        ({"kernel_size": (3, 5), "ndims": 3}, "sequence of 3"),
        ({"kernel_size": "ab"}, "kernel_size must be a number"),
        ({"sigma": 0}, "sigma must be positive, got 0"),
        ({"sigma": (1.0, -1.0)}, "sigma must be positive"),
        ({"sigma": (1.0, 1.0, 1.0)}, "sigma must be a number, or a sequence of 2"),
        ({"ndims": 1}, "ndims must be 2 or 3, got 1"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        SSIM(1.0, **arguments)


@pytest.mark.parametrize("metric", [SSIM, PSNR])
@pytest.mark.parametrize("data_range", [0, -1, None, "1", math.nan, math.inf])
def test_bad_ranges(metric, data_range):
    with pytest.raises(ValueError, match="data_range must be a positive number, got"):
        metric(data_range)


@pytest.mark.parametrize("metric", [SSIM, PSNR])
def test_bad_images(metric, pair):
    x, y = pair
    for bad, error, message in [
        ((x, y[:2]), ValueError, r"got \(3, 2, 14, 15\) and \(2, 2, 14, 15\)"),
        ((x, y.double()), TypeError, "of one dtype, got torch.float32 and torch.float64"),
        ((x.cfloat(), y.cfloat()), TypeError, "real and of one dtype"),
        ((x.tolist(), y), TypeError, "are tensors, got list and Tensor"),
        ((x[0, 0, 0, 0], y[0, 0, 0, 0]), ValueError, "of one shape"),
    ]:
        with pytest.raises(error, match=message):
            metric(1.0).update(bad)


def test_sizes_that_ssim_needs(pair):
    x, y = pair
    with pytest.raises(ValueError, match=r"half of kernel_size \(11, 11\), got \(14, 5\); set a"):
        SSIM(1.0).update((x[..., :5], y[..., :5]))
    assert SSIM(1.0)(x[..., :6], y[..., :6]) < 0.5
    with pytest.raises(ValueError, match=r"of one shape of 5 dimensions, got \(3, 2, 14, 15\)"):
        SSIM(1.0, ndims=3).update((x, y))


def test_psnr_has_the_values_of_pytorch_ignite(pair):
    x, y = pair
    assert PSNR(1.0)(x, y) == pytest.approx(7.837672983782773, rel=1e-6)
    assert PSNR(1.0)(x[0, 0], y[0, 0]) == pytest.approx(8.052186557213236, rel=1e-6)


def test_psnr_of_a_vector_takes_each_number_as_an_image():
    x, y = torch.tensor([0.0, 0.0]), torch.tensor([0.1, 0.01])
    assert PSNR(1.0)(x, y) == pytest.approx((20 + 40) / 2)


def test_psnr_of_equal_images_is_infinite(pair):
    x, y = pair
    assert PSNR(1.0)(x, x) == math.inf
    assert math.isnan(PSNR(1.0)(x, y * math.nan))


def test_no_images(pair):
    x, y = pair
    for metric in (SSIM(1.0), PSNR(1.0)):
        metric.update((x[:0], y[:0]))
        with pytest.raises(NotComputableError):
            metric.compute()


@pytest.mark.parametrize(
    "function",
    [
        psnr_update,
        lambda x, y: structural_similarity(x, y, [gaussian_window(5, 1.5)] * 2, 1.0),
        lambda x, y: structural_similarity(x, y, [uniform_window(3)] * 2, 1.0),
    ],
)
def test_functions_compile_as_one_graph(function, pair):
    compiled = torch.compile(function, fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(*pair), function(*pair))
