"""Operations that move values and leave them as they are, written once over a transport.

A value travels as a message that describes it, with the value inside if it is small, and its
bytes after that if not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from ignite.distributed._in_place import check_writable
from ignite.distributed._rules import check_tensor, join_gathered, own_copy
from ignite.distributed.backends._arguments import one_for_each, place_of
from ignite.distributed.backends._message import (
    EMPTY,
    INSIDE,
    Message,
    blank_block,
    bytes_of,
    check_alike,
    lies_plainly,
    pack,
    pack_object,
    padded,
    unpack,
)
from ignite.distributed.backends._reducing import all_reduce
from ignite.distributed.backends.transport import Transport
from ignite.distributed.interface import ReduceOp, UnsupportedOperation

__all__ = [
    "all_gather",
    "all_gather_coalesced",
    "all_to_all",
    "broadcast",
    "broadcast_",
    "gather",
    "receive",
    "scatter",
    "send",
]


def all_gather(transport: Transport, value: Any) -> Any:
    """Give every rank the values of all."""
    if _is_small(value, transport):
        return _gathered_in_blocks(transport, value)
    message, body = pack(value, transport.capabilities)
    return _gathered(value, *_collected(transport, "all_gather", message, body))


def _is_small(value: Any, transport: Transport) -> bool:
    """Return whether it is a tensor that can be sent as it lies, inside a message."""
    if not isinstance(value, torch.Tensor) or not lies_plainly(value, transport):
        return False
    try:
        check_tensor(value, transport.capabilities)
    except (TypeError, UnsupportedOperation):
        return False  # and the other ranks must be told why
    return 0 < value.nbytes <= INSIDE


def _gathered_in_blocks(transport: Transport, value: torch.Tensor) -> Any:
    """Do as ``all_gather`` for a small tensor, in few steps if all ranks' are alike.

    The blocks are those in which any value travels, so that other ranks may send others.
    """
    blank, inside = blank_block(value.dtype, tuple(value.shape), transport.device)
    block = blank.clone()
    block[inside] = bytes_of(value)
    blocks = transport.gather(block)
    head = slice(inside.start)
    if not torch.equal(blocks[:, head], blank[head].expand(len(blocks), -1)):
        messages = _read(transport, "all_gather", blocks)
        rows = _bodies_as_rows(transport, messages, bytes_of(value))
        return _gathered(value, messages, rows)
    length = len(blocks) * (value.shape[0] if value.dim() else 1)
    # Copied, so that they lie where their dtype wants them.
    joined = blocks[:, inside].clone(memory_format=torch.contiguous_format).view(value.dtype)
    return joined.reshape(length, *value.shape[1:])


def gather(transport: Transport, value: Any, dst: int) -> Any:
    """Give ``dst`` the values of all."""
    place = place_of(transport, dst, "dst")
    message, body = pack(value, transport.capabilities)
    messages, rows = _collected(transport, "gather", message, body, place)
    return _gathered(value, messages, rows) if transport.rank == place else None


def all_gather_coalesced(
    transport: Transport, tensors: Sequence[torch.Tensor]
) -> list[torch.Tensor | list[torch.Tensor]]:
    """Give every rank the tensors of all, in two messages however many they are."""
    packed = [_pack_tensor(transport, tensor) for tensor in tensors]
    told = pack_object([message._replace(inside=None) for message, _ in packed])
    heads, rows = _collected(transport, "all_gather_coalesced", *told)
    everybody = [unpack(*pair) for pair in zip(heads, _bodies(heads, rows), strict=True)]
    for place, messages in enumerate(everybody):
        for message in messages:
            _raise_told("all_gather_coalesced", transport, {place: message})
    kinds = [", ".join(message.kind for message in messages) for messages in everybody]
    check_alike("all_gather_coalesced", kinds, transport.ranks)
    sizes = [[message.nbytes for message in messages] for messages in everybody]
    body = torch.cat([transport.bring(EMPTY), *(transport.bring(part) for _, part in packed)])
    longest = max(map(sum, sizes))
    gathered = transport.gather(padded(body, longest)) if longest else [body] * transport.size
    parts = [torch.split(row[: sum(size)], size) for row, size in zip(gathered, sizes, strict=True)]
    return [
        _joined(tensor, [ms[index] for ms in everybody], [row[index].clone() for row in parts])
        for index, tensor in enumerate(tensors)
    ]


def _pack_tensor(transport: Transport, tensor: Any) -> tuple[Message, torch.Tensor]:
    if isinstance(tensor, torch.Tensor):
        return pack(tensor, transport.capabilities)
    text = f"Only tensors are gathered together, not {type(tensor).__name__}."
    return Message(0, error=(TypeError, text)), EMPTY


def _collected(
    transport: Transport,
    operation: str,
    message: Message,
    body: torch.Tensor,
    place: int | None = None,
) -> tuple[list[Message], torch.Tensor | None]:
    """Return the messages of all ranks, and their bodies as rows if any travelled apart.

    The rows go to the rank at ``place`` alone, unless it is None.
    """
    blocks = transport.gather(transport.bring(message.to_block()))
    messages = _read(transport, operation, blocks)
    return messages, _bodies_as_rows(transport, messages, body, place)


def _read(transport: Transport, operation: str, blocks: torch.Tensor) -> list[Message]:
    """Return the messages in all ranks' blocks; raise on every rank unless they go together."""
    messages = [Message.from_block(block) for block in blocks.cpu().unbind()]
    _raise_told(operation, transport, messages)
    check_alike(operation, [told.kind for told in messages], transport.ranks)
    return messages


