"""Every implementation beside its interface, for the type checker: nothing here is run.

``isinstance`` with a runtime-checkable protocol looks at names alone; these assignments
compare signatures.
"""

from __future__ import annotations

from typing import Any

from typing_extensions import assert_type

from ignite.distributed.backends.serial import SerialBackend
from ignite.distributed.backends.torch_native import GlooBackend
from ignite.distributed.interface import Backend
from ignite.engine import Engine
from ignite.engine.interface import Attachable
from ignite.events import EventEmitter, State
from ignite.events.interface import EventSource, RunState, Stoppable
from ignite.events.testing import RecordingEventSource
from ignite.handlers import Checkpoint, CosineAnnealingScheduler, DiskSaver, EarlyStopping
from ignite.handlers.interface import BaseSaveHandler, Serializable
from ignite.metrics import Accuracy, ConfusionMatrix, Loss

run_states: list[type[RunState]] = [State]
event_sources: list[type[EventSource]] = [EventEmitter, Engine, RecordingEventSource]
stoppable: list[type[Stoppable]] = [Engine, RecordingEventSource]
backends: list[type[Backend]] = [SerialBackend, GlooBackend]
attachable: list[type[Attachable]] = [Accuracy, Loss, ConfusionMatrix]
save_handlers: list[type[BaseSaveHandler]] = [DiskSaver]
serializable: list[type[Serializable]] = [
    Engine,
    Checkpoint,
    EarlyStopping,
    CosineAnnealingScheduler,
]


# What a handler says of the run it is for holds, and holds only for such a run.


def step(engine: Engine[int, str], batch: int) -> str:
    return str(batch)


def on_text(source: EventSource[Any, str]) -> None:
    assert_type(source.state.output, str)


def on_numbers(source: EventSource[Any, float]) -> None:
    assert_type(source.state.output, float)


engine = Engine(step)
assert_type(engine, Engine[int, str])
assert_type(engine.run([1]).output, str)
assert_type(next(iter(engine.steps([1]))).batch, int)
on_text(engine)
on_numbers(engine)  # type: ignore[arg-type]
engine.run(["a"])  # type: ignore[list-item]
untyped: Engine = Engine(lambda engine, batch: batch)
assert_type(untyped.state.output, Any)
