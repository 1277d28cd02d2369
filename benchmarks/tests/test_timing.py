"""How many iterations a sample takes, and what its figure is."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.timing import microseconds_per_iteration, timed


@given(each=st.floats(1e-8, 1e-2), first=st.floats(0, 0.5), seconds=st.floats(0.001, 0.1))
def test_a_sample_takes_the_time_asked_for_whatever_the_first_run_takes(each, first, seconds):
    asked = []

    def seconds_of(iterations):
        asked.append(iterations)
        return iterations * each + (first if len(asked) == 1 else 0)

    sample = microseconds_per_iteration(seconds_of)
    assert [sample(seconds) for _ in range(3)] == pytest.approx([1e6 * each] * 3)
    assert min(asked) >= 2
    assert asked[-3:] == [asked[-1]] * 3  # the same in each sample
    assert asked[-1] * each >= seconds
    assert asked[-1] == 2 or asked[-1] / 2 * each < seconds


def test_what_is_timed_is_the_run_and_not_its_preparation(monkeypatch):
    now = [0]  # nanoseconds

    def takes(nanoseconds):
        now[0] += nanoseconds

    @timed
    def case():
        takes(10**12)
        return lambda iterations: takes(250 * iterations)

    with monkeypatch.context() as patched:
        patched.setattr(time, "process_time_ns", lambda: now[0])
        figure = case()(0.001)
    assert figure == pytest.approx(0.25)  # microseconds
