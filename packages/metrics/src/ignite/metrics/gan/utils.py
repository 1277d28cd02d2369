"""Features of images, as metrics of generative models compare them."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeVar

import torch

from ignite.metrics.metric import Metric

__all__ = ["InceptionModel"]

Self = TypeVar("Self", bound="FeatureMetric")


class InceptionModel(torch.nn.Module):
    """Inception v3, with torchvision's weights from ImageNet, which it downloads once.

    ``forward`` takes images of shape ``(batch, 3, height, width)``, floating from 0 to 1.

    Args:
        return_features: whether to return 2048 features per image, or else the probabilities of
            1000 classes.
        device: where the model is.

    Raises:
        ImportError: torchvision is not installed.
    """

    def __init__(self, return_features: bool, device: str | torch.device = "cpu") -> None:
        try:
            models: Any = import_module("torchvision.models")
        except ImportError as error:
            raise ImportError(
                f"torchvision is not installed ({error}); run: pip install "
                '"ignite-metrics[gan]", or give num_features= and feature_extractor=.'
            ) from error
        super().__init__()
        self.model = models.inception_v3(weights=models.Inception_V3_Weights.IMAGENET1K_V1)
        if return_features:
            self.model.fc = torch.nn.Identity()
        else:
            self.model.fc = torch.nn.Sequential(self.model.fc, torch.nn.Softmax(dim=1))
        self.model.eval().to(device)

    @torch.no_grad()
    def forward(self, data: torch.Tensor) -> torch.Tensor:
        """Return features ``(batch, 2048)``, or probabilities ``(batch, 1000)``.

        Raises:
            TypeError: not floating.
            ValueError: another shape, or less than 75 pixels high or wide.
        """
        if not data.is_floating_point():
            raise TypeError(
                f"Images are floating, from 0 to 1, got {data.dtype}; use images.float() / 255."
            )
        if data.dim() != 4 or data.shape[1] != 3 or min(data.shape[2:]) < 75:
            raise ValueError(
                "Images are of shape (batch, 3, height, width), with at least 75 x 75 pixels, got "
                f"{tuple(data.shape)}."
            )
        features: torch.Tensor = self.model(data.float())
        return features


class FeatureMetric(Metric):
    """A metric of what a module makes of images.

    Args:
        num_features: how many values per image the module returns.
        feature_extractor: the module; None for the identity, or without ``num_features`` for an
            :class:`InceptionModel`.
        default: ``(num_features, return_features)`` of that.
        output_transform: as in :class:`Metric`.
        device: where the states and the module are.

    Raises:
        TypeError: ``feature_extractor`` is no module.
        ValueError: ``num_features`` is not positive, or missing.
        ImportError: torchvision is needed, and not installed.
    """

    def __init__(
        self,
        num_features: int | None,
        feature_extractor: torch.nn.Module | None,
        default: tuple[int, bool],
        output_transform: Callable[[Any], Any],
        device: str | torch.device,
    ) -> None:
        if num_features is None and feature_extractor is None:
            num_features, return_features = default
            feature_extractor = InceptionModel(return_features, device)
        if num_features is None:
            raise ValueError("num_features must be given with a feature_extractor.")
        if not isinstance(num_features, int) or num_features <= 0:
            raise ValueError(f"num_features must be a positive integer, got {num_features!r}.")
        if feature_extractor is None:
            feature_extractor = torch.nn.Identity()
        if not isinstance(feature_extractor, torch.nn.Module):
            raise TypeError(
                f"feature_extractor must be a torch.nn.Module, got {type(feature_extractor)}."
            )
        self._num_features = num_features
        self._feature_extractor = feature_extractor.to(device)
        super().__init__(output_transform, device)

    def to(self: Self, device: str | torch.device) -> Self:
        """Move the states and the module to another device, and return this metric."""
        self._feature_extractor.to(device)
        return super().to(device)

    @torch.no_grad()
    def features(self, images: torch.Tensor) -> torch.Tensor:
        """Return what the module makes of a batch, ``(batch, num_features)``.

        Raises:
            TypeError: it does not return a real tensor.
            ValueError: it returns one of another shape.
        """
        found = self._feature_extractor(images.to(self._device))
        if not isinstance(found, torch.Tensor) or found.is_complex():
            kind = found.dtype if isinstance(found, torch.Tensor) else type(found).__name__
            raise TypeError(f"feature_extractor must return a real tensor, got {kind}.")
        if found.shape != (len(images), self._num_features):
            raise ValueError(
                "feature_extractor must return (batch, num_features) = "
                f"({len(images)}, {self._num_features}), got {tuple(found.shape)}."
            )
        return found
