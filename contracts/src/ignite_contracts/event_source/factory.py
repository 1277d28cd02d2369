"""What an implementation of ``EventSource`` gives, so that the suites can drive it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Protocol, runtime_checkable

from ignite.events.interface import EventSource

__all__ = ["Loop", "NewSource", "all_sources", "load_source"]

GROUP = "ignite.events.sources"


@runtime_checkable
class Loop(Protocol):
    """An event source together with the loop whose events it fires.

    The source must do without this object, which most suites do not keep.
    """

    @property
    def source(self) -> EventSource:
        """Where the handlers are attached."""

    def run(self, batches: Sequence[int], epochs: int) -> object:
        """Run over ``batches`` in every epoch, as a step that returns twice its batch."""


class NewSource:
    """Makes event sources of the implementation under test, a fresh one at each call.

    Args:
        name: what the implementation is called in reports.
        factory: takes nothing and returns a fresh :class:`EventSource`, or a fresh
            :class:`Loop` where the source has one.

    >>> from ignite.events.interface import EventEmitter
    >>> new_source = NewSource("emitter", EventEmitter)
    >>> new_source() is new_source(), new_source.has_loop
    (False, False)
    """

    def __init__(self, name: str, factory: Callable[[], Any]) -> None:
        self.name = name
        self._factory = factory

    def __repr__(self) -> str:
        return f"NewSource({self.name!r})"

    def __reduce__(self) -> tuple[Callable[[str], NewSource], tuple[str]]:
        return load_source, (self.name,)

    def __call__(self) -> EventSource:
        """Return a fresh source."""
        made = self._factory()
        source: EventSource = made.source if isinstance(made, Loop) else made
        return source

    @cached_property
    def has_loop(self) -> bool:
        """Whether the sources run a loop, and so count iterations and epochs themselves."""
        return isinstance(self._factory(), Loop)

    def loop(self) -> Loop:
        """Return a fresh source with its loop; only where :attr:`has_loop`."""
        made = self._factory()
        assert isinstance(made, Loop)
        return made


def all_sources() -> dict[str, str]:
    """Return the factories registered as entry points, by name.

    Raises:
        ValueError: two packages registered the same name.
    """
    found: dict[str, str] = {}
    for entry in sorted(entry_points(group=GROUP)):
        if found.setdefault(entry.name, entry.value) != entry.value:
            raise ValueError(
                f"Two event sources are registered as {entry.name!r}: {found[entry.name]} and "
                f"{entry.value}; uninstall one of the packages that bring them."
            )
    return found


def load_source(name: str) -> NewSource:
    """Return the implementation of that name.

    Args:
        name: a registered name, or ``"package.module:factory"``.

    Raises:
        ValueError: there is no such name, or no such attribute in the module.
        ImportError: the module, or what it needs, is not installed.
        TypeError: it cannot be called.

    >>> load_source("ignite.events.interface:EventEmitter")
    NewSource('ignite.events.interface:EventEmitter')
    """
    known = all_sources()
    if name not in known and ":" not in name:
        raise ValueError(
            f"Unknown event source {name!r}; known are {', '.join(known) or 'none'}. "
            "A factory that is not registered can be named as 'package.module:factory'."
        )
    target = known.get(name, name)
    try:
        factory = EntryPoint(name, target, GROUP).load()
    except AttributeError:
        module, _, attribute = target.partition(":")
        raise ValueError(f"Module {module!r} has no {attribute!r}.") from None
    if not callable(factory):
        raise TypeError(f"{target} is no factory: it cannot be called, but is {factory!r}.")
    return NewSource(name, factory)
