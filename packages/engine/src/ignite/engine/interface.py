"""The published interface: what a function run by the engine looks like, and the errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Protocol, runtime_checkable

from ignite.engine.errors import DataError, RunArgumentError, StateDictError
from ignite.events.interface import Batch, EventSource, Output

__all__ = [
    "Attachable",
    "DataError",
    "ProcessFunction",
    "RunArgumentError",
    "StateDictError",
    "StatefulData",
]

ProcessFunction = Callable[[Any, Batch], Output]
"""Called with the engine and a batch; what it returns becomes ``state.output``."""


class Attachable(Protocol):
    """What an evaluator needs of a metric."""

    def attach(self, engine: EventSource, name: str) -> None:
        """Follow the engine's run and leave the result in ``state.metrics[name]``."""


@runtime_checkable
class StatefulData(Protocol):
    """Data that knows its position, such as torchdata's ``StatefulDataLoader``.

    The engine saves it with its own state and restores it before it iterates.
    """

    def __iter__(self) -> Iterator[Any]: ...

    def state_dict(self) -> dict[str, Any]:
        """Return the position: after the last batch that was given out."""

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Let the next iteration begin at a saved position."""
