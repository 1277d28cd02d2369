"""The published interface: what a function run by the engine looks like, and the errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from ignite.engine.errors import DataError, RunArgumentError, StateDictError
from ignite.events.interface import EventSource

__all__ = ["Attachable", "DataError", "ProcessFunction", "RunArgumentError", "StateDictError"]

ProcessFunction = Callable[[Any, Any], Any]
"""Called with the engine and a batch; what it returns becomes ``state.output``."""


class Attachable(Protocol):
    """What an evaluator needs of a metric."""

    def attach(self, engine: EventSource, name: str) -> None:
        """Follow the engine's run and leave the result in ``state.metrics[name]``."""
