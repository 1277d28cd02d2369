"""The published interface: what a metric is, and how one says what it accumulates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias, runtime_checkable

import torch

from ignite.metrics.errors import InvalidValuesError, NotComputableError

if TYPE_CHECKING:
    from ignite.events.interface import EventSource

__all__ = [
    "InvalidValuesError",
    "NotComputableError",
    "Reduction",
    "StateSpec",
    "StateValue",
    "StreamingMetric",
]

Reduction: TypeAlias = Literal["sum", "min", "max"]
"""How the states of two metrics, or of two ranks, become one."""

StateValue: TypeAlias = "torch.Tensor | int"
"""What a state holds: a tensor on the metric's device, or a count that the host knows."""


@runtime_checkable
class StreamingMetric(Protocol):
    """A value over data that comes in batches; :class:`Metric` says how it behaves."""

    def reset(self) -> None:
        """Forget all batches."""

    def update(self, output: Any) -> None:
        """Take in one batch."""

    def compute(self) -> Any:
        """Return the value over all batches since the last reset, of all ranks."""

    def attach(self, engine: EventSource, name: str) -> None:
        """Follow a run and leave results in ``engine.state.metrics[name]``."""


@dataclass(frozen=True)
class StateSpec:
    """The declaration of one state.

    A state starts at the neutral element of its reduction (0, or the largest or
    smallest value of its dtype), so that a rank without data changes nothing.

    Attributes:
        reduction: how values are merged, element by element.
        dtype: a real torch dtype, or ``int`` for a count that the host knows anyway:
            a Python number, exact at any size, whose update costs no kernel.
        shape: of the tensor; ``()`` where ``dtype`` is ``int``.

    Raises:
        ValueError: unknown reduction, or a shape for an ``int``.
        TypeError: the dtype has no order or no sum.

    >>> StateSpec("min", torch.float32).neutral
    inf
    """

    reduction: Reduction
    dtype: torch.dtype | type[int] = torch.int64
    shape: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.reduction not in ("sum", "min", "max"):
            raise ValueError(f"Unknown reduction {self.reduction!r}; use 'sum', 'min' or 'max'.")
        if self.dtype is int:
            if self.reduction != "sum" or self.shape:
                raise ValueError("A state of dtype int is a single sum; use torch.int64.")
        elif not _is_real(self.dtype):
            raise TypeError(f"A state is of a real torch dtype or of int, got {self.dtype}.")

    @property
    def tensor_dtype(self) -> torch.dtype:
        """The dtype of the state as a tensor, as it is merged."""
        return self.dtype if isinstance(self.dtype, torch.dtype) else torch.int64

    @property
    def neutral(self) -> int | float:
        """The value that changes nothing when it is merged."""
        if self.reduction == "sum":
            return 0
        dtype, sign = self.tensor_dtype, 1 if self.reduction == "min" else -1
        if dtype.is_floating_point:
            return sign * float("inf")
        limits = torch.iinfo(dtype)
        return limits.max if sign > 0 else limits.min

    def merge(self, values: Sequence[StateValue]) -> StateValue:
        """Return one value for many; for tensors it is on the device of the first.

        >>> StateSpec("max").merge([torch.tensor(3), torch.tensor(7)])
        tensor(7)
        """
        if self.dtype is int:
            return sum(int(value) for value in values)
        tensors = [torch.as_tensor(value) for value in values]
        stacked = torch.stack([tensor.to(tensors[0].device) for tensor in tensors])
        if self.reduction == "sum":
            return stacked.sum(dim=0, dtype=stacked.dtype)
        return stacked.amin(dim=0) if self.reduction == "min" else stacked.amax(dim=0)


def _is_real(dtype: object) -> bool:
    return isinstance(dtype, torch.dtype) and not dtype.is_complex and dtype is not torch.bool
