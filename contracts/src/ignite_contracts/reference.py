"""The serial reference model: from the list of all ranks' inputs to all ranks' outputs.

Pure functions on contiguous CPU tensors and plain values, written for the eye.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any, TypeVar

import torch

from ignite.distributed.interface import ReduceOp

__all__ = [
    "all_gather",
    "all_reduce",
    "all_to_all",
    "broadcast",
    "has_op",
    "on_one_rank",
    "scatter",
    "tolerance",
]

Value = TypeVar("Value")
Combine = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]

BITWISE: dict[ReduceOp, Combine] = {ReduceOp.AND: torch.bitwise_and, ReduceOp.OR: torch.bitwise_or}
ORDERED: dict[ReduceOp, Combine] = {
    ReduceOp.MIN: torch.minimum,
    ReduceOp.MAX: torch.maximum,
}  # both propagate NaN


def has_op(dtype: torch.dtype, op: ReduceOp) -> bool:
    """Return whether tensors of ``dtype`` can be reduced by ``op``.

    >>> has_op(torch.int8, ReduceOp.MEAN), has_op(torch.bool, ReduceOp.AND)
    (False, True)
    """
    if dtype == torch.bool:
        return op in BITWISE or op in ORDERED
    if dtype.is_complex:
        return op in {ReduceOp.SUM, ReduceOp.MEAN, ReduceOp.PRODUCT}
    if dtype.is_floating_point:
        return op not in BITWISE
    return op is not ReduceOp.MEAN


def all_reduce(inputs: Sequence[torch.Tensor], op: ReduceOp) -> list[torch.Tensor]:
    """Return what every rank gets: exact, or in 64-bit floats where the op rounds.

    Integers wrap as their dtype does.

    >>> all_reduce([torch.tensor([1, 2]), torch.tensor([3, 4])], ReduceOp.SUM)
    [tensor([4, 6]), tensor([4, 6])]
    """
    result = _reduced(inputs, op)
    return [result.clone() for _ in inputs]


def _reduced(inputs: Sequence[torch.Tensor], op: ReduceOp) -> torch.Tensor:
    if op in BITWISE:
        return reduce(BITWISE[op], inputs)
    if op in ORDERED:
        return reduce(ORDERED[op], inputs)
    stacked = torch.stack([_wide(tensor) for tensor in inputs])
    if op is ReduceOp.PRODUCT:
        return stacked.prod(0, dtype=stacked.dtype)
    total = stacked.sum(0, dtype=stacked.dtype)
    return total / len(inputs) if op is ReduceOp.MEAN else total


def _wide(tensor: torch.Tensor) -> torch.Tensor:
    if tensor.dtype.is_complex:
        return tensor.to(torch.complex128)
    return tensor.to(torch.float64) if tensor.dtype.is_floating_point else tensor


def tolerance(inputs: Sequence[torch.Tensor], op: ReduceOp) -> torch.Tensor:
    """Return how far, per element, a result may lie from :func:`all_reduce`; 0 is exact.

    The bound holds for any order of additions or multiplications: every one of them
    rounds by at most half a unit in the last place of the sum of magnitudes.
    """
    dtype = inputs[0].dtype
    exact = not (dtype.is_floating_point or dtype.is_complex) or op in ORDERED
    if exact:
        return torch.zeros(inputs[0].shape, dtype=torch.float64)
    magnitudes = [_wide(tensor).abs() for tensor in inputs]
    scale = reduce(torch.mul if op is ReduceOp.PRODUCT else torch.add, magnitudes)
    precision = torch.finfo(dtype)
    slack = 4.0 if dtype.is_complex else 1.0
    smallest = precision.smallest_normal * precision.eps
    bound = slack * len(inputs) * (precision.eps * scale + smallest)
    return bound.where(bound.isfinite(), 0.0)  # what is infinite or NaN is so exactly


def all_gather(inputs: Sequence[Any]) -> list[Any]:
    """Return what every rank gets.

    >>> all_gather([torch.zeros(1, 2), torch.ones(0, 2)])
    [tensor([[0., 0.]]), tensor([[0., 0.]])]
    >>> all_gather(["a", "b"])
    [['a', 'b'], ['a', 'b']]
    """
    tensors = all(isinstance(value, torch.Tensor) for value in inputs)
    if not tensors or len({(value.dim(), value.shape[1:]) for value in inputs}) > 1:
        return [list(inputs) for _ in inputs]
    rows = [value.reshape(1) if value.dim() == 0 else value for value in inputs]
    return [torch.cat(rows) for _ in inputs]


def broadcast(inputs: Sequence[Value], src: int) -> list[Value]:
    """Return what every rank gets.

    >>> broadcast([1, 2], src=1)
    [2, 2]
    """
    return [inputs[src] for _ in inputs]


def on_one_rank(everywhere: Sequence[Value], rank: int) -> list[Value | None]:
    """Return what every rank gets where one of them gets its part of ``everywhere``.

    >>> on_one_rank([3, 3], rank=1)
    [None, 3]
    """
    return [value if index == rank else None for index, value in enumerate(everywhere)]


def scatter(values: Sequence[Value]) -> list[Value]:
    """Return what every rank gets of the source's values.

    >>> scatter(["a", "b"])
    ['a', 'b']
    """
    return list(values)


def all_to_all(inputs: Sequence[Sequence[Value]]) -> list[list[Value]]:
    """Return what every rank gets.

    >>> all_to_all([["00", "01"], ["10", "11"]])
    [['00', '10'], ['01', '11']]
    """
    return [list(column) for column in zip(*inputs, strict=True)]
