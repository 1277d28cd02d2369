"""How a loss becomes a step of the optimizer."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import torch

from ignite.engine.engine import Engine


class Update:
    """The plain way: gradients of the loss, then a step."""

    def __init__(self, optimizer: torch.optim.Optimizer) -> None:
        self.optimizer = optimizer

    def begin(self, engine: Engine) -> None:
        """Forget the gradients of the batches before."""
        self.optimizer.zero_grad()

    def backward(self, loss: torch.Tensor) -> None:
        """Add the gradients of ``loss``."""
        loss.backward()  # type: ignore[no-untyped-call]

    def apply(self) -> None:
        """Step with the gradients."""
        self.optimizer.step()

    def scale_gradients(self, factor: float) -> None:
        """Multiply the gradients, after the fact."""
        for group in self.optimizer.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    parameter.grad.mul_(factor)


class ScaledUpdate(Update):
    """Scales the loss so that small gradients do not vanish in float16."""

    def __init__(self, optimizer: torch.optim.Optimizer, scaler: torch.amp.GradScaler) -> None:
        super().__init__(optimizer)
        self._scaler = scaler

    def backward(self, loss: torch.Tensor) -> None:
        super().backward(self._scaler.scale(loss))

    def apply(self) -> None:
        self._scaler.step(self.optimizer)  # unscales; skips where a gradient is not finite
        self._scaler.update()


class ApexUpdate(Update):
    """Scales the loss as Apex wants it."""

    def __init__(self, optimizer: torch.optim.Optimizer) -> None:
        super().__init__(optimizer)
        self._amp = _apex_amp()

    def backward(self, loss: torch.Tensor) -> None:
        with self._amp.scale_loss(loss, self.optimizer) as scaled:
            super().backward(scaled)


class TpuUpdate(Update):
    """Steps through torch_xla, which runs what has been recorded since the last step."""

    def __init__(self, optimizer: torch.optim.Optimizer) -> None:
        super().__init__(optimizer)
        self._xla = xla_model()

    def apply(self) -> None:
        self._xla.optimizer_step(self.optimizer, barrier=True)


def xla_model() -> Any:
    """Return torch_xla's interface to the device, or tell the remedy."""
    try:
        return import_module("torch_xla.core.xla_model")
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            'XLA devices need torch_xla: pip install "torch_xla[tpu]".', name="torch_xla"
        ) from error


def _apex_amp() -> Any:
    try:
        return import_module("apex.amp")
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "amp_mode='apex' needs NVIDIA's Apex, built from https://github.com/NVIDIA/apex; "
            "amp_mode='amp' needs nothing but torch.",
            name="apex",
        ) from error
