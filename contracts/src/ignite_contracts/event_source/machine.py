"""The state machine: any sequence of deeds does the same to a source as to the model."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from hypothesis.strategies import SearchStrategy

from ignite.events.interface import EventEnum, Events, EventSource
from ignite_contracts.event_source.filters import MOST, Filter, filters
from ignite_contracts.event_source.model import Model
from ignite_contracts.event_source.sides import Deed, Event, Failure, Real, Side, Target

__all__ = ["Machine"]


class Steps(EventEnum):
    """Events that a source does not know before they are registered."""

    SAVED = "saved"
    LOADED = "loaded"


COUNTER: dict[Event, str] = {Steps.SAVED: "saves"}

# Few of each, so that drawn sequences come back to the same ones.
EVENTS: list[Event] = [Events.STARTED, *Steps, "plain"]
TO_REGISTER: list[Event] = [*Steps, "plain"]

PLAIN = ["a", "b", "c"]
"""Handlers of every occurrence."""

CHOOSY = ["x"]
"""Handlers behind any filter. They are attached between firings only: what becomes of one
that its filter held back, and that is attached again in the same firing, is not settled."""

_handlers = st.sampled_from([*PLAIN, *CHOOSY])
_events = st.sampled_from(EVENTS)
_tags = st.integers(0, 2)


def _deeds(verb: str, *arguments: SearchStrategy[Any]) -> SearchStrategy[Deed]:
    return st.builds(Deed, st.just(verb), st.tuples(*arguments))


def _targets(narrow: SearchStrategy[Filter]) -> SearchStrategy[list[Target]]:
    """One event or a list of them, which strings cannot be joined into."""
    one = st.sampled_from(EVENTS)
    joined = one.filter(lambda event: isinstance(event, EventEnum))
    lists = st.lists(st.tuples(joined, narrow), min_size=1, max_size=3)
    return st.tuples(one, st.just(Filter())).map(lambda target: [target]) | lists


_always = _targets(st.just(Filter()))
_sometimes = _targets(filters)

_removing = _deeds("remove", _handlers, _events) | _deeds("release", _tags)
_planned = st.one_of(
    _deeds("attach", _always, st.sampled_from(PLAIN), _tags),
    _deeds("fire", _events),
    _removing,
    _deeds("within", _tags, _events),
    _deeds("fail", st.sampled_from(["one", "two"])),
)
_scripts = st.lists(_planned, max_size=2)


class Machine(RuleBasedStateMachine):
    """Does the same to a source and to the model; they call the same handlers and raise alike.

    Args:
        source: the source under test, fresh.
    """

    def __init__(self, source: EventSource) -> None:
        super().__init__()
        self.real, self.model = Real(source, [*PLAIN, *CHOOSY]), Model()
        self._agree = True

    @initialize(missing=st.none() | st.sampled_from(TO_REGISTER))
    def begin(self, missing: Event | None) -> None:
        """Register all events but one."""
        for event in TO_REGISTER:
            if event != missing:
                self.register(event)

    @rule(event=st.sampled_from(TO_REGISTER))
    def register(self, event: Event) -> None:
        """Register an event, with the counter that it always has."""
        self._both("register", event, COUNTER.get(event))

    @rule(number=st.integers(0, MOST))
    def count(self, number: int) -> None:
        """Set the counter, where there is one."""
        if Steps.SAVED in self.model.events:
            self._both("count", COUNTER[Steps.SAVED], number)

    @rule(events=_always, handler=st.sampled_from(PLAIN), tag=_tags, script=_scripts)
    def attach(self, events: list[Target], handler: str, tag: int, script: list[Deed]) -> None:
        """Attach a handler to every occurrence, and give it something to do."""
        self.plan(handler, script)
        self._both("attach", events, handler, tag)

    @rule(events=_sometimes, handler=st.sampled_from(CHOOSY), tag=_tags, script=_scripts)
    def attach_choosy(
        self, events: list[Target], handler: str, tag: int, script: list[Deed]
    ) -> None:
        """Attach a handler behind filters, or without, and give it something to do."""
        self.plan(handler, script)
        self._both("attach", events, handler, tag)

    @rule(deed=_removing)
    def remove(self, deed: Deed) -> None:
        """Remove a handler, by itself or by a handle."""
        self._both(deed.verb, *deed.arguments)

    @rule(handler=_handlers, script=_scripts)
    def plan(self, handler: str, script: list[Deed]) -> None:
        """Let a handler do something at its next calls."""
        for deed in script:
            self._both("plan", handler, deed)

    @rule(tag=_tags, event=_events)
    def within(self, tag: int, event: Event) -> None:
        """Fire in the context of a handle."""
        self._both("within", tag, event)

    @rule(event=_events)
    def fire(self, event: Event) -> None:
        """Fire an event."""
        self.model.fired.clear()
        called = self._both("fire", event)
        if called and self.model.fired == [event]:
            last = self.real.source.last_event_name
            assert last == event, f"last_event_name is {last!r} after handlers of {event!r}"

    def teardown(self) -> None:
        """Count on, and fire every event: that shows what all before has led to."""
        if not self._agree:
            return  # this is called after a failure too
        for number in range(1, 5):
            self.count(number)
            for event in EVENTS:
                self.fire(event)

    def _both(self, verb: str, *arguments: Any) -> bool:
        """Do it to both, compare, and return whether a handler was called."""
        self._agree, deed = False, Deed(verb, arguments)
        expected, got = _error(deed, self.model), _error(deed, self.real)
        calls, called = list(self.model.trace), list(self.real.trace)
        assert called == calls, f"{deed} calls {called}, not {calls}"
        assert _alike(got, expected), f"{deed} raises {got!r}, not {expected!r}"
        self._compare_what_is_attached(f"after {deed}")
        self.real.trace.clear()
        self.model.trace.clear()
        self._agree = True
        return bool(called)

    def _compare_what_is_attached(self, when: str) -> None:
        for event in (*filter(self.model.events.__contains__, EVENTS), None):
            for handler in (*PLAIN, *CHOOSY):
                expected, got = self.model.has(handler, event), self.real.has(handler, event)
                assert got == expected, f"{when}, has({handler!r}, {event!r}) is {got}"


def _error(deed: Deed, side: Side) -> Exception | None:
    try:
        deed.on(side)
    except Exception as error:  # noqa: BLE001 - compared
        return error
    return None


def _alike(got: Exception | None, expected: Exception | None) -> bool:
    same_message = not isinstance(expected, Failure) or str(got) == str(expected)
    return isinstance(got, type(expected)) and same_message
