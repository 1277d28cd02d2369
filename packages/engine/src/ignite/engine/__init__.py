"""The training loop: an engine driven by events, and factories of common loops."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ignite.engine.engine import Engine
from ignite.engine.events import (
    CallableEventWithFilter,
    EventEnum,
    Events,
    EventsList,
    RemovableEventHandle,
    State,
)
from ignite.engine.interface import DataError, RunArgumentError, StateDictError

if TYPE_CHECKING:
    from ignite.engine.deterministic import DeterministicEngine
    from ignite.engine.supervised import (
        create_supervised_evaluator,
        create_supervised_trainer,
        supervised_evaluation_step,
        supervised_evaluation_step_amp,
        supervised_training_step,
        supervised_training_step_amp,
        supervised_training_step_apex,
        supervised_training_step_tpu,
    )

__all__ = [
    "CallableEventWithFilter",
    "DataError",
    "DeterministicEngine",
    "Engine",
    "EventEnum",
    "Events",
    "EventsList",
    "RemovableEventHandle",
    "RunArgumentError",
    "State",
    "StateDictError",
    "create_supervised_evaluator",
    "create_supervised_trainer",
    "supervised_evaluation_step",
    "supervised_evaluation_step_amp",
    "supervised_training_step",
    "supervised_training_step_amp",
    "supervised_training_step_apex",
    "supervised_training_step_tpu",
]


def __getattr__(name: str) -> Any:
    if name in __all__:  # what is not here yet needs torch
        room = "deterministic" if name == "DeterministicEngine" else "supervised"
        return getattr(import_module(f"ignite.engine.{room}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
