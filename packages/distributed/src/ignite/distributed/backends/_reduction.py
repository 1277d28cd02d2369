"""Reductions that transports lack or round, by way of ones they have.

What is reduced is an encoding of the values, in fresh memory; the result is decoded from it.

- bool: as bytes 0 and 1, whose minimum is AND and whose maximum is OR.
- float16, bfloat16: in float32, rounded once at the end; int16: in int32, which wraps alike.
- complex: as pairs of real numbers, for sums.
- MIN and MAX of floats: as integers in the same order, with NaN beyond the infinities,
  since what ``min(x, nan)`` gives depends on the order of the arguments.
- MEAN: the sum, divided.
- What a transport cannot reduce, and the product of complex numbers: gathered, and combined
  by every rank in the same order.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import reduce

import torch

from ignite.distributed._rules import plain
from ignite.distributed.backends._message import tensors_of
from ignite.distributed.backends.transport import Transport
from ignite.distributed.interface import ReduceOp

__all__ = ["Encoded"]

_PAIRWISE: dict[ReduceOp, Callable[[torch.Tensor, torch.Tensor], torch.Tensor]] = {
    ReduceOp.SUM: operator.add,
    ReduceOp.PRODUCT: operator.mul,
    ReduceOp.MIN: torch.minimum,
    ReduceOp.MAX: torch.maximum,
    ReduceOp.AND: operator.and_,
    ReduceOp.OR: operator.or_,
}

_WIDER = {
    torch.float16: torch.float32,
    torch.bfloat16: torch.float32,
    torch.int16: torch.int32,
}
_BOOL = {ReduceOp.AND: ReduceOp.MIN, ReduceOp.OR: ReduceOp.MAX}
_BITS = {torch.float32: torch.int32, torch.float64: torch.int64}


class Encoded:
    """A value on its way to be reduced.

    Attributes:
        values: what is reduced, ``tensor``, on the transport's device; may share its memory.
        encoded: what the transport reduces for it, in fresh memory.
        native: the op by which it does.
        is_gathered: whether it must be gathered and combined instead.
    """

    def __init__(self, transport: Transport, tensor: torch.Tensor, op: ReduceOp) -> None:
        self._op = op
        self._size = transport.size
        self._home = tensor.device
        values = plain(tensor)
        self.values = transport.bring(values)
        self.encoded, self.native = _encode(self.values, op)
        self.is_gathered = (op is ReduceOp.PRODUCT and values.is_complex()) or not (
            transport.reduces(self.native, self.encoded.dtype)
        )

    def decoded(self, reduced: torch.Tensor) -> torch.Tensor:
        """Return the result that the reduced encoding, or a part of it, stands for."""
        result = _decode(reduced, self.values.dtype, self._op, self._size)
        return result if result.device == self._home else result.to(self._home)

    def combined(self, rows: torch.Tensor) -> torch.Tensor:
        """Return the result from all ranks' encodings, as rows of bytes."""
        parts = tensors_of(rows, self.encoded.dtype, self.encoded.shape).unbind()
        if self.values.is_complex() and self._op is ReduceOp.PRODUCT:
            parts = tuple(torch.view_as_complex(part) for part in parts)
            return reduce(operator.mul, parts).to(self._home)
        return self.decoded(reduce(_PAIRWISE[self.native], parts[1:], parts[0].clone()))


def _encode(values: torch.Tensor, op: ReduceOp) -> tuple[torch.Tensor, ReduceOp]:
    """Return what the transport shall reduce, in fresh memory, and by which op."""
    if values.dtype == torch.bool:
        return values.view(torch.uint8).clone(), _BOOL.get(op, op)
    if values.is_complex():
        values = torch.view_as_real(values)
    wider = _WIDER.get(values.dtype)
    values = values.clone() if wider is None else values.to(wider)
    if _is_ordered(values.dtype, op):
        return _sort_keys(values, op), op
    return values, ReduceOp.SUM if op is ReduceOp.MEAN else op


def _decode(
    reduced: torch.Tensor, dtype: torch.dtype, op: ReduceOp, world_size: int
) -> torch.Tensor:
    """Return the values of ``dtype`` that ``reduced`` stands for."""
    if dtype == torch.bool:
        return reduced.view(torch.bool)
    if dtype.is_complex:
        reduced = torch.view_as_complex(reduced)
    if _is_ordered(dtype, op):
        reduced = _values_of(reduced)
    if op is ReduceOp.MEAN:
        reduced /= world_size
    return reduced if reduced.dtype == dtype else reduced.to(dtype)


def _is_ordered(dtype: torch.dtype, op: ReduceOp) -> bool:
    return dtype.is_floating_point and op in (ReduceOp.MIN, ReduceOp.MAX)


def _sort_keys(values: torch.Tensor, op: ReduceOp) -> torch.Tensor:
    """Turn ``values`` into integers of the same order; NaN is the one that ``op`` prefers to all.

    The bits of an IEEE 754 float, read as a signed integer, are in its order if it is
    positive; for negative ones all bits but the sign must be flipped.
    """
    is_nan = values.isnan()
    keys = _flip(values.view(_BITS[values.dtype]))
    limits = torch.iinfo(keys.dtype)
    return keys.masked_fill_(is_nan, limits.max if op is ReduceOp.MAX else limits.min)


def _values_of(keys: torch.Tensor) -> torch.Tensor:
    dtype = next(dtype for dtype, bits in _BITS.items() if bits == keys.dtype)
    return _flip(keys).view(dtype)


def _flip(bits: torch.Tensor) -> torch.Tensor:
    """Flip, in place, the bits of negative integers but their sign."""
    limits = torch.iinfo(bits.dtype)
    negative = bits >> (limits.bits - 1)  # all bits where it is negative, none elsewhere
    return bits.bitwise_xor_(negative.bitwise_and_(limits.max))