def _bodies_as_rows(
    transport: Transport, messages: Sequence[Message], body: torch.Tensor, place: int | None = None
) -> torch.Tensor | None:
    if all(told.inside is not None for told in messages):
        return None
    row = padded(transport.bring(body), max(told.nbytes for told in messages))
    return transport.gather(row) if place is None else transport.gather_to(row, place)


def _gathered(value: Any, messages: Sequence[Message], rows: torch.Tensor | None) -> Any:
    """Return what the ranks' values are together."""
    alike = len({told[:2] for told in messages}) == 1
    if not (alike and isinstance(value, torch.Tensor) and value.numel()):
        return _joined(value, messages, _bodies(messages, rows))
    if rows is None:
        whole = bytearray().join(told.inside or b"" for told in messages)
        joined = torch.frombuffer(whole, dtype=value.dtype)
    else:
        joined = rows.reshape(-1).view(value.dtype)
    length = len(messages) * (value.shape[0] if value.dim() else 1)
    return joined.reshape(length, *value.shape[1:]).to(value.device)


def _bodies(messages: Sequence[Message], rows: torch.Tensor | None) -> Sequence[torch.Tensor]:
    if rows is None:
        return [EMPTY] * len(messages)
    return [row[: told.nbytes] for row, told in zip(rows, messages, strict=True)]


def _joined(value: Any, messages: Sequence[Message], bodies: Sequence[torch.Tensor]) -> Any:
    values = [unpack(told, body) for told, body in zip(messages, bodies, strict=True)]
    if not isinstance(value, torch.Tensor):
        return values
    return join_gathered([part.to(value.device) for part in values])


def broadcast(transport: Transport, value: Any, src: int, safe_mode: bool) -> Any:
    """Give every rank the value of ``src``."""
    place = place_of(transport, src, "src")
    mine = place == transport.rank
    if isinstance(value, torch.Tensor) and not safe_mode:
        check_tensor(value, transport.capabilities)
        if mine:
            transport.broadcast(transport.bring(bytes_of(value)), place)
            return own_copy(value)
        received = torch.empty(value.shape, dtype=value.dtype, device=transport.device)
        transport.broadcast(bytes_of(received), place)
        return received.to(value.device)
    packed = pack(value, transport.capabilities) if mine else (Message(0), EMPTY)
    message, body = _spread(transport, "broadcast", *packed, place)
    result = unpack(message, body)
    if message.tensor is None:
        return result
    return result.to(value.device if isinstance(value, torch.Tensor) else transport.device)


def broadcast_(transport: Transport, tensor: torch.Tensor, src: int) -> torch.Tensor:
    """Overwrite the ranks' tensors with that of ``src``, in their own memory where that can be."""
    check_writable(tensor)
    check_tensor(tensor, transport.capabilities)
    place, values = place_of(transport, src, "src"), tensor.detach()
    if lies_plainly(values, transport):
        transport.broadcast(bytes_of(values), place)
    else:
        received = broadcast(transport, values, src, safe_mode=False)
        values.copy_(received)
    return tensor


def _spread(
    transport: Transport, operation: str, message: Message, body: torch.Tensor, place: int
) -> tuple[Message, torch.Tensor]:
    """Return the message of the rank at ``place``, and its body."""
    block = _copied(transport, message.to_block())
    transport.broadcast(block, place)
    message = Message.from_block(block.cpu())
    _raise_told(operation, transport, {place: message})
    if message.inside is None:
        mine = place == transport.rank
        body = _copied(transport, body) if mine else _buffer(transport, message.nbytes)
        transport.broadcast(body, place)
    return message, body


