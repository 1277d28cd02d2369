"""Named errors of every metric; each message says the cause and the remedy."""

from __future__ import annotations

__all__ = ["CapacityExceeded", "InvalidValuesError", "NotComputableError"]


class NotComputableError(RuntimeError):
    """The metric has no value yet, as it has seen no example."""


class InvalidValuesError(ValueError):
    """The metric was given values that its definition does not cover.

    Raised by ``compute``: an update that looked at the values would have to wait for
    the device.
    """


class CapacityExceeded(RuntimeError):
    """The metric would have to keep more rows than it was allowed."""
