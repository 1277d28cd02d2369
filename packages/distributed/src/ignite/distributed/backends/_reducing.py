"""Operations that combine the ranks' values, written once over a transport."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import torch

from ignite.distributed._in_place import check_writable
from ignite.distributed._rules import check_tensor, number_to_tensor
from ignite.distributed.backends._arguments import one_for_each, place_of
from ignite.distributed.backends._message import bytes_of, lies_plainly, look_of
from ignite.distributed.backends._reduction import Reduction
from ignite.distributed.backends.transport import Transport
from ignite.distributed.interface import ReduceOp

__all__ = ["all_reduce", "all_reduce_", "all_reduce_coalesced", "reduce", "reduce_scatter"]


def all_reduce(transport: Transport, value: Any, op: str | ReduceOp) -> Any:
    """Combine the ranks' values on every rank."""
    tensor = _tensor_of(transport, value)
    reduction = Reduction.of(transport, op, tensor.dtype)
    reduced = _everywhere(transport, reduction, tensor, fresh=tensor is not value)
    return reduced if tensor is value else reduced.item()


def all_reduce_(transport: Transport, tensor: torch.Tensor, op: str | ReduceOp) -> torch.Tensor:
    """Combine the ranks' tensors on every rank, in their own memory where that can be."""
    check_writable(tensor)
    check_tensor(tensor, transport.capabilities)
    reduction = Reduction.of(transport, op, tensor.dtype)
    values = tensor.detach()
    if reduction.is_plain and lies_plainly(values, transport):
        transport.reduce(values, reduction.native)
        reduction.decoded(values, values.device)
    else:
        values.copy_(_everywhere(transport, reduction, values, fresh=False))
    return tensor


def reduce(transport: Transport, value: Any, dst: int, op: str | ReduceOp) -> Any:
    """Combine the ranks' values on ``dst``."""
    tensor = _tensor_of(transport, value)
    reduction = Reduction.of(transport, op, tensor.dtype)
    place = place_of(transport, dst, "dst")
    encoded = reduction.encoded(transport, tensor, fresh=tensor is not value)
    reduced = None
    if reduction.is_gathered:
        rows = transport.gather_to(bytes_of(encoded), place)
        if rows is not None:
            reduced = reduction.combined(rows, encoded, tensor.device)
    else:
        transport.reduce_to(encoded, reduction.native, place)
        if transport.rank == place:
            reduced = reduction.decoded(encoded, tensor.device)
    return reduced if reduced is None or tensor is value else reduced.item()


def reduce_scatter(transport: Transport, values: Any, op: str | ReduceOp) -> Any:
    """Combine the ranks' values for each rank, and give each rank its own."""
    parts = one_for_each(transport, values)
    tensors = [_tensor_of(transport, part) for part in parts]
    looks = {look_of(tensor) for tensor in tensors}
    if len(looks) > 1:
        raise ValueError(
            f"The values for the ranks must be of one shape and dtype, got {', '.join(looks)}."
        )
    reduction, device = Reduction.of(transport, op, tensors[0].dtype), tensors[0].device
    encoded = reduction.encoded(transport, torch.stack(tensors).detach(), fresh=True)
    if reduction.is_gathered:
        rows = transport.gather(bytes_of(encoded))
        reduced = reduction.combined(rows, encoded, device)[transport.rank]
    else:
        shape = encoded.shape[1:]
        rows = encoded.reshape(transport.size, shape.numel())
        row = transport.reduce_scatter(rows, reduction.native)
        reduced = reduction.decoded(row.reshape(shape), device)
    return reduced if tensors[0] is parts[0] else reduced.item()


def all_reduce_coalesced(
    transport: Transport, tensors: Sequence[torch.Tensor], op: str | ReduceOp
) -> list[torch.Tensor]:
    """Combine the ranks' tensors on every rank, in one collective per dtype."""
    classes: dict[Reduction, list[int]] = defaultdict(list)
    for index, tensor in enumerate(tensors):
        if not isinstance(tensor, torch.Tensor):
            raise TypeError(
                f"Only tensors are reduced together, not {type(tensor).__name__}; "
                "make it one with torch.tensor(value)."
            )
        check_tensor(tensor, transport.capabilities)
        classes[Reduction.of(transport, op, tensor.dtype)].append(index)
    results: dict[int, torch.Tensor] = {}
    for reduction, members in classes.items():
        parts = [transport.bring(tensors[index].detach()).flatten() for index in members]
        reduced = _everywhere(transport, reduction, torch.cat(parts), fresh=True)
        rows = torch.split(reduced, [part.numel() for part in parts])
        for index, row in zip(members, rows, strict=True):
            tensor = tensors[index]
            results[index] = row.clone().reshape(tensor.shape).to(tensor.device)
    return [results[index] for index in range(len(tensors))]


def _everywhere(
    transport: Transport, reduction: Reduction, tensor: torch.Tensor, fresh: bool
) -> torch.Tensor:
    encoded = reduction.encoded(transport, tensor, fresh)
    if reduction.is_gathered:
        return reduction.combined(transport.gather(bytes_of(encoded)), encoded, tensor.device)
    transport.reduce(encoded, reduction.native)
    return reduction.decoded(encoded, tensor.device)


def _tensor_of(transport: Transport, value: Any) -> torch.Tensor:
    tensor = value if isinstance(value, torch.Tensor) else number_to_tensor(value)
    check_tensor(tensor, transport.capabilities)
    return tensor
