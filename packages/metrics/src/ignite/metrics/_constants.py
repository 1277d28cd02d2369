"""Tensors that an update needs, and that nothing changes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeVar

import torch

from ignite.metrics._stateful import FLOAT64_LESS
from ignite.metrics.metric import Metric

__all__ = ["HoldsConstants"]

Self = TypeVar("Self", bound="HoldsConstants")


class HoldsConstants(Metric):
    """A metric with floating constants that move with its states."""

    _constants: Mapping[str, torch.Tensor] = MappingProxyType({})

    def hold(self, name: str, value: torch.Tensor) -> None:
        """Make ``self.<name>`` a constant: float64, or float32 where the device has no other."""
        self._constants = {**self._constants, name: value}
        dtype = torch.float32 if self._device.type in FLOAT64_LESS else torch.float64
        setattr(self, name, value.to(self._device, dtype))

    def to(self: Self, device: str | torch.device) -> Self:
        """Move the states to another device, and return this metric."""
        super().to(device)
        for name, value in self._constants.items():
            self.hold(name, value)
        return self
