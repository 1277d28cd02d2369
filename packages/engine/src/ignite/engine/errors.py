"""Named errors of the engine; each derives from the built-in kind that callers may expect."""

from __future__ import annotations

__all__ = ["DataError", "RunArgumentError", "StateDictError"]


class DataError(ValueError):
    """The data gives no batches, or their number cannot be known."""


class RunArgumentError(ValueError):
    """The arguments of ``run`` contradict each other, or the state of the run."""


class StateDictError(ValueError):
    """A state dictionary lacks what the engine needs, or says it twice."""
