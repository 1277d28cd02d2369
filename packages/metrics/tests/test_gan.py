from __future__ import annotations

import math
import sys
from types import ModuleType, SimpleNamespace

import pytest
import torch

from ignite.metrics.gan.fid import FID
from ignite.metrics.gan.inception_score import InceptionScore
from ignite.metrics.gan.utils import InceptionModel
from ignite.metrics.interface import InvalidValuesError, NotComputableError


class MeanOfPixels(torch.nn.Module):
    def forward(self, images):
        return images.mean((2, 3))


def values():
    """Features, and images, of torch.manual_seed(0)."""
    torch.manual_seed(0)
    torch.nn.Linear(6, 4)
    features = torch.randn(6, 4), torch.randn(6, 4)
    return features, (torch.rand(6, 3, 5, 5), torch.rand(6, 3, 5, 5))


def test_fid_has_the_values_of_pytorch_ignite():
    (x, y), images = values()
    assert FID(4)(x, y) == pytest.approx(5.745060154560678, rel=1e-9)
    assert FID(4)(x.half(), y.half()) == pytest.approx(5.744714760380833, rel=1e-9)
    assert FID(3, MeanOfPixels())(*images) == pytest.approx(0.011272424219730664, rel=1e-9)
    # Of singular covariances it is exact, while a small diagonal was added to them.
    assert FID(4)(x[:3], y[:3]) == pytest.approx(11.028333198947323, rel=1e-6)


def test_fid_of_special_features():
    x = torch.randn(50, 6)
    assert FID(6)(x, x) == pytest.approx(0, abs=1e-12)
    assert FID(6)(x, x + 2) == pytest.approx(6 * 4)
    assert FID(6)(x * 0, x * 0) == 0
    low = torch.randn(50, 1) @ torch.randn(1, 6)  # rank 1: the roots are known
    deviations = [z.double().std(0).square().sum().sqrt().item() for z in (low, 3 * low)]
    shift = 4 * low.double().mean(0).square().sum().item()
    assert FID(6)(low, 3 * low) == pytest.approx((deviations[0] - deviations[1]) ** 2 + shift)


def test_fid_needs_two_examples_and_finite_features():
    (x, y), _ = values()
    metric = FID(4)
    metric.update((x[:1], y[:1]))
    with pytest.raises(NotComputableError, match="needs 2 for a covariance"):
        metric.compute()
    metric.update((x, y * math.nan))
    with pytest.raises(InvalidValuesError, match="NaN or infinite values"):
        metric.compute()


def test_inception_score_has_the_values_of_pytorch_ignite():
    (x, _), _ = values()
    assert InceptionScore(4)(x.softmax(1)) == pytest.approx(1.1884111118173741, rel=1e-6)
    assert InceptionScore(4)(torch.eye(4)) == pytest.approx(4)


def test_inception_score_needs_probabilities():
    (x, _), _ = values()
    for bad in (x, x.abs(), x * math.nan):
        metric = InceptionScore(4)
        metric.update(x.softmax(1).half())
        metric.update(bad)
        with pytest.raises(InvalidValuesError, match=r"negative or NaN, .*; let it end with softm"):
            metric.compute()


def test_inception_score_takes_no_mapping_and_no_pair():
    with pytest.raises(TypeError, match="takes no mapping"):
        InceptionScore(4).take_in({"y_pred": torch.eye(4), "y": torch.eye(4)})
    with pytest.raises(TypeError, match="Images are a tensor, got tuple"):
        InceptionScore(4).update((torch.eye(4), torch.eye(4)))


@pytest.mark.parametrize("metric", [FID, InceptionScore])
@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((None, MeanOfPixels()), ValueError, "num_features must be given with a feature_extractor"),
        ((0, MeanOfPixels()), ValueError, "num_features must be a positive integer, got 0"),
        ((2.5,), ValueError, "num_features must be a positive integer, got 2.5"),
        ((4, lambda x: x), TypeError, "feature_extractor must be a torch.nn.Module"),
    ],
)
def test_bad_arguments(metric, arguments, error, message):
    with pytest.raises(error, match=message):
        metric(*arguments)


