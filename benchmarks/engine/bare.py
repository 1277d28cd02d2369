"""What a user writes without an engine: the least that the same work can cost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from benchmarks.engine import mlp
from benchmarks.timing import timed


def _process(engine: Any, batch: Any) -> None: ...


def _handler(engine: Any) -> None: ...


@timed
def no_handler() -> Callable[[int], object]:
    """A loop over batches that calls a function."""

    def run(iterations: int) -> None:
        for batch in range(iterations):
            _process(None, batch)

    return run


@timed
def three_handlers() -> Callable[[int], object]:
    """The same, with the calls that the handlers are."""

    def run(iterations: int) -> None:
        for iteration, batch in enumerate(range(iterations), 1):
            _handler(None)
            _process(None, batch)
            _handler(None)
            if iteration % 100 == 0:
                _handler(None)

    return run


@timed
def supervised() -> Callable[[int], object]:
    """The training loop of the tutorials, with the loss of each step as a number."""
    model = mlp.network()
    optimizer = mlp.optimizer(model)

    def run(iterations: int) -> None:
        model.train()
        for x, y in mlp.batches(iterations):
            optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(model(x), y)
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            loss.item()

    return run
