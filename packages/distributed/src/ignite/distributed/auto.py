"""Model, optimizer and data loader, made fit for the current world."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ignite.distributed._auto_data import auto_dataloader
from ignite.distributed._auto_model import auto_model
from ignite.distributed._current import current_backend
from ignite.distributed._gradient_sync import join_uneven_inputs, no_sync
from ignite.distributed._samplers import DistributedBatchSampler, DistributedProxySampler

if TYPE_CHECKING:
    from torch.optim import Optimizer

__all__ = [
    "DistributedBatchSampler",
    "DistributedProxySampler",
    "auto_dataloader",
    "auto_model",
    "auto_optim",
    "join_uneven_inputs",
    "no_sync",
]


def auto_optim(optimizer: Optimizer, **kwargs: Any) -> Optimizer:
    """Return an optimizer fit for the world (collective).

    It is returned as it is, but for backends with an optimizer of their own: elsewhere the model
    averages the gradients.

    Args:
        optimizer: made from the parameters of what :func:`auto_model` returned.
        kwargs: options of a backend's own optimizer.

    Raises:
        TypeError: there are options that the current backend would not heed.

    >>> import torch
    >>> optimizer = torch.optim.SGD(torch.nn.Linear(2, 1).parameters(), lr=0.1)
    >>> auto_optim(optimizer) is optimizer
    True
    """
    return current_backend().distribute_optimizer(optimizer, **kwargs)
