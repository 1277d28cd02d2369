"""What the suites attach, and how they count what a source does not count itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ignite.events.interface import EventSource

__all__ = ["Handler", "count", "writer"]

Handler = Callable[..., None]


def writer(seen: list[Any], action: Callable[[EventSource], object] | None = None) -> Handler:
    """Return a new handler that writes the label it was attached with.

    Args:
        seen: where to.
        action: what it does then, with the source it was given.
    """

    def handler(source: EventSource, label: str) -> None:
        seen.append(label)
        if action is not None:
            action(source)

    return handler


def count(source: EventSource, counter: str, number: int) -> None:
    """Set a counter in the state, as its owner does: whoever registered it, or runs the loop."""
    setattr(source.state, counter, number)
