"""The published interface: what a metric is, and how one says what it accumulates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias, runtime_checkable

import torch

from ignite.metrics._rows import Rows
from ignite.metrics.errors import CapacityExceeded, InvalidValuesError, NotComputableError

if TYPE_CHECKING:
    from ignite.events.interface import EventSource

__all__ = [
    "CapacityExceeded",
    "InvalidValuesError",
    "NotComputableError",
    "Reduction",
    "Rows",
    "StateSpec",
    "StateValue",
    "StreamingMetric",
]

Reduction: TypeAlias = Literal["sum", "min", "max", "cat"]
"""How the states of two metrics, or of two ranks, become one; ``"cat"`` keeps all rows."""

StateValue: TypeAlias = "torch.Tensor | int | None"
"""What a state comes to: a tensor, or a count that the host knows; None for rows not known yet."""


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

    A state starts at the neutral element of its reduction (0, the largest or smallest value
    of its dtype, no rows), so that a rank without data changes nothing.

    Attributes:
        reduction: how values are merged, element by element; or ``"cat"``, row by row in
            rank order.
        dtype: a real torch dtype, or ``int`` for a count that the host knows anyway:
            a Python number, exact at any size, whose update costs no kernel. For ``"cat"``
            None is that of the first rows.
        shape: of the tensor; ``()`` where ``dtype`` is ``int``. For ``"cat"``, of a row; None is
            that of the first rows.
        limit: for ``"cat"``, how many rows a rank may keep; None means any number.

    Raises:
        ValueError: unknown reduction, a shape for an ``int``, or a limit without rows.
        TypeError: the dtype has no order or no sum.

    >>> StateSpec("min", torch.float32).neutral
    inf
    """

    reduction: Reduction
    dtype: torch.dtype | type[int] | None = torch.int64
    shape: tuple[int, ...] | None = ()
    limit: int | None = None

    def __post_init__(self) -> None:
        if self.reduction not in ("sum", "min", "max", "cat"):
            raise ValueError(
                f"Unknown reduction {self.reduction!r}; use 'sum', 'min', 'max' or 'cat'."
            )
        if self.limit is not None and (self.reduction != "cat" or self.limit < 1):
            raise ValueError(f"A limit is a positive number of rows of 'cat', got {self.limit}.")
        if self.dtype is int:
            if self.reduction != "sum" or self.shape != ():
                raise ValueError("A state of dtype int is a single sum; use torch.int64.")
        elif self.reduction == "cat":
            if not (self.dtype is None or isinstance(self.dtype, torch.dtype)):
                raise TypeError(f"Rows are of a torch dtype, or None, got {self.dtype}.")
        elif not _is_real(self.dtype) or self.shape is None:
            raise TypeError(
                "A state is of a real torch dtype or of int, and of a known shape, got "
                f"{self.dtype} and {self.shape}."
            )

    @property
    def tensor_dtype(self) -> torch.dtype:
        """The dtype of the state as a tensor, as it is merged."""
        return self.dtype if isinstance(self.dtype, torch.dtype) else torch.int64

    @property
    def neutral(self) -> int | float:
        """The value that changes nothing when it is merged; not for rows.

        Raises:
            TypeError: the state keeps rows, so that none is the neutral element.
        """
        if self.reduction == "cat":
            raise TypeError("A state that keeps rows has no neutral element but no rows.")
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
        if self.reduction == "cat":
            parts = [value for value in values if isinstance(value, torch.Tensor)]
            return torch.cat([part.to(parts[0].device) for part in parts]) if parts else None
        if self.dtype is int:
            return sum(int(value or 0) for value in values)
        tensors = [torch.as_tensor(value) for value in values]
        stacked = torch.stack([tensor.to(tensors[0].device) for tensor in tensors])
        if self.reduction == "sum":
            return stacked.sum(dim=0, dtype=stacked.dtype)
        return stacked.amin(dim=0) if self.reduction == "min" else stacked.amax(dim=0)

    def storage(self, device: torch.device) -> torch.Tensor | Rows | None:
        """Return what holds the state on a device, not filled yet; None for an ``int``."""
        if self.reduction == "cat":
            dtype = self.dtype if isinstance(self.dtype, torch.dtype) else None
            return Rows(device, dtype, self.shape, self.limit)
        if self.dtype is int:
            return None
        assert self.shape is not None
        return torch.empty(self.shape, dtype=self.tensor_dtype, device=device)


def _is_real(dtype: object) -> bool:
    return isinstance(dtype, torch.dtype) and not dtype.is_complex and dtype is not torch.bool
