"""The two decorators with which metrics written for PyTorch-Ignite say how they sync."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import torch

from ignite.distributed.interface import Backend, ReduceOp, current_backend
from ignite.metrics._sync import carried, replaced

__all__ = ["reinit__is_reduced", "sync_all_reduce"]

Method = TypeVar("Method", bound=Callable[..., Any])


def reinit__is_reduced(f: Method) -> Method:
    """Return ``f``: a metric's ``reset`` and ``update`` need nothing.

    PyTorch-Ignite marks with it the methods that make a reduced state a rank's own
    again; here :func:`sync_all_reduce` never leaves a reduced state behind.
    """
    return f


def sync_all_reduce(*attrs: str) -> Callable[[Method], Method]:
    """Let ``compute`` see attributes as they are over all ranks (collective).

    Each attribute costs a collective; states that are declared with
    :meth:`Metric.declare_state` share theirs and need no decorator.

    Args:
        attrs: names of attributes that hold a tensor or a number, each with the
            reduction if it is not the sum: ``"total"``, ``"highest:MAX"``.

    Raises:
        ValueError: unknown reduction.

    >>> from ignite.metrics import Metric
    >>> class Highest(Metric):
    ...     @reinit__is_reduced
    ...     def reset(self):
    ...         self._highest = float("-inf")
    ...
    ...     @reinit__is_reduced
    ...     def update(self, output):
    ...         self._highest = max(self._highest, output)
    ...
    ...     @sync_all_reduce("_highest:MAX")
    ...     def compute(self):
    ...         return self._highest
    >>> metric = Highest()
    >>> metric.update(3.5)
    >>> metric.compute()
    3.5
    """
    parsed = [attr.partition(":") for attr in attrs]
    ops = {name: ReduceOp.parse(op or ReduceOp.SUM) for name, _, op in parsed}

    def decorate(compute: Method) -> Method:
        @wraps(compute)
        def synced_compute(self: Any, *args: Any, **kwargs: Any) -> Any:
            backend = current_backend()
            if backend.world_size == 1:
                return compute(self, *args, **kwargs)
            values = {
                name: _all_reduce(getattr(self, name), op, backend) for name, op in ops.items()
            }
            with replaced(self, values):
                return compute(self, *args, **kwargs)

        return synced_compute  # type: ignore[return-value]

    return decorate


def _all_reduce(value: Any, op: ReduceOp, backend: Backend) -> Any:
    if not isinstance(value, torch.Tensor):
        return backend.all_reduce(value, op)
    return backend.all_reduce(carried(value, backend), op).to(value.device)
