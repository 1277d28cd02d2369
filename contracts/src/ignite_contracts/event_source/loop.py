"""The reference model of a run: the loop, written plainly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ignite.events.interface import Events

__all__ = ["Moment", "moments"]


class Moment(NamedTuple):
    """An event, and the state of the run that its handlers see."""

    event: Events
    epoch: int
    iteration: int
    batch: int | None
    output: int | None


def moments(batches: Sequence[int], epochs: int) -> Iterator[Moment]:
    """Yield what happens in a run whose step returns twice its batch."""
    epoch = iteration = 0
    batch = output = None
    yield Moment(Events.STARTED, epoch, iteration, batch, output)
    for epoch in range(1, epochs + 1):
        yield Moment(Events.EPOCH_STARTED, epoch, iteration, batch, output)
        for batch in batches:
            iteration += 1
            yield Moment(Events.ITERATION_STARTED, epoch, iteration, batch, output)
            output = 2 * batch
            yield Moment(Events.ITERATION_COMPLETED, epoch, iteration, batch, output)
        yield Moment(Events.EPOCH_COMPLETED, epoch, iteration, batch, output)
    yield Moment(Events.COMPLETED, epoch, iteration, batch, output)
