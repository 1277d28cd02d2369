"""What ranks tell each other about a value, with the value inside if it is small.

A message travels as one block of fixed size, so that ranks need not agree on anything
before they exchange it; a value that does not fit follows as bytes of its own.
"""

from __future__ import annotations

import pickle
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

import torch

from ignite.distributed._rules import check_tensor, dump, load, plain
from ignite.distributed.errors import CollectiveMismatch, UnsupportedOperation
from ignite.distributed.interface import Capabilities

if TYPE_CHECKING:
    from ignite.distributed.backends.transport import Transport

__all__ = [
    "EMPTY",
    "INSIDE",
    "Message",
    "blank_block",
    "bytes_of",
    "check_alike",
    "lies_plainly",
    "look_of",
    "pack",
    "pack_object",
    "padded",
    "tensors_of",
    "unpack",
]

_BLOCK = 8192  # bytes: the length of the message, the message, padding
INSIDE = 7168  # bytes that fit into a block beside the longest description
_LENGTH = 8

EMPTY = torch.empty(0, dtype=torch.uint8)
"""The bytes of a value that has none, or whose bytes travel in the message."""


class Message(NamedTuple):
    """The description of a value.

    Attributes:
        nbytes: size of the value.
        tensor: dtype and shape of a tensor; None for a pickled object.
        error: why there is no value, as the error to raise on every rank.
        inside: the value's bytes, if they travel in the message.
    """

    nbytes: int
    tensor: tuple[torch.dtype, tuple[int, ...]] | None = None
    error: tuple[type[Exception], str] | None = None
    inside: bytes | None = None

    @property
    def kind(self) -> str:
        """What all ranks' values must have in common to be gathered."""
        return "an object" if self.tensor is None else f"a {self.tensor[0]} tensor"

    def to_block(self) -> torch.Tensor:
        """Return the block that carries this message: ``(8192,)``, uint8."""
        *description, inside = self
        head = _written(*description, inside is not None)
        data = b"".join((len(head).to_bytes(_LENGTH, "little"), head, inside or b""))
        return torch.frombuffer(bytearray(data.ljust(_BLOCK, b"\0")), dtype=torch.uint8)

    @classmethod
    def from_block(cls, block: torch.Tensor) -> Message:
        """Return the message that a block on the CPU carries."""
        raw = block.numpy().tobytes()
        end = _LENGTH + int.from_bytes(raw[:_LENGTH], "little")
        nbytes, tensor, error, is_inside = _read(raw[_LENGTH:end])
        return cls(nbytes, tensor, error, raw[end : end + nbytes] if is_inside else None)


@lru_cache(maxsize=1024)
def blank_block(
    dtype: torch.dtype, shape: tuple[int, ...], device: torch.device
) -> tuple[torch.Tensor, slice]:
    """Return the block of a small tensor whose bytes are all zero, and where these are in it."""
    nbytes = prod(shape) * dtype.itemsize
    description = nbytes, (dtype, shape), None
    block = Message(*description, inside=bytes(nbytes)).to_block().to(device)
    start = _LENGTH + len(_written(*description, True))
    return block, slice(start, start + nbytes)


# Ranks tell each other of the same few dtypes and shapes again and again.


@lru_cache(maxsize=1024)
def _written(*description: Any) -> bytes:
    return pickle.dumps(description, protocol=pickle.HIGHEST_PROTOCOL)


@lru_cache(maxsize=1024)
def _read(head: bytes) -> Any:
    return pickle.loads(head)


def pack(value: Any, capabilities: Capabilities) -> tuple[Message, torch.Tensor]:
    """Return the message about ``value`` and its bytes, ``(nbytes,)`` uint8, on its device.

    A value that cannot be sent gives a message of the error, which must still travel, lest
    the other ranks wait.
    """
    try:
        if not isinstance(value, torch.Tensor):
            if capabilities.objects:
                return pack_object(value)
            kind = type(value).__name__
            raise UnsupportedOperation(f"Objects ({kind}) cannot be sent here; send tensors.")
        check_tensor(value, capabilities)
    except (TypeError, UnsupportedOperation) as error:
        text = str(error).encode("ascii", "backslashreplace")[: _BLOCK // 2].decode("ascii")
        return Message(0, error=(type(error), text)), EMPTY
    body = bytes_of(value)
    inside = body.cpu().numpy().tobytes() if len(body) <= INSIDE else None
    return Message(len(body), (value.dtype, tuple(value.shape)), inside=inside), body


def pack_object(value: Any) -> tuple[Message, torch.Tensor]:
    """Return the message about an object and, if that cannot hold it, its bytes.

    Raises:
        TypeError: it cannot be pickled.
    """
    data = dump(value)
    if len(data) <= INSIDE:
        return Message(len(data), inside=data), EMPTY
    return Message(len(data)), torch.frombuffer(bytearray(data), dtype=torch.uint8)


def unpack(message: Message, body: torch.Tensor) -> Any:
    """Return the value, a tensor in memory of its own or in ``body``'s.

    Args:
        message: what its rank told about it.
        body: its bytes, if they are not inside the message.

    Raises:
        TypeError: an object that cannot be unpickled here.
    """
    if message.tensor is None:
        return load(message.inside or bytes(body.cpu().numpy()))
    dtype, shape = message.tensor
    if message.inside:
        body = torch.frombuffer(bytearray(message.inside), dtype=torch.uint8)
    return body.view(dtype).reshape(shape)


def bytes_of(tensor: torch.Tensor) -> torch.Tensor:
    """Return the tensor's values as ``(nbytes,)`` uint8; may share memory."""
    flat = plain(tensor).reshape(-1)
    if flat.stride(0) != 1:  # contiguous is also what has one element and any stride
        flat = flat.reshape(()).reshape(1) if len(flat) else flat.new_empty(0)
    return flat.view(torch.uint8)


def lies_plainly(tensor: torch.Tensor, transport: Transport) -> bool:
    """Return whether the tensor's memory is its values in order, where they can be moved from."""
    if not tensor.is_contiguous() or tensor.device != transport.device:
        return False
    return not (tensor.is_conj() or tensor.is_neg() or tensor.layout != torch.strided)


def padded(body: torch.Tensor, nbytes: int) -> torch.Tensor:
    """Return ``body`` with zeros up to ``nbytes``."""
    if len(body) == nbytes:
        return body
    longer = body.new_zeros(nbytes)
    longer[: len(body)] = body
    return longer


def tensors_of(rows: torch.Tensor, dtype: torch.dtype, shape: tuple[int, ...]) -> torch.Tensor:
    """Return equal tensors, one row of bytes each, as one: ``(rows, *shape)``."""
    return rows.reshape(-1).view(dtype).reshape(len(rows), *shape)


def look_of(value: Any, other: str | None = None) -> str:
    """Return what must be alike on all ranks of a value that is to be combined or overwritten."""
    if isinstance(value, torch.Tensor):
        return f"{value.dtype} {tuple(value.shape)}"
    return other or type(value).__name__


def check_alike(operation: str, told: Sequence[str], ranks: Sequence[int] | None = None) -> None:
    """Raise CollectiveMismatch, naming ranks and differences, unless all ranks told the same."""
    if len(set(told)) == 1:
        return
    who = defaultdict(list)
    for rank, text in zip(ranks or range(len(told)), told, strict=True):
        who[text].append(str(rank))
    parts = "; ".join(f"rank {', '.join(which)}: {text}" for text, which in who.items())
    raise CollectiveMismatch(
        f"Ranks disagree in {operation}: {parts}. All must make the same call."
    )
