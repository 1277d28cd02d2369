"""The Fréchet inception distance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from ignite.metrics.functional.fid import covariance_compute, covariance_update, frechet_distance
from ignite.metrics.gan.utils import FeatureMetric
from ignite.metrics.interface import InvalidValuesError, NotComputableError
from ignite.metrics.metric import identity

__all__ = ["FID"]


class FID(FeatureMetric):
    """The Fréchet inception distance of two sets of images, such as real and generated ones.

    Features of both are taken as Gaussian, and it is the squared Fréchet distance of these
    distributions: |m_1 - m_2|^2 + tr(C_1 + C_2 - 2 (C_1 C_2)^(1/2)) (Heusel, Ramsauer, Unterthiner,
    Nessler and Hochreiter, "GANs trained by a two time-scale update rule converge to a local Nash
    equilibrium", 2017). Images are not kept, but sums of features and of their products.

    ``update`` takes ``(train, test)``: two batches of as many images, as ``feature_extractor``
    takes them.

    Args:
        num_features: how many values per image ``feature_extractor`` returns.
        feature_extractor: a module that returns ``(batch, num_features)``; call its ``eval()``
            first if that matters. None for the identity, which takes features for images; with
            ``num_features`` None, too, for Inception v3 of torchvision, whose weights are
            downloaded.
        output_transform: makes of ``engine.state.output`` the pair ``(train, test)``.
        device: where the sums and the module are.

    Raises:
        TypeError: ``feature_extractor`` is no module.
        ValueError: ``num_features`` is not positive, or missing.
        ImportError: torchvision is needed, and not installed.

    >>> metric = FID(num_features=1)
    >>> metric.update((torch.tensor([[0.0], [2.0]]), torch.tensor([[3.0], [5.0]])))
    >>> round(metric.compute(), 4)
    9.0
    """

    _train_sigma: torch.Tensor
    _train_total: torch.Tensor
    _test_sigma: torch.Tensor
    _test_total: torch.Tensor
    _num_examples: int

    def __init__(
        self,
        num_features: int | None = None,
        feature_extractor: torch.nn.Module | None = None,
        output_transform: Callable[[Any], Any] = identity,
        device: str | torch.device = "cpu",
    ) -> None:
        super().__init__(num_features, feature_extractor, (2048, True), output_transform, device)
        for part in ("_train", "_test"):
            self.declare_sum(part + "_sigma", (self._num_features, self._num_features))
            self.declare_sum(part + "_total", (self._num_features,))
        self.declare_examples()

    def update(self, output: Sequence[torch.Tensor]) -> None:
        """Take in ``(train, test)``.

        Raises:
            TypeError: the module does not return real tensors.
            ValueError: there are not as many images of both, or the module returns another shape.
        """
        train, test = output
        if len(train) != len(test):
            raise ValueError(
                f"train has {len(train)} images and test {len(test)}; give as many of both."
            )
        features = self.features(train), self.features(test)
        for part, rows in zip(("_train", "_test"), features, strict=True):
            sigma, total = covariance_update(rows.to(self._train_total.dtype))
            self.accumulate(part + "_sigma", sigma)
            self.accumulate(part + "_total", total)
        self._num_examples += len(train)

    def compute(self) -> float:
        """Return the distance (collective).

        Raises:
            NotComputableError: fewer than 2 images of each were given on all ranks together.
            InvalidValuesError: features are NaN or infinite.
        """
        if self._num_examples < 2:
            raise NotComputableError("FID has seen 1 example, and needs 2 for a covariance.")
        if not (self._train_sigma + self._test_sigma).isfinite().all():
            raise InvalidValuesError(
                "The features have NaN or infinite values, or their squares are too large; look "
                "for them in what feature_extractor returns."
            )
        n = self._num_examples
        return frechet_distance(
            *covariance_compute(self._train_sigma, self._train_total, n),
            *covariance_compute(self._test_sigma, self._test_total, n),
        ).item()
