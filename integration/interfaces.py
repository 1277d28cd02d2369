"""Every implementation beside its interface, for the type checker: nothing here is run.

``isinstance`` with a runtime-checkable protocol looks at names alone; these assignments
compare signatures.
"""

from __future__ import annotations

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
