"""Engines that write down what happens to them."""

from __future__ import annotations

import pytest

from ignite.engine import Engine, Events

SHORT = {
    Events.STARTED: "S",
    Events.EPOCH_STARTED: "ES",
    Events.GET_BATCH_STARTED: "GS",
    Events.GET_BATCH_COMPLETED: "GC",
    Events.ITERATION_STARTED: "IS",
    Events.ITERATION_COMPLETED: "IC",
    Events.EPOCH_COMPLETED: "EC",
    Events.COMPLETED: "C",
    Events.DATALOADER_STOP_ITERATION: "STOP",
    Events.TERMINATE: "T",
    Events.TERMINATE_SINGLE_EPOCH: "TE",
    Events.INTERRUPT: "INT",
}


class Traced(Engine):
    """Its process function writes the batch, its events their short names."""

    def __init__(self):
        super().__init__(lambda engine, batch: self.seen.append(f"p{batch}"))
        self.seen = []
        for event, short in SHORT.items():
            self.add_event_handler(event, lambda engine, short=short: self.seen.append(short))

    def take(self) -> str:
        """Return what was written since the last call."""
        text, self.seen = " ".join(self.seen), []
        return text


@pytest.fixture
def traced() -> Traced:
    return Traced()
