"""The engine: of this project or of pytorch-ignite, whichever the environment has.

Both run the same code, which is part of what is to be shown.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch.nn.functional import cross_entropy

from benchmarks.engine import mlp
from benchmarks.timing import timed
from ignite.engine import Engine, Events, create_supervised_trainer


def _process(engine: Any, batch: Any) -> None: ...


def _handler(engine: Any) -> None: ...


@timed
def no_handler() -> Callable[[int], object]:
    """A run over batches."""
    engine = Engine(_process)
    return lambda iterations: engine.run(range(iterations))


@timed
def three_handlers() -> Callable[[int], object]:
    """The same, with handlers before and after each iteration, and after each hundredth."""
    engine = Engine(_process)
    engine.add_event_handler(Events.ITERATION_STARTED, _handler)
    engine.add_event_handler(Events.ITERATION_COMPLETED, _handler)
    engine.add_event_handler(Events.ITERATION_COMPLETED(every=100), _handler)
    return lambda iterations: engine.run(range(iterations))


@timed
def supervised() -> Callable[[int], object]:
    """The trainer as it is by default: its output is the loss as a number."""
    model = mlp.network()
    trainer = create_supervised_trainer(model, mlp.optimizer(model), cross_entropy)
    return lambda iterations: trainer.run(mlp.batches(iterations))
