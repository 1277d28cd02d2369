"""The network that every trainer trains, and its data."""

from __future__ import annotations

from functools import cache
from itertools import cycle, islice

import torch

Batch = tuple[torch.Tensor, torch.Tensor]


def network() -> torch.nn.Module:
    """Return an MLP 64-128-10, the same each time."""
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Linear(64, 128), torch.nn.ReLU(), torch.nn.Linear(128, 10))


def optimizer(model: torch.nn.Module) -> torch.optim.Optimizer:
    """Return an optimizer too slow to learn: gradients that vanish would change the speed."""
    return torch.optim.SGD(model.parameters(), lr=1e-6)


def batches(iterations: int) -> list[Batch]:
    """Return that many batches of 32, over and over the same few."""
    return list(islice(cycle(_distinct_batches()), iterations))


@cache
def _distinct_batches() -> list[Batch]:
    generator = torch.Generator().manual_seed(0)
    return [
        (
            torch.randn(32, 64, generator=generator),
            torch.randint(10, (32,), generator=generator),
        )
        for _ in range(16)
    ]