def scatter(transport: Transport, values: Any, src: int) -> Any:
    """Give each rank its own of the values of ``src``."""
    place = place_of(transport, src, "src")
    packed = _packed(transport, values) if place == transport.rank else []
    told = pack_object([message for message, _ in packed])
    messages: list[Message] = unpack(*_spread(transport, "scatter", *told, place))
    for message in messages:
        _raise_told("scatter", transport, {place: message})
    message, body = messages[transport.rank], EMPTY
    if any(message.inside is None for message in messages):
        longest = max(message.nbytes for message in messages)
        wire = [padded(transport.bring(part), longest) for _, part in packed]
        rows = torch.stack(wire) if wire else None
        body = transport.scatter(rows, longest, place)[: message.nbytes]
    return _landed(transport, message, body)


def all_to_all(transport: Transport, values: Any) -> list[Any]:
    """Give each rank what the others have for it."""
    packed = _packed(transport, values)
    blocks = transport.bring(torch.stack([message.to_block() for message, _ in packed]))
    messages = [Message.from_block(block) for block in transport.all_to_all(blocks).cpu()]
    _raise_told("all_to_all", transport, messages)
    longest = max((message.nbytes for message, _ in packed if message.inside is None), default=0)
    longest = all_reduce(transport, longest, ReduceOp.MAX)
    bodies: Sequence[torch.Tensor] = [EMPTY] * transport.size
    if longest:
        wire = [padded(transport.bring(body)[:longest], longest) for _, body in packed]
        rows = transport.all_to_all(torch.stack(wire))
        bodies = [row[: told.nbytes].clone() for row, told in zip(rows, messages, strict=True)]
    return [_landed(transport, told, body) for told, body in zip(messages, bodies, strict=True)]


def _packed(transport: Transport, values: Any) -> list[tuple[Message, torch.Tensor]]:
    """Pack one value for each rank; if one of them cannot be sent, its error for all."""
    try:
        packed = [pack(value, transport.capabilities) for value in one_for_each(transport, values)]
    except (TypeError, ValueError) as error:
        packed = [(Message(0, error=(type(error), str(error))), EMPTY)]
    failed = next((pair for pair in packed if pair[0].error is not None), None)
    return packed if failed is None else [failed] * transport.size


def send(transport: Transport, value: Any, dst: int, tag: int) -> None:
    """Send ``value`` to rank ``dst``."""
    place = place_of(transport, dst, "dst", other=True)
    message, body = pack(value, transport.capabilities)
    transport.send(transport.bring(message.to_block()), place, tag)
    if message.error is not None:
        kind, text = message.error
        raise kind(text)
    if message.inside is None:
        transport.send(transport.bring(body), place, tag)


def receive(transport: Transport, src: int, tag: int) -> Any:
    """Return what rank ``src`` sent."""
    place = place_of(transport, src, "src", other=True)
    block = Message(0).to_block().to(transport.device)
    transport.receive(block, place, tag)
    message = Message.from_block(block.cpu())
    _raise_told("recv", transport, {place: message})
    body = EMPTY
    if message.inside is None:
        body = _buffer(transport, message.nbytes)
        transport.receive(body, place, tag)
    return _landed(transport, message, body)


def _landed(transport: Transport, message: Message, body: torch.Tensor) -> Any:
    """Return a value that came from elsewhere, a tensor on this rank's device."""
    value = unpack(message, body)
    return value.to(transport.device) if message.tensor is not None else value


def _copied(transport: Transport, body: torch.Tensor) -> torch.Tensor:
    brought = transport.bring(body)
    return brought.clone() if brought is body else brought


def _buffer(transport: Transport, nbytes: int) -> torch.Tensor:
    return torch.empty(nbytes, dtype=torch.uint8, device=transport.device)


def _raise_told(
    operation: str, transport: Transport, messages: Sequence[Message] | Mapping[int, Message]
) -> None:
    """Raise what a rank could not do, on every rank."""
    told = messages.items() if isinstance(messages, Mapping) else enumerate(messages)
    for place, message in told:
        if message.error is not None:
            kind, text = message.error
            rank = transport.ranks[place]
            raise kind(f"{operation}: rank {rank} has nothing to send. {text}")
