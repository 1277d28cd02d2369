"""Running schedulers without their optimizer, to see what they would set."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import torch
from torch.optim import SGD, Optimizer

__all__ = ["rehearsed", "stand_in"]

T = TypeVar("T")


def stand_in(param_groups: Sequence[dict[str, Any]] = ({},)) -> Optimizer:
    """Return an optimizer of nothing, with the settings of these groups."""
    optimizer = SGD(
        [{"params": [torch.zeros(0, requires_grad=True)]} for _ in param_groups], lr=0.1
    )
    for own, group in zip(optimizer.param_groups, param_groups, strict=True):
        own.update({k: copy.deepcopy(v) for k, v in group.items() if k != "params"})
    return optimizer


@contextmanager
def rehearsed(scheduler: T, optimizer: Any) -> Iterator[tuple[T, Optimizer]]:
    """Give copies of a scheduler and of its optimizer's settings, to be run at no cost."""
    settings = stand_in(optimizer.param_groups)
    with warnings.catch_warnings():
        # torch's schedulers miss the optimizer's steps, which nobody needs here
        warnings.filterwarnings("ignore", r".*lr_scheduler\.step\(\)", UserWarning)
        yield copy.deepcopy(scheduler, {id(optimizer): settings}), settings
