"""Recipes: small values that say how a rank makes an input.

A drawn example holds recipes, so it can be printed, pasted and shrunk, and no
tensor travels to a rank: each makes its own, strides and all.
"""

from __future__ import annotations

import itertools
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, ClassVar

import torch

__all__ = ["LAYOUTS", "Blob", "Recipe", "TensorSpec", "Unpicklable", "made", "plain"]

CPU = torch.device("cpu")


class Recipe(ABC):
    """Something that a rank turns into an argument."""

    @abstractmethod
    def make(self, device: torch.device) -> Any:
        """Return the argument, on ``device`` where it is a tensor."""


def _transposed(content: torch.Tensor) -> torch.Tensor:
    return content.transpose(0, -1).contiguous().transpose(0, -1)


def _sliced(content: torch.Tensor) -> torch.Tensor:
    base = torch.ones(
        *content.shape[:-1], 2 * content.shape[-1], dtype=content.dtype, device=content.device
    )
    base[..., ::2] = content
    return base[..., ::2]


def _offset(content: torch.Tensor) -> torch.Tensor:
    return torch.cat([content.new_ones(1), content.flatten()])[1:].reshape(content.shape)


def _expanded(content: torch.Tensor) -> torch.Tensor:
    return content[:1].expand(content.shape)


LAYOUTS: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "contiguous": lambda content: content,
    "transposed": _transposed,
    "sliced": _sliced,
    "offset": _offset,
    "expanded": _expanded,
}
"""How a tensor lies in memory, by name; tensors of no dimension or element are contiguous."""


@dataclass(frozen=True)
class TensorSpec(Recipe):
    """How to make one tensor.

    Attributes:
        dtype: of the tensor.
        shape: of the tensor; ``()`` and empty dimensions included.
        values: its elements in row-major order, repeated until the shape is full.
        layout: a key of :data:`LAYOUTS`; ``"expanded"`` repeats the first row.
        requires_grad: for floating and complex dtypes.

    >>> TensorSpec(torch.int64, (2, 2), (1, 2, 3)).make(torch.device("cpu"))
    tensor([[1, 2],
            [3, 1]])
    """

    dtype: torch.dtype
    shape: tuple[int, ...]
    values: tuple[Any, ...] = (0,)
    layout: str = "contiguous"
    requires_grad: bool = False

    def make(self, device: torch.device = CPU) -> torch.Tensor:
        """Return a new tensor."""
        size = prod(self.shape)
        flat = list(itertools.islice(itertools.cycle(self.values), size))
        content = torch.tensor(flat, dtype=self.dtype, device=device).reshape(self.shape)
        if self.shape and size:
            content = LAYOUTS[self.layout](content)
        return content.requires_grad_(self.requires_grad)

    def plain(self) -> torch.Tensor:
        """Return the contiguous detached tensor of the same values, on the CPU."""
        return self.make().detach().clone(memory_format=torch.contiguous_format)

    def contiguous(self) -> TensorSpec:
        """Return the recipe of :meth:`plain`."""
        return TensorSpec(self.dtype, self.shape, tuple(self.plain().flatten().tolist()))


@dataclass(frozen=True)
class Blob(Recipe):
    """``size`` bytes, too many to print."""

    size: int

    def make(self, device: torch.device = CPU) -> bytes:
        """Return bytes of that length, no two neighbours the same."""
        return bytes(range(256)) * (self.size // 256) + bytes(range(self.size % 256))


class _Refusal:
    def __reduce__(self) -> str:
        raise RuntimeError("this object refuses to be pickled")


_UNPICKLABLE: dict[str, Callable[[], Any]] = {
    "function": lambda: lambda: None,
    "generator": lambda: (number for number in range(3)),
    "lock": threading.Lock,
    "refusal": _Refusal,
}


@dataclass(frozen=True)
class Unpicklable(Recipe):
    """A value that cannot be pickled; each of ``KINDS`` fails in its own way."""

    kind: str

    KINDS: ClassVar[tuple[str, ...]] = tuple(_UNPICKLABLE)

    def make(self, device: torch.device = CPU) -> Any:
        """Return the value."""
        return _UNPICKLABLE[self.kind]()


def made(value: Any, device: torch.device = CPU) -> Any:
    """Return what a recipe makes, or a list of recipes, and any other value as it is."""
    if type(value) is list:
        return [made(item, device) for item in value]
    return value.make(device) if isinstance(value, Recipe) else value


def plain(values: Sequence[Any]) -> list[Any]:
    """Return what the recipes make, tensors contiguous and detached: a reference's input."""
    return [_plain(value) for value in values]


def _plain(value: Any) -> Any:
    if type(value) is list:
        return [_plain(item) for item in value]
    return value.plain() if isinstance(value, TensorSpec) else made(value)