class Returns(torch.nn.Module):
    def __init__(self, value):
        super().__init__()
        self.value = value

    def forward(self, images):
        return self.value


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        (torch.zeros(6, 3), ValueError, r"\(batch, num_features\) = \(6, 4\), got \(6, 3\)"),
        (torch.zeros(6, 4, 1), ValueError, r"got \(6, 4, 1\)"),
        (torch.zeros(5, 4), ValueError, r"got \(5, 4\)"),
        ((torch.zeros(6, 4),), TypeError, "a real tensor, got tuple"),
        (torch.zeros(6, 4).cfloat(), TypeError, "a real tensor, got torch.complex64"),
    ],
)
def test_bad_features(value, error, message):
    x = torch.zeros(6, 4)
    with pytest.raises(error, match=message):
        FID(4, Returns(value)).update((x, x))
    with pytest.raises(error, match=message):
        InceptionScore(4, Returns(value)).update(x)


def test_as_many_images_of_both():
    with pytest.raises(ValueError, match="train has 6 images and test 3"):
        FID(4).update((torch.zeros(6, 4), torch.zeros(3, 4)))


def test_the_module_moves_with_the_metric_and_gets_no_gradient():
    linear = torch.nn.Linear(4, 4)
    metric = FID(4, linear, device="meta")
    assert linear.weight.is_meta
    linear = torch.nn.Linear(4, 4)
    metric = FID(4, linear)
    metric.update((torch.randn(5, 4), torch.randn(5, 4)))
    assert not metric._train_total.requires_grad
    metric.to("meta")
    assert linear.weight.is_meta


@pytest.mark.parametrize("make", [FID, InceptionScore, lambda: InceptionModel(True)])
def test_without_torchvision_the_default_says_how_to_get_it(monkeypatch, make):
    monkeypatch.setitem(sys.modules, "torchvision", None)
    with pytest.raises(ImportError, match=r'pip install "ignite-metrics\[gan\]", or give num_f'):
        make()


class SmallInception(torch.nn.Module):
    """What is used of the model of torchvision."""

    def __init__(self):
        super().__init__()
        self.features = torch.nn.Linear(3, 2048)
        self.fc = torch.nn.Linear(2048, 1000)

    def forward(self, images):
        return self.fc(self.features(images.mean((2, 3))))


@pytest.fixture
def torchvision(monkeypatch):
    asked = []

    def inception_v3(weights):
        asked.append(weights)
        return SmallInception()

    models = ModuleType("torchvision.models")
    models.inception_v3 = inception_v3
    models.Inception_V3_Weights = SimpleNamespace(IMAGENET1K_V1="of ImageNet")
    monkeypatch.setitem(sys.modules, "torchvision", ModuleType("torchvision"))
    monkeypatch.setitem(sys.modules, "torchvision.models", models)
    return asked


def test_the_default_is_inception_v3(torchvision):
    images = torch.rand(4, 3, 75, 75)
    assert InceptionModel(return_features=True)(images).shape == (4, 2048)
    probabilities = InceptionModel(return_features=False)(images.double())
    assert probabilities.shape == (4, 1000)
    torch.testing.assert_close(probabilities.sum(1), torch.ones(4))
    assert not InceptionModel(True).model.training
    assert torchvision == ["of ImageNet"] * 3
    assert InceptionScore()(images) >= 1
    assert FID()._num_features == 2048


@pytest.mark.parametrize(
    ("images", "error", "message"),
    [
        (torch.zeros(2, 3, 80, 80).byte(), TypeError, r"got torch.uint8; use images.float\(\) / "),
        (torch.zeros(2, 1, 80, 80), ValueError, r"\(batch, 3, height, width\).*\(2, 1, 80, 80\)"),
        (torch.zeros(3, 80, 80), ValueError, r"got \(3, 80, 80\)"),
        (torch.zeros(2, 3, 64, 80), ValueError, "at least 75 x 75 pixels"),
    ],
)
def test_bad_images_for_inception_v3(torchvision, images, error, message):
    with pytest.raises(error, match=message):
        InceptionModel(True)(images)
