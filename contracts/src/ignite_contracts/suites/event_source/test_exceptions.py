"""An exception in a handler ends the firing, goes to the caller, and breaks nothing."""

from __future__ import annotations

import pytest

from ignite.events.interface import Events, EventSource
from ignite_contracts.event_source.factory import NewSource
from ignite_contracts.event_source.handlers import writer


class OfOnesOwn(Exception):
    """What no implementation knows."""


ERRORS = [OfOnesOwn, ValueError, KeyError, StopIteration, KeyboardInterrupt, SystemExit]


@pytest.fixture(params=ERRORS, ids=lambda error: error.__name__)
def error(request: pytest.FixtureRequest) -> BaseException:
    """An exception that a handler raises."""
    made: BaseException = request.param("boom")
    return made


class Failing:
    """A source whose second handler of three raises at its first call."""

    def __init__(self, source: EventSource, error: BaseException) -> None:
        self.source = source
        self.seen: list[str] = []
        errors = [error]

        def fail(source: EventSource) -> None:
            if errors:
                source.add_event_handler(Events.STARTED, writer(self.seen), "late")
                raise errors.pop()

        source.add_event_handler(Events.STARTED, writer(self.seen), "first")
        source.add_event_handler(Events.STARTED, writer(self.seen, fail), "fails")
        source.add_event_handler(Events.STARTED, writer(self.seen), "third")

    def fire(self) -> BaseException:
        """Fire, and return what came out."""
        with pytest.raises(BaseException) as caught:
            self.source.fire_event(Events.STARTED)
        return caught.value


def test_it_goes_to_the_caller_as_it_is(new_source: NewSource, error: BaseException) -> None:
    assert Failing(new_source(), error).fire() is error


def test_no_handler_runs_after_it(new_source: NewSource, error: BaseException) -> None:
    failing = Failing(new_source(), error)
    failing.fire()
    assert failing.seen == ["first", "fails"]


def test_all_handlers_are_there_at_the_next_firing(
    new_source: NewSource, error: BaseException
) -> None:
    failing = Failing(new_source(), error)
    failing.fire()
    failing.seen.clear()
    failing.source.fire_event(Events.STARTED)
    assert failing.seen == ["first", "fails", "third", "late"]


def test_other_events_are_fired_as_before(new_source: NewSource, error: BaseException) -> None:
    failing = Failing(new_source(), error)
    failing.source.add_event_handler(Events.COMPLETED, writer(failing.seen), "other")
    failing.fire()
    failing.source.fire_event(Events.COMPLETED)
    assert failing.seen == ["first", "fails", "other"]
