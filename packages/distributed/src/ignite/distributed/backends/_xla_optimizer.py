"""Optimizers whose steps average the gradients of all replicas first."""

from __future__ import annotations

from typing import Any

import torch
from torch.optim import Optimizer

from ignite.distributed.backends._xla_client import XlaClient

__all__ = ["step_together"]

_SHORT = frozenset({torch.float16, torch.bfloat16})


def step_together(optimizer: Optimizer, client: XlaClient, world_size: int) -> None:
    """Let each step of ``optimizer`` average the gradients first, and launch it at its end."""

    def average() -> None:
        groups = optimizer.param_groups
        gradients = [p.grad for group in groups for p in group["params"] if p.grad is not None]
        if world_size > 1 and gradients:
            with torch.no_grad():
                _average(gradients, client, world_size)

    def begin(_: Optimizer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        this, *rest = args
        closure = rest.pop(0) if rest else kwargs.get("closure")
        if closure is None:
            average()
            return None

        def averaged() -> Any:
            loss = closure()
            average()
            return loss

        return (this, averaged, *rest), {k: v for k, v in kwargs.items() if k != "closure"}

    def end(*_: Any) -> None:
        import torch_xla

        torch_xla.sync()

    optimizer.register_step_pre_hook(begin)
    optimizer.register_step_post_hook(end)


def _average(gradients: list[torch.Tensor], client: XlaClient, world_size: int) -> None:
    from torch_xla.core import xla_model

    # The CPU adds up no short floats.
    wide = [g.float() if client.is_cpu and g.dtype in _SHORT else g for g in gradients]

    def collective(values: list[torch.Tensor]) -> list[torch.Tensor]:
        # Out of place: in place, torch_xla forgets the result of what was added up in place.
        scale = 1.0 / world_size
        return [xla_model.all_reduce("sum", v, scale=scale, pin_layout=False) for v in values]

    averages = client.run("the average of gradients", range(world_size), collective, wide)
    for gradient, average in zip(gradients, averages, strict=True):
        gradient.copy_(average)
