"""Tensors as plain bytes: how results travel back, and how bits are compared."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Any

import torch

__all__ = ["Snapshot", "snapshot"]


@dataclass(frozen=True)
class Snapshot:
    """A tensor's dtype, shape, device and bytes in row-major order.

    >>> Snapshot.of(torch.tensor([1, 2], dtype=torch.int8))
    [1, 2] (torch.int8, shape (2,), cpu)
    """

    dtype: torch.dtype
    shape: tuple[int, ...]
    device: str
    data: bytes

    @classmethod
    def of(cls, tensor: torch.Tensor) -> Snapshot:
        """Take the snapshot of a tensor of any layout."""
        flat = tensor.detach().cpu().contiguous()
        data = ctypes.string_at(flat.data_ptr(), flat.nbytes) if flat.nbytes else b""
        return cls(tensor.dtype, tuple(tensor.shape), str(tensor.device), data)

    def tensor(self) -> torch.Tensor:
        """Return the values as a CPU tensor."""
        if not self.data:
            return torch.empty(self.shape, dtype=self.dtype)
        return torch.frombuffer(bytearray(self.data), dtype=self.dtype).reshape(self.shape)

    def __repr__(self) -> str:
        return f"{self.tensor().tolist()} ({self.dtype}, shape {self.shape}, {self.device})"


def snapshot(value: Any) -> Any:
    """Return ``value``, a tensor or each tensor of a list as its snapshot."""
    if isinstance(value, torch.Tensor):
        return Snapshot.of(value)
    if type(value) is list:
        return [snapshot(item) for item in value]
    return value
