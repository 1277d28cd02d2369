"""Ratios, spreads and verdicts, from samples made by hand."""

from __future__ import annotations

from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.report import Result, Spread, table
from benchmarks.row import OURS, Contender, Row

ours, peer, third = (Contender(name, OURS, "module", "case") for name in ("ours", "peer", "third"))
times = st.floats(1e-3, 1e6)


def test_figures_of_one_round_are_divided_by_each_other():
    row = Row("what", ours, at_most=0.5, against=(peer,), beside=(third,))
    # By round 0.5, 0.1, 0.25. Medians divided by each other would give 0.2.
    result = Result(row, {"ours": [1, 2, 5], "peer": [2, 20, 20], "third": [4, 40, 20]})
    assert result.spread("ours") == Spread(
        median=0.25, lower_quartile=0.175, upper_quartile=0.375, least=0.1
    )
    assert result.spread("third").median == 2


def test_the_other_figure_of_a_round_may_be_subtracted():
    row = Row("what", ours, at_most=10, against=(peer,), difference=True, beside=(third,))
    # By round -3, 12, 5.
    result = Result(row, {"ours": [7, 32, 5], "peer": [10, 20, 0], "third": [30, 40, 20]})
    assert result.spread("ours") == Spread(median=5, lower_quartile=1, upper_quartile=8.5, least=-3)
    assert result.verdict == "reached"
    assert "| -3 | at most 10 us over peer | reached | third 20 |" in table([result])


def test_a_row_without_another_counts_the_figure_itself():
    result = Result(Row("what", ours, at_most=20, unit="ms"), {"ours": [30, 10, 15]})
    assert result.spread("ours").median == 15
    assert "| what | 15 | 12.5 to 22.5 | 10 | at most 20 ms | reached |" in table([result])


@pytest.mark.parametrize(
    ("figure", "verdict"), [(0.99, "reached"), (1.0, "reached"), (1.01, "missed")]
)
def test_the_goal_itself_is_reached(figure, verdict):
    assert Result(Row("what", ours, at_most=1), {"ours": [figure]}).verdict == verdict


def test_what_was_not_measured_is_not_compared():
    row = Row("what", ours, at_most=1, against=(peer,), beside=(third,))
    result = Result(row, {"ours": [1.0]})
    assert result.verdict == "not compared"
    assert result.as_json()["spread"] is None
    assert "| what |  |  |  | at most 1 x peer | not compared | third not compared |" in table(
        [result]
    )


@given(st.lists(st.tuples(times, times), min_size=1), st.floats(0.01, 100))
def test_a_machine_that_changes_its_speed_between_rounds_changes_no_ratio(pairs, slowdown):
    row = Row("what", ours, at_most=1, against=(peer,))
    factors = [slowdown**number for number in (0, 1, -1)] * len(pairs)

    def spread(factors):
        scaled = [(a * f, b * f) for (a, b), f in zip(pairs, factors, strict=False)]
        mine, theirs = zip(*scaled, strict=True)
        return Result(row, {"ours": mine, "peer": theirs}).spread("ours")

    assert spread(factors).median == pytest.approx(spread([1.0] * len(pairs)).median)


@given(st.lists(times, min_size=1))
def test_a_spread_is_in_order(figures):
    spread = Spread.of(figures)
    assert spread.least == min(figures)
    assert spread.median == pytest.approx(median(figures))
    ordered = [spread.least, spread.lower_quartile, spread.median, spread.upper_quartile]
    assert all(a <= b * (1 + 1e-12) for a, b in zip(ordered, [*ordered[1:], max(figures)]))  # noqa: B905


def test_several_others_are_compared_with_the_fastest():
    others = tuple(Contender(name, "e", "m", name) for name in ("a", "b", "absent"))
    rows = [Row(f"what {n}", ours, at_most=0.7, against=others) for n in (1, 2)]
    results = [
        Result(rows[0], {"ours": [1, 1, 1], "a": [9, 1, 9], "b": [2, 2, 20]}),
        Result(rows[1], {"ours": [4, 4, 4], "a": [8, 8, 8], "b": [9, 9, 9]}),
    ]
    assert [result.fastest for result in results] == ["b", "a"]
    assert [result.verdict for result in results] == ["reached", "reached"]
    text = table(results)
    assert "at most 0.7 x b | reached | a 0.5, absent not compared" in text
    assert text.endswith("Geometric mean of 2 ratios to the fastest other: 0.5\n")
