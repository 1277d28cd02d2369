"""Batches on their way to a device."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch


def to_device(batch: Any, device: torch.device | str | None, non_blocking: bool) -> Any:
    """Move the tensors in a batch, however nested in mappings and sequences, to ``device``."""
    if device is None or isinstance(batch, (str, bytes)):
        return batch
    if hasattr(batch, "to"):
        return batch.to(device=device, non_blocking=non_blocking)
    if isinstance(batch, tuple) and hasattr(batch, "_fields"):
        return type(batch)(*(to_device(part, device, non_blocking) for part in batch))
    if isinstance(batch, Mapping):
        return type(batch)(  # type: ignore[call-arg]
            {key: to_device(part, device, non_blocking) for key, part in batch.items()}
        )
    if isinstance(batch, Sequence):
        return type(batch)([to_device(part, device, non_blocking) for part in batch])  # type: ignore[call-arg]
    return batch


def prepare_batch(
    batch: Sequence[Any], device: torch.device | str | None = None, non_blocking: bool = False
) -> tuple[Any, Any]:
    """Return the input and the target of a batch ``(x, y)``, on ``device``."""
    x, y = batch
    return to_device(x, device, non_blocking), to_device(y, device, non_blocking)
