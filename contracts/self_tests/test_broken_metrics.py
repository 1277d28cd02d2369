"""Each seeded bug of a metric is caught by the properties meant for it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import defaultdict
from importlib import import_module
from pathlib import Path
from xml.etree import ElementTree

import pytest
from broken_metrics import BUGS

HERE = Path(__file__).parent
# With how many examples; on ranks it is one in 50 of them.
SUITES = {"values": 20, "states": 20, "metrics_on_ranks": 100}
PROPERTIES = {
    test
    for suite in SUITES
    for test in vars(import_module(f"ignite_contracts.suites.metric.test_{suite}"))
    if test.startswith("test_")
}


@pytest.fixture(scope="session")
def failed(tmp_path_factory):
    """Return for each case the tests that failed on it."""
    found = defaultdict(set)
    for suite, examples in SUITES.items():
        report = tmp_path_factory.mktemp("metrics") / "report.xml"
        run_suite(suite, examples, report)
        for case in ElementTree.parse(report).iter("testcase"):
            test, _, parameters = case.get("name").partition("[")
            name = parameters.removesuffix("]").rpartition("-")[2]
            found[name] |= {test} if case.find("failure") is not None else set()
    return found


def run_suite(suite, examples, report):
    """Run a suite over all bugs, at least one of which it has to catch."""
    module = f"ignite_contracts.suites.metric.test_{suite}"
    command = [
        *(sys.executable, "-m", "pytest", "--pyargs", module, f"--ignite-examples={examples}"),
        *("--ignite-metrics=broken_metrics", "--ignite-backend=gloo", "--ignite-world-sizes=2"),
        *("-p", "without_shrinking", "-p", "no:cacheprovider"),
        *("-q", "--tb=line", f"--junitxml={report}"),
    ]
    environment = {**os.environ, "PYTHONPATH": str(HERE), "CI": "1"}
    run = subprocess.run(
        command, env=environment, cwd=report.parent, capture_output=True, text=True, check=False
    )
    assert run.returncode == pytest.ExitCode.TESTS_FAILED, run.stdout + run.stderr


@pytest.mark.parametrize(("bug", "test"), [(bug, test) for bug in BUGS for test in BUGS[bug]])
def test_bug_is_caught_by_its_property(failed, bug, test):
    assert test in failed[bug]


def test_the_metric_without_a_bug_passes(failed):
    assert failed["Mean"] == set()


def test_every_property_has_a_bug():
    assert set().union(*BUGS.values()) == PROPERTIES
