"""Named errors of handlers; each is also the built-in error that old ``except`` clauses name."""

from __future__ import annotations

__all__ = [
    "CheckpointError",
    "CheckpointMismatchError",
    "CheckpointNotFoundError",
    "CheckpointReadError",
    "CheckpointWriteError",
    "MissingExtraError",
]


class CheckpointError(RuntimeError):
    """A checkpoint could not be written, read, or loaded into the objects."""


class CheckpointWriteError(CheckpointError, OSError):
    """The checkpoint was not saved; the ones before it are as they were."""


class CheckpointReadError(CheckpointError, OSError):
    """The file is no checkpoint, is broken, or holds what is not safe to load."""


class CheckpointNotFoundError(CheckpointReadError, FileNotFoundError):
    """There is no such file."""


class CheckpointMismatchError(CheckpointError, ValueError):
    """The checkpoint is whole, but does not fit the objects to load into."""


class MissingExtraError(ModuleNotFoundError):
    """An optional package is not installed; the message has the command that installs it."""
