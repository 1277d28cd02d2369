"""The published interface: what can be saved, where it goes, and what can go wrong."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

from ignite.handlers.errors import (
    CheckpointError,
    CheckpointMismatchError,
    CheckpointNotFoundError,
    CheckpointReadError,
    CheckpointWriteError,
    MissingExtraError,
)

__all__ = [
    "BaseSaveHandler",
    "CheckpointError",
    "CheckpointMismatchError",
    "CheckpointNotFoundError",
    "CheckpointReadError",
    "CheckpointWriteError",
    "MissingExtraError",
    "Serializable",
]


@runtime_checkable
class Serializable(Protocol):
    """An object whose state can be taken out and put back."""

    def state_dict(self) -> Mapping[str, Any]:
        """Return the state as tensors, plain numbers, strings, and containers of them."""

    def load_state_dict(self, state_dict: dict[str, Any]) -> Any:
        """Take on a state that :meth:`state_dict` returned."""


class BaseSaveHandler(ABC):
    """A place for checkpoints."""

    @abstractmethod
    def __call__(
        self,
        checkpoint: Mapping[str, Any],
        filename: str,
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        """Save ``checkpoint`` under ``filename``: all of it, or nothing.

        Args:
            checkpoint: what ``torch.save`` takes.
            filename: a name without folders; an older checkpoint of that name is replaced.
            metadata: ``basename`` (prefix and name), ``score_name`` and ``priority``.

        Raises:
            CheckpointWriteError: nothing was saved.
        """

    @abstractmethod
    def remove(self, filename: str) -> None:
        """Remove the checkpoint of that name."""
