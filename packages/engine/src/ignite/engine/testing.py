"""What the tests of others need of the engine."""

from __future__ import annotations

from collections.abc import Sequence

from ignite.engine.engine import Engine

__all__ = ["EngineLoop"]


class EngineLoop:
    """An engine whose step doubles its batch, as the suites for event sources run it.

    Attributes:
        source: the engine.

    >>> loop = EngineLoop()
    >>> loop.run([1, 2], epochs=1)
    >>> loop.source.state.output
    4
    """

    def __init__(self) -> None:
        self.source: Engine[int, int] = Engine(lambda engine, batch: 2 * batch)

    def run(self, batches: Sequence[int], epochs: int) -> None:
        """Run the engine over ``batches``, ``epochs`` times."""
        self.source.run(batches, max_epochs=epochs)
