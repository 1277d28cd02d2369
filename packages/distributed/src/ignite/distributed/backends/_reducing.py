"""Operations that combine the ranks' values, written once over a transport."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import torch

from ignite.distributed._rules import (
    check_reduction,
    check_tensor,
    number_to_tensor,
)
from ignite.distributed.backends._arguments import one_for_each, place_of
from ignite.distributed.backends._message import bytes_of, look_of, tensors_of
from ignite.distributed.backends._reduction import Encoded
from ignite.distributed.backends.transport import Transport
from ignite.distributed.interface import ReduceOp, UnsupportedOperation

__all__ = ["all_reduce", "all_reduce_coalesced", "reduce", "reduce_scatter"]


def all_reduce(transport: Transport, value: Any, op: str | ReduceOp) -> Any:
    """Combine the ranks' values on every rank."""
    tensor, op = _to_reduce(transport, value, op)
    part = Encoded(transport, tensor, op)
    if part.is_gathered:
        reduced = part.combined(transport.gather(bytes_of(part.encoded)))
    else:
        transport.reduce(part.encoded, part.native)
        reduced = part.decoded(part.encoded)
    return reduced if tensor is value else reduced.item()


def reduce(transport: Transport, value: Any, dst: int, op: str | ReduceOp) -> Any:
    """Combine the ranks' values on ``dst``."""
    tensor, op = _to_reduce(transport, value, op)
    place = place_of(transport, dst, "dst")
    part = Encoded(transport, tensor, op)
    if part.is_gathered:
        rows = transport.gather_to(bytes_of(part.encoded), place)
        reduced = None if rows is None else part.combined(rows)
    else:
        transport.reduce_to(part.encoded, part.native, place)
        reduced = part.decoded(part.encoded) if transport.rank == place else None
    return reduced if reduced is None or tensor is value else reduced.item()


def reduce_scatter(transport: Transport, values: Any, op: str | ReduceOp) -> Any:
    """Combine the ranks' values for each rank, and give each rank its own."""
    parts = one_for_each(transport, values)
    tensors = [_to_reduce(transport, part, op)[0] for part in parts]
    looks = {look_of(tensor) for tensor in tensors}
    if len(looks) > 1:
        raise ValueError(
            f"The values for the ranks must be of one shape and dtype, got {', '.join(looks)}."
        )
    part = Encoded(transport, torch.stack(tensors), ReduceOp.parse(op))
    if part.is_gathered:
        reduced = part.combined(transport.gather(bytes_of(part.encoded)))[transport.rank]
    else:
        shape = part.encoded.shape[1:]
        rows = part.encoded.reshape(transport.size, shape.numel())
        row = transport.reduce_scatter(rows, part.native)
        reduced = part.decoded(row.reshape(shape))
    return reduced if tensors[0] is parts[0] else reduced.item()


def all_reduce_coalesced(
    transport: Transport, tensors: Sequence[torch.Tensor], op: str | ReduceOp
) -> list[torch.Tensor]:
    """Combine the ranks' tensors on every rank, in one collective per encoding."""
    for tensor in tensors:
        if not isinstance(tensor, torch.Tensor):
            raise TypeError(
                f"Only tensors are reduced together, not {type(tensor).__name__}; "
                "make it one with torch.tensor(value)."
            )
        _to_reduce(transport, tensor, op)
    parts = [Encoded(transport, tensor, ReduceOp.parse(op)) for tensor in tensors]
    classes: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for index, part in enumerate(parts):
        classes[part.is_gathered, part.encoded.dtype, part.native].append(index)
    results: dict[int, torch.Tensor] = {}
    for (is_gathered, _, native), members in classes.items():
        encoded = [parts[index].encoded for index in members]
        sizes = [part.numel() for part in encoded]
        flat = torch.cat([part.flatten() for part in encoded])
        if is_gathered:
            everybody = tensors_of(transport.gather(bytes_of(flat)), flat.dtype, flat.shape)
            for index, row in zip(members, torch.split(everybody, sizes, dim=1), strict=True):
                rows = bytes_of(row).reshape(transport.size, row[0].nbytes)
                results[index] = parts[index].combined(rows)
        else:
            transport.reduce(flat, native)
            for index, row in zip(members, torch.split(flat, sizes), strict=True):
                reduced = row.clone().reshape(parts[index].encoded.shape)
                results[index] = parts[index].decoded(reduced)
    return [results[index] for index in range(len(tensors))]


def _to_reduce(
    transport: Transport, value: Any, op: str | ReduceOp
) -> tuple[torch.Tensor, ReduceOp]:
    op = ReduceOp.parse(op)
    tensor = value if isinstance(value, torch.Tensor) else number_to_tensor(value)
    check_tensor(tensor, transport.capabilities)
    check_reduction(op, tensor.dtype)
    if op not in transport.capabilities.reduce_ops:
        known = ", ".join(sorted(transport.capabilities.reduce_ops))
        raise UnsupportedOperation(f"{op.value} cannot be done here; use one of {known}.")
    return tensor, op
