"""Reductions that transports lack or round, by way of ones they have.

What is reduced is an encoding of the values; the result is decoded from it.

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

from collections.abc import Callable
from functools import partial, reduce
from operator import add, and_, methodcaller, mul, or_

import torch

from ignite.distributed._rules import check_reduction, own_copy, plain
from ignite.distributed.backends._message import tensors_of
from ignite.distributed.backends.transport import Transport
from ignite.distributed.interface import ReduceOp, UnsupportedOperation

__all__ = ["Reduction"]

_Step = Callable[[torch.Tensor], torch.Tensor]

_PAIRWISE: dict[ReduceOp, Callable[[torch.Tensor, torch.Tensor], torch.Tensor]] = {
    ReduceOp.SUM: add,
    ReduceOp.PRODUCT: mul,
    ReduceOp.MIN: torch.minimum,
    ReduceOp.MAX: torch.maximum,
    ReduceOp.AND: and_,
    ReduceOp.OR: or_,
}

_WIDER = {
    torch.float16: torch.float32,
    torch.bfloat16: torch.float32,
    torch.int16: torch.int32,
}
_BOOL = {ReduceOp.AND: ReduceOp.MIN, ReduceOp.OR: ReduceOp.MAX}
_BITS = {torch.float32: torch.int32, torch.float64: torch.int64}


class Reduction:
    """How tensors of one dtype are reduced by one op over a transport: :meth:`of` makes it once.

    Attributes:
        native: the op by which the transport reduces their encodings.
        is_gathered: whether these must be gathered and combined instead.
        is_plain: whether values are their own encodings, and the transport reduces them.
    """

    def __init__(self, transport: Transport, op: ReduceOp, dtype: torch.dtype) -> None:
        self._size = transport.size
        self._op = op
        self._dtype = dtype
        self._wider = _WIDER.get(dtype, dtype)
        self._encode, self._decode, self.native = _encoding(self._wider, op)
        encoded = self._encode(torch.empty(0, dtype=self._wider)).dtype
        self.is_gathered = encoded.is_complex or not transport.reduces(self.native, encoded)
        self.is_plain = self._encode is _unchanged and encoded is dtype and not self.is_gathered

    @classmethod
    def of(cls, transport: Transport, op: str | ReduceOp, dtype: torch.dtype) -> Reduction:
        """Return the one for this op and dtype.

        Raises:
            ValueError: unknown op.
            TypeError: an op that the dtype does not have.
            UnsupportedOperation: one that the transport's backend does not have.
        """
        key = op if isinstance(op, str) else ReduceOp.parse(op), dtype
        known: Reduction | None = transport.reductions.get(key)
        if known is None:
            op = ReduceOp.parse(op)
            check_reduction(op, dtype)
            if op not in transport.capabilities.reduce_ops:
                names = ", ".join(sorted(transport.capabilities.reduce_ops))
                raise UnsupportedOperation(f"{op.value} cannot be done here; use one of {names}.")
            known = transport.reductions[key] = cls(transport, op, dtype)
        return known

    def encoded(
        self, transport: Transport, tensor: torch.Tensor, fresh: bool = False
    ) -> torch.Tensor:
        """Return what the transport shall reduce, contiguous, on its device.

        Args:
            transport: the one that this was made for.
            tensor: the values.
            fresh: whether it is :func:`plain` and may be overwritten.
        """
        values = transport.bring(tensor)
        if self._wider is not self._dtype:
            values = plain(values).to(self._wider)
        elif not fresh:
            values = own_copy(values) if values is tensor else plain(values)
        return self._encode(values)

    def decoded(self, reduced: torch.Tensor, device: torch.device) -> torch.Tensor:
        """Return the result that a reduced encoding, or a part of it, stands for."""
        result = self._decode(reduced)
        if self._op is ReduceOp.MEAN:
            result /= self._size
        if self._wider is not self._dtype:
            result = result.to(self._dtype)
        return result if result.device == device else result.to(device)

    def combined(
        self, rows: torch.Tensor, encoded: torch.Tensor, device: torch.device
    ) -> torch.Tensor:
        """Return the result from all ranks' encodings, as rows of bytes, and this rank's own."""
        parts = tensors_of(rows, encoded.dtype, encoded.shape).unbind()
        return self.decoded(reduce(_PAIRWISE[self.native], parts[1:], parts[0].clone()), device)


def _encoding(dtype: torch.dtype, op: ReduceOp) -> tuple[_Step, _Step, ReduceOp]:
    """Return how values are encoded, in place, how they are decoded, and the op between."""
    native = ReduceOp.SUM if op is ReduceOp.MEAN else op
    if dtype == torch.bool:
        return methodcaller("view", torch.uint8), methodcaller("view", dtype), _BOOL.get(op, op)
    if dtype.is_complex and op is not ReduceOp.PRODUCT:
        return torch.view_as_real, torch.view_as_complex, native
    if dtype.is_floating_point and op in (ReduceOp.MIN, ReduceOp.MAX):
        return partial(_sort_keys, op=op), partial(_values_of, dtype=dtype), native
    return _unchanged, _unchanged, native


def _unchanged(values: torch.Tensor) -> torch.Tensor:
    return values


def _sort_keys(values: torch.Tensor, op: ReduceOp) -> torch.Tensor:
    """Turn ``values`` into integers of the same order; NaN is the one that ``op`` prefers to all.

    The bits of an IEEE 754 float, read as a signed integer, are in its order if it is
    positive; for negative ones all bits but the sign must be flipped.
    """
    is_nan = values.isnan()
    keys = _flip(values.view(_BITS[values.dtype]))
    limits = torch.iinfo(keys.dtype)
    return keys.masked_fill_(is_nan, limits.max if op is ReduceOp.MAX else limits.min)


def _values_of(keys: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    return _flip(keys).view(dtype)


def _flip(bits: torch.Tensor) -> torch.Tensor:
    """Flip, in place, the bits of negative integers but their sign."""
    limits = torch.iinfo(bits.dtype)
    negative = bits >> (limits.bits - 1)  # all bits where it is negative, none elsewhere
    return bits.bitwise_xor_(negative.bitwise_and_(limits.max))
