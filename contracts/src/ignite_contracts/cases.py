"""The cases: what an operation is given, and the fixed ones that every run tries.

Drawn ones are in :mod:`ignite_contracts.strategies`; these are few and telling, so that
what a shortcut gets wrong is found whatever is drawn.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import torch

from ignite.distributed.interface import ReduceOp
from ignite_contracts.reference import has_op
from ignite_contracts.specs import LAYOUTS, TensorSpec
from ignite_contracts.world import World

__all__ = [
    "EVERYDAY",
    "REQUIRED_DTYPES",
    "SPECIAL",
    "Grouped",
    "Mail",
    "Reduction",
    "Sending",
    "Step",
    "dtypes",
    "every_layout",
    "every_reduction",
    "large_integers",
    "ops",
]

REQUIRED_DTYPES = (
    torch.bool,
    torch.uint8,
    torch.int8,
    torch.int16,
    torch.int32,
    torch.int64,
    torch.float16,
    torch.bfloat16,
    torch.float32,
    torch.float64,
)
DTYPES = (*REQUIRED_DTYPES, torch.complex64, torch.complex128)

EVERYDAY = (
    "",
    "text",
    b"bytes",
    Path("folder/file.pt"),
    None,
    (1, "two"),
    {"three": [4.0, None]},
)
"""Objects that programs send, each of a type that a shortcut might lose."""

SPECIAL = (math.nan, math.inf, -math.inf, -0.0)

_LARGE = (2**24 + 1, 2**31 - 1, 2**31, 2**53 + 1, 2**63 - 1, -(2**63))


@dataclass(frozen=True)
class Reduction:
    """An op and each rank's input."""

    op: str
    inputs: list[Any]


@dataclass(frozen=True)
class Sending:
    """A source rank and each rank's input."""

    src: int
    inputs: list[Any]


@dataclass(frozen=True)
class Grouped:
    """Some ranks, in any order, and each rank's input."""

    ranks: list[int]
    inputs: list[Any]


@dataclass(frozen=True)
class Mail:
    """What one rank sends to another."""

    src: int
    dst: int
    values: list[Any]


@dataclass(frozen=True)
class Step:
    """One operation of a program, on which one rank is late."""

    operation: str
    inputs: list[Any] | None
    kwargs: dict[str, Any]
    late: int


def dtypes(world: World) -> list[torch.dtype]:
    """The dtypes that the backend declares, of those that the contract knows."""
    return [dtype for dtype in DTYPES if dtype in world.capabilities.dtypes]


def ops(world: World) -> list[ReduceOp]:
    """The ops that the backend declares."""
    return [op for op in ReduceOp if op in world.capabilities.reduce_ops]


def large_integers(least: int, most: int) -> list[int]:
    """Return integers of that range that a float or a narrower integer does not hold."""
    return [value for value in _LARGE if least <= value <= most]


def every_reduction(world: World) -> Iterator[Reduction]:
    """Yield, for each op and each dtype that has it, values that shortcuts get wrong."""
    for op, dtype in product(ops(world), dtypes(world)):
        if has_op(dtype, op):
            values = _telling_values(dtype)
            turned = [values[rank:] + values[:rank] for rank in range(world.size)]
            shape = (len(values),)
            yield Reduction(op.value, [TensorSpec(dtype, shape, of_rank) for of_rank in turned])


def _telling_values(dtype: torch.dtype) -> tuple[Any, ...]:
    if dtype == torch.bool:
        return (True, False, False)
    if dtype.is_complex:
        return (complex(1 / 3, -3.0), complex(0.0, 1.0), complex(2.0, 1 / 7))
    if dtype.is_floating_point:
        return (1 / 3, -3.0, 1 / 7, 10.0, 0.0, math.inf, 1.0, math.nan)
    limits = torch.iinfo(dtype)
    return (limits.max, 1, limits.min, *large_integers(limits.min, limits.max), 3)


def every_layout(world: World) -> Iterator[list[TensorSpec]]:
    """Yield, for each layout and some shapes, tensors all laid out so, with and without grad."""
    for layout, shape in product(LAYOUTS, [(1,), (4,), (2, 3), (2, 3, 2)]):
        for requires_grad in (False, True):
            yield [
                TensorSpec(
                    torch.float32,
                    shape,
                    tuple(float(12 * rank + element) for element in range(12)),
                    layout,
                    requires_grad,
                )
                for rank in range(world.size)
            ]
