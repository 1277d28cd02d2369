"""``--ignite-known-failures``: expected by name, told in every summary, refused once stale."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

# Not in range at any size; the rank does not follow from the node at any.
TWO_LAST = "broken_backends:TwoLastRanks"
# Counts one node too many for each rank but one.
NODES = "broken_backends:EachRankIsANode"


@pytest.fixture
def run(pytester, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent), prepend=os.pathsep)

    def run(known, *arguments, suite="backend.test_identity"):
        pytester.path.joinpath("known.toml").write_text(known)
        return pytester.runpytest_subprocess(
            *("--pyargs", f"ignite_contracts.suites.{suite}", "-p", "no:cacheprovider"),
            *("--ignite-known-failures=known.toml", *arguments),
        )

    return run


def of(backend, sizes):
    return [f"--ignite-backend={backend}", f"--ignite-world-sizes={sizes}"]


KNOWN_TWO = f"""
["{TWO_LAST}"]
"identity::test_ranks_are_all_different_and_in_range" = "there is no rank 0"
"identity::test_rank_follows_from_node_and_local_rank" = "nor a node of it"
"""


def test_known_failures_do_not_fail_the_run_and_show_in_every_summary(run, pytester):
    result = run(KNOWN_TWO, *of(TWO_LAST, 2), "--ignite-report=r", "-rx")
    assert result.ret == 0
    result.assert_outcomes(passed=4, xfailed=2)
    result.stdout.fnmatch_lines(["XFAIL*in_range*there is no rank 0*"])
    result.stdout.fnmatch_lines([f"{TWO_LAST}*2*pass 4, known 2*4*"])
    [row] = json.loads((pytester.path / "r" / "report.json").read_text())
    assert row["suites"]["identity"]["known"] == 2
    assert "| pass 4, known 2 |" in (pytester.path / "r" / "report.md").read_text()


def test_other_failures_still_fail_the_run(run):
    known = "\n".join(KNOWN_TWO.splitlines()[:-1])
    result = run(known, *of(TWO_LAST, 2))
    assert result.ret == 1
    result.assert_outcomes(passed=4, xfailed=1, failed=1)
    result.stdout.fnmatch_lines([f"{TWO_LAST}*2*FAIL 1 of 6, known 1*"])


KNOWN_NODES = f"""
["{NODES}"]
"identity::test_nodes_are_counted" = "each rank is a node"
"""


def test_an_entry_is_needed_as_long_as_one_case_fails(run):
    result = run(KNOWN_NODES, *of(NODES, "1,2"))
    assert result.ret == 0
    result.assert_outcomes(passed=10, xpassed=1, xfailed=1)


@pytest.mark.parametrize("workers", [[], ["-n", "2"]], ids=["here", "in two workers"])
def test_an_entry_that_passes_in_every_case_is_an_error(run, workers):
    result = run(KNOWN_NODES, *of(NODES, 1), *workers)
    assert result.ret == 1
    key = "identity::test_nodes_are_counted"
    result.stdout.fnmatch_lines(
        [f'ERROR known.toml: delete "{key}" from ?"{NODES}"?; it passed in each of 1 cases*']
    )


def test_what_is_skipped_is_neither_needed_nor_stale(run):
    known = '[gloo]\n"capabilities::test_objects_that_are_not_declared_are_refused" = "slow"'
    result = run(known, *of("gloo", 1), suite="backend.test_capabilities")
    assert result.ret == 0
    result.assert_outcomes(passed=7, skipped=1)


def test_event_sources_have_known_failures_too(run):
    source = "broken_keeping:OffByOne"
    key = "filters::test_a_handler_runs_at_the_occurrences_that_pass"
    known = f'["{source}"]\n"{key}" = "counts from 0"'
    result = run(
        known,
        f"--ignite-event-source={source}",
        *("-k", "occurrences_that_pass"),
        suite="event_source.test_filters",
    )
    assert result.ret == 0
    assert result.parseoutcomes()["xfailed"] == 1
    result.stdout.fnmatch_lines([f"{source}*known 1*"])


EMITTER = ["--ignite-event-source=emitter"]


@pytest.mark.parametrize("workers", [[], ["-n", "1"]], ids=["here", "in a worker"])
@pytest.mark.parametrize(
    ("known", "message"),
    [
        (
            '[emiter]\n"order::test_x" = "why"',
            '*?"emiter"? is not tested in this run; close to it: emitter.',
        ),
        (
            '[emitter]\n"order::test_handlers_run_in_order" = "why"',
            '*"order::test_handlers_run_in_order" in ?"emitter"? names no test of this run; close '
            "to it: order::test_handlers_run_in_order_of_attachment*",
        ),
        ('[emitter]\n"x::y" = "why"', '*"x::y" in ?"emitter"? names no test of this run.'),
    ],
)
def test_what_names_no_test_of_the_run_is_a_usage_error(run, known, message, workers):
    result = run(known, *EMITTER, *workers, suite="event_source.test_order")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([message])
    result.stdout.no_fnmatch_line("*PASSED*")


@pytest.mark.parametrize(
    ("known", "message"),
    [
        ('[emitter]\n"order::test_x" = ""', "*give a table *?emitter? order::test_x *else."),
        ("emitter = 3", '*give a table *"suite::test" = "the reason*"; emitter *else.'),
        ("[emitter", "*known.toml: Expected *"),
    ],
)
def test_a_file_that_says_something_else_is_a_usage_error(run, known, message):
    result = run(known, *EMITTER, suite="event_source.test_order")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([message])


def test_a_file_that_is_not_there_is_a_usage_error(run):
    result = run("", "--ignite-known-failures=nowhere.toml", *EMITTER)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*nowhere.toml: *No such file*"])
