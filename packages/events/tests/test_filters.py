"""Filters choose occurrences by their number; the model is a plain list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ignite.events import EventFilterError, Events, HandlerSignatureError

NUMBERS = range(200)


def passed(**arguments):
    event_filter = Events.ITERATION_COMPLETED(**arguments).filter
    return [n for n in NUMBERS if event_filter is None or event_filter(None, n)]


@given(st.integers(1, 50))
def test_every_passes_the_multiples(every):
    assert passed(every=every) == list(NUMBERS[::every])


@given(st.integers(0, 250), st.integers(0, 250))
def test_before_and_after_bound_an_open_interval(before, after):
    assert passed(before=before) == list(range(1, min(before, len(NUMBERS))))
    assert passed(after=after) == list(range(after + 1, len(NUMBERS)))
    assert passed(before=before, after=after) == list(range(after + 1, min(before, len(NUMBERS))))


@given(st.integers(1, 50), st.integers(0, 100), st.integers(0, 250))
def test_every_counts_from_the_first_within_the_bounds(every, after, before):
    bounded = list(range(after + 1, min(before, len(NUMBERS))))
    assert passed(every=every, after=after, before=before) == bounded[::every]


@given(st.one_of(st.integers(1, 150), st.lists(st.integers(1, 150), min_size=1)))
def test_once_passes_the_numbers_named(once):
    named = {once} if isinstance(once, int) else set(once)
    assert passed(once=once) == sorted(named)


def test_a_function_is_asked_with_source_and_number():
    event = Events.STARTED(event_filter=lambda source, number: source == "s" and number == 4)
    assert [n for n in range(9) if event.filter("s", n)] == [4]


def test_a_filter_on_a_filtered_event_replaces_it():
    assert [n for n in range(9) if Events.STARTED(every=2)(every=3).filter(None, n)] == [0, 3, 6]


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"every": 2, "once": 1},
        {"once": 1, "before": 5},
        {"event_filter": lambda source, number: True, "every": 2},
        {"event_filter": lambda source, number: True, "after": 2},
        {"every": 0},
        {"every": -1},
        {"every": 1.5},
        {"every": "2"},
        {"before": -1},
        {"after": -1},
        {"after": 0.5},
        {"once": 0},
        {"once": -3},
        {"once": []},
        {"once": [1, 0]},
        {"once": ["1"]},
    ],
)
def test_arguments_that_make_no_filter_are_refused(arguments):
    with pytest.raises(EventFilterError):
        Events.STARTED(**arguments)


def test_what_is_no_function_is_refused():
    with pytest.raises(TypeError, match="event_filter"):
        Events.STARTED(event_filter=3)


def test_a_function_of_other_arguments_is_refused_with_both_signatures():
    with pytest.raises(HandlerSignatureError, match=r"\(source, number\).*\(number\)"):
        Events.STARTED(event_filter=lambda number: True)
