"""Schedules of optimizer parameters."""

from __future__ import annotations

from ignite.handlers.schedulers.base import ParamScheduler
from ignite.handlers.schedulers.concat import ConcatScheduler
from ignite.handlers.schedulers.cyclical import (
    CosineAnnealingScheduler,
    CyclicalScheduler,
    LinearCyclicalScheduler,
)
from ignite.handlers.schedulers.piecewise import PiecewiseLinear
from ignite.handlers.schedulers.torch_lr import LRScheduler
from ignite.handlers.schedulers.warmup import create_lr_scheduler_with_warmup

__all__ = [
    "ConcatScheduler",
    "CosineAnnealingScheduler",
    "CyclicalScheduler",
    "LRScheduler",
    "LinearCyclicalScheduler",
    "ParamScheduler",
    "PiecewiseLinear",
    "create_lr_scheduler_with_warmup",
]
