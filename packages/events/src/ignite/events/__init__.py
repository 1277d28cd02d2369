"""Events, filters on them, and an emitter that any loop can own; pure Python."""

import sys

if (_spec := sys.modules["ignite"].__spec__) is not None and _spec.origin is not None:
    raise ImportError(
        f"Another distribution owns the name 'ignite' ({_spec.origin}), and hides parts of this "
        "one. Run 'pip uninstall pytorch-ignite' (or whatever installed that file), then install "
        "the ignite-* packages again with 'pip install --force-reinstall --no-deps'."
    )

from ignite.events.interface import (
    AnyEvent,
    Batch,
    CallableEventWithFilter,
    EventEmitter,
    EventEnum,
    EventFilterError,
    Events,
    EventsList,
    EventSource,
    HandlerNotFoundError,
    HandlerSignatureError,
    Output,
    RemovableEventHandle,
    RunState,
    State,
    Stoppable,
    UnknownEventError,
)

__all__ = [
    "AnyEvent",
    "Batch",
    "CallableEventWithFilter",
    "EventEmitter",
    "EventEnum",
    "EventFilterError",
    "EventSource",
    "Events",
    "EventsList",
    "HandlerNotFoundError",
    "HandlerSignatureError",
    "Output",
    "RemovableEventHandle",
    "RunState",
    "State",
    "Stoppable",
    "UnknownEventError",
]
