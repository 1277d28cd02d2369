"""Filters, and which occurrences pass them by plain enumeration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ignite.events.interface import CallableEventWithFilter, EventEnum, EventSource

__all__ = ["MOST", "Among", "Filter", "filters"]

MOST = 20
"""Occurrences are numbered from 1 to this; before the first, the number is 0."""


@dataclass(frozen=True)
class Among:
    """A function for ``event_filter=``."""

    numbers: frozenset[int]

    def __call__(self, source: EventSource, number: int) -> bool:
        """Return whether the occurrence is one of the numbers."""
        return number in self.numbers


@dataclass(frozen=True)
class Filter:
    """The arguments of a filter; none of them lets every occurrence pass."""

    every: int | None = None
    once: int | tuple[int, ...] | None = None
    before: int | None = None
    after: int | None = None
    event_filter: Among | None = None

    def __repr__(self) -> str:
        return f"Filter({', '.join(f'{name}={value}' for name, value in self._given().items())})"

    def on(self, event: EventEnum) -> CallableEventWithFilter:
        """Return the event narrowed by this filter."""
        given = self._given()
        return event(**given) if given else event

    def _given(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if value is not None}

    def passing(self) -> Sequence[int]:
        """Return the numbers that pass, from 0 to ``MOST``."""
        if self.event_filter is not None:
            return sorted(self.event_filter.numbers)
        if self.once is not None:
            return [self.once] if isinstance(self.once, int) else sorted(set(self.once))
        if self.before is None and self.after is None:
            return range(0, MOST + 1, self.every or 1)
        after = 0 if self.after is None else self.after
        before = MOST + 1 if self.before is None else self.before
        within = [number for number in range(1, MOST + 1) if after < number < before]
        return within[:: self.every or 1]


_numbers = st.integers(1, MOST)
_bounds = st.integers(0, MOST + 1)
_steps = st.integers(2, 5)

filters: SearchStrategy[Filter] = st.one_of(
    st.builds(Filter, every=_steps),
    st.builds(Filter, once=_numbers | st.lists(_numbers, min_size=1, max_size=3).map(tuple)),
    st.builds(Filter, before=_bounds),
    st.builds(Filter, after=_bounds),
    st.builds(Filter, before=_bounds, after=_bounds),
    st.builds(Filter, every=_steps, before=_bounds, after=st.none() | _bounds),
    st.builds(Filter, every=_steps, after=_bounds),
    st.builds(Filter, event_filter=st.frozensets(_numbers, max_size=4).map(Among)),
)
"""Every kind of filter."""
