"""The inception score."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from ignite.metrics.functional.inception_score import (
    inception_score_compute,
    inception_score_update,
)
from ignite.metrics.gan.utils import FeatureMetric
from ignite.metrics.interface import InvalidValuesError
from ignite.metrics.metric import identity

__all__ = ["InceptionScore"]


class InceptionScore(FeatureMetric):
    """How certain and how varied the classes are that a module finds in images.

    It is exp of the mean of KL(p || mean of p), p the class probabilities of an image (Salimans,
    Goodfellow, Zaremba, Cheung, Radford and Chen, "Improved techniques for training GANs", 2016):
    from 1 to the number of classes. ``update`` takes images, as ``feature_extractor`` takes them.

    Args:
        num_features: the number of classes.
        feature_extractor: a module that returns probabilities ``(batch, num_features)``; call its
            ``eval()`` first if that matters. None for the identity, which takes probabilities for
            images; with ``num_features`` None, too, for Inception v3 of torchvision, whose
            weights are downloaded.
        output_transform: makes of ``engine.state.output`` the images.
        device: where the sums and the module are.

    Raises:
        TypeError: ``feature_extractor`` is no module.
        ValueError: ``num_features`` is not positive, or missing.
        ImportError: torchvision is needed, and not installed.

    >>> metric = InceptionScore(num_features=2)
    >>> metric.update(torch.tensor([[1.0, 0.0], [0.0, 1.0]]))
    >>> round(metric.compute(), 4)
    2.0
    """

    required_output_keys = None

    _prob_total: torch.Tensor
    _total_kl_d: torch.Tensor
    _num_examples: int

    def __init__(
        self,
        num_features: int | None = None,
        feature_extractor: torch.nn.Module | None = None,
        output_transform: Callable[[Any], Any] = identity,
        device: str | torch.device = "cpu",
    ) -> None:
        super().__init__(num_features, feature_extractor, (1000, False), output_transform, device)
        self.declare_sum("_prob_total", (self._num_features,))
        self.declare_sum("_total_kl_d", (self._num_features,))
        self.declare_examples()

    def update(self, output: torch.Tensor) -> None:
        """Take in images.

        Raises:
            TypeError: no tensor, or the module does not return a real one.
            ValueError: the module returns another shape.
        """
        if not isinstance(output, torch.Tensor):
            raise TypeError(
                f"Images are a tensor, got {type(output).__name__}; choose it with "
                "output_transform=."
            )
        probabilities = self.features(output)
        if probabilities.dtype not in (torch.float32, torch.float64):
            probabilities = probabilities.float()
        p_log_p, p = inception_score_update(probabilities)
        self.accumulate("_total_kl_d", p_log_p)
        self.accumulate("_prob_total", p)
        self._num_examples += len(output)

    def compute(self) -> float:
        """Return the score (collective).

        Raises:
            NotComputableError: no image was given on any rank.
            InvalidValuesError: the module did not return probabilities.
        """
        score = inception_score_compute(self._total_kl_d, self._prob_total, self._num_examples)
        mean_sum = self._prob_total.sum().item() / self._num_examples
        if score.isnan() or abs(mean_sum - 1) > 0.01:
            raise InvalidValuesError(
                "feature_extractor returned no probabilities, but values that are negative or NaN, "
                f"or that sum to {mean_sum:.4g} on average; let it end with softmax."
            )
        return score.item()
