"""Small functions that handlers are made up with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ignite.events.interface import EventSource, UnknownEventError

__all__ = ["global_step_from_engine"]


def global_step_from_engine(
    engine: EventSource, custom_event_name: Any = None, fallback_attr: str = "epoch"
) -> Callable[[EventSource, Any], int]:
    """Return a ``global_step_transform`` that counts with another source, such as the trainer.

    Args:
        engine: the source that counts.
        custom_event_name: the event whose number is the step; when left out, the event at
            which the step is asked for.
        fallback_attr: the attribute of ``engine.state`` that is the step where nothing
            counts that event.

    >>> from ignite.events.interface import Events
    >>> from ignite.events.testing import RecordingEventSource
    >>> trainer, evaluator = RecordingEventSource(), RecordingEventSource()
    >>> trainer.run([1, 2], epochs=3)
    >>> global_step_from_engine(trainer)(evaluator, Events.EPOCH_COMPLETED)
    3
    """

    def global_step(_: EventSource, event_name: Any) -> int:
        event = event_name if custom_event_name is None else custom_event_name
        try:
            return engine.state.get_event_attrib_value(event)
        except UnknownEventError:
            step: int = getattr(engine.state, fallback_attr)
            return step

    return global_step
