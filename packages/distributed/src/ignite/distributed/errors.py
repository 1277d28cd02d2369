"""Named errors of every backend; each message says the cause and the remedy."""

from __future__ import annotations

__all__ = [
    "BackendUnavailable",
    "CollectiveMismatch",
    "CollectiveTimeout",
    "DistributedError",
    "UnsupportedDtype",
    "UnsupportedOperation",
]


class DistributedError(RuntimeError):
    """Anything that goes wrong between ranks; the other errors derive from it."""


class BackendUnavailable(DistributedError):
    """The backend cannot run here; the message holds the command that mends it."""


class UnsupportedOperation(DistributedError):
    """The operation lies outside the backend's declared capabilities."""


class UnsupportedDtype(UnsupportedOperation, TypeError):
    """The backend does not declare that it moves tensors of this dtype."""


class CollectiveMismatch(DistributedError):
    """Ranks called a collective with arguments that do not fit together."""


class CollectiveTimeout(DistributedError):
    """A collective did not finish within the timeout given to ``initialize``."""
