"""``for_all``: examples are counted, shrunk also when they hang, and readable."""

from __future__ import annotations

import pytest

pytest_plugins = ["pytester"]

HANGS = """
    import time

    import pytest
    from hypothesis import strategies as st
    from ignite_contracts import properties
    from ignite_contracts.errors import WorldHung
    from ignite_contracts.properties import for_all

    @pytest.fixture
    def world():
        return "a world"

    @for_all(number=lambda world: st.integers(0, 10_000))
    def test_property(world, number):
        if number > 41:
            time.sleep({cost})
            raise WorldHung("too large")
"""


@pytest.fixture
def run(pytester, monkeypatch):
    monkeypatch.setenv("CI", "1")

    def run(cost):
        pytester.makepyfile(HANGS.format(cost=cost))
        return pytester.runpytest("-p", "no:cacheprovider")

    return run


def test_an_example_that_hangs_is_shrunk_to_the_smallest(run):
    result = run(cost=0)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*WorldHung: too large", "*number=42*"])


def test_shrinking_stops_when_hangs_have_cost_the_budget(run, monkeypatch):
    monkeypatch.setattr("ignite_contracts.properties._Example.BUDGET", 0.2)
    result = run(cost=0.15)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*WorldHung: too large", "*number=*"])
    result.stdout.no_fnmatch_line("*Flaky*")
    assert result.duration < 5.0


def test_strategies_are_given_or_made_from_fixtures(pytester):
    pytester.makepyfile(
        """
        import pytest
        from hypothesis import strategies as st
        from ignite_contracts.properties import for_all

        @pytest.fixture
        def limit():
            return 3

        @pytest.fixture
        def other():
            return "other"

        @for_all(small=lambda limit: st.integers(0, limit), text=st.text("ab", min_size=1))
        def test_property(other, small, text):
            assert other == "other"
            assert 0 <= small <= 3
            assert set(text) <= {"a", "b"}
        """
    )
    pytester.runpytest("-p", "no:cacheprovider").assert_outcomes(passed=1)
