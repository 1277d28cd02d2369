"""Batches on their way to a device."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from copy import copy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch


def to_device(batch: Any, device: torch.device | str | None, non_blocking: bool) -> Any:
    """Move the tensors in a batch, however nested in mappings and sequences, to ``device``.

    Anything with a ``to(device, non_blocking=)`` counts as a tensor; what is none of
    these stays as it is.

    >>> import torch
    >>> moved = to_device({"ids": [torch.ones(2)], "text": "two"}, "meta", False)
    >>> moved["ids"][0].device, moved["text"]
    (device(type='meta'), 'two')
    """
    if device is None:
        return batch
    if hasattr(batch, "to"):
        return batch.to(device, non_blocking=non_blocking)
    if isinstance(batch, Mapping):
        moved = {key: to_device(part, device, non_blocking) for key, part in batch.items()}
        if not isinstance(batch, MutableMapping):
            return type(batch)(moved)  # type: ignore[call-arg]
        same_kind = copy(batch)  # a defaultdict, say, keeps its factory
        same_kind.update(moved)
        return same_kind
    if isinstance(batch, Sequence) and not isinstance(batch, (str, bytes, range)):
        parts = [to_device(part, device, non_blocking) for part in batch]
        return type(batch)(*parts) if hasattr(batch, "_fields") else type(batch)(parts)  # type: ignore[call-arg]
    return batch


def prepare_batch(
    batch: Sequence[Any], device: torch.device | str | None = None, non_blocking: bool = False
) -> tuple[Any, Any]:
    """Return the input and the target of a batch ``(x, y)``, on ``device``."""
    x, y = batch
    if device is None:
        return x, y
    return to_device(x, device, non_blocking), to_device(y, device, non_blocking)
