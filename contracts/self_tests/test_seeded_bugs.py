"""Each seeded bug is caught by the property meant for it, and touches no other suite."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.etree import ElementTree

import pytest
from broken_backends import BUGS

HERE = Path(__file__).parent
SUITES = {path.stem for path in (HERE.parent / "src/ignite_contracts/suites").glob("test_*.py")}


def control(suite):
    """Return the other suite that runs on the bugs of this one."""
    return "test_capabilities" if suite == "test_identity" else "test_identity"


@pytest.fixture(scope="session")
def outcomes(tmp_path_factory):
    """Run the suites on all bugs, half of them in each of two processes.

    Returns:
        {bug: {suite: {test: failed}}}
    """
    folder = tmp_path_factory.mktemp("seeded")
    chosen = {bug: f"{suite} or {control(suite)}" for bug, (suite, _) in BUGS.items()}
    chosen["Faithful"] = "test_"
    bugs = list(chosen)
    halves = [{bug: chosen[bug] for bug in bugs[start::2]} for start in (0, 1)]
    with ThreadPoolExecutor() as pool:
        reports = pool.map(run_suites, halves, [folder / "0.xml", folder / "1.xml"])
    found = defaultdict(lambda: defaultdict(dict))
    for report in reports:
        for case in ElementTree.parse(report).iter("testcase"):
            assert case.find("error") is None, case.get("name")
            test, _, parameters = case.get("name").partition("[")
            bug = parameters.partition(":")[2].partition("-")[0]
            tests = found[bug][case.get("classname").rpartition(".")[2]]
            tests[test] = tests.get(test, False) or case.find("failure") is not None
    return found


def run_suites(chosen, report):
    """Run on each backend the suites chosen for it; return the path of the junit report."""
    path = os.pathsep.join(filter(None, [str(HERE), os.environ.get("PYTHONPATH")]))
    command = [
        *(sys.executable, "-m", "pytest", "--pyargs", "ignite_contracts.suites"),
        "--ignite-backend=" + ",".join(f"broken_backends:{bug}" for bug in chosen),
        *("--ignite-world-sizes=2", "--ignite-examples=20", "--ignite-timeout=2"),
        *("-k", " or ".join(f"({bug} and ({suites}))" for bug, suites in chosen.items())),
        *("-p", "without_shrinking", "-p", "no:cacheprovider", "-q", "--tb=line"),
        f"--junitxml={report}",
    ]
    run = subprocess.run(
        command,
        env={**os.environ, "PYTHONPATH": path, "CI": "1"},
        cwd=report.parent,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == pytest.ExitCode.TESTS_FAILED, run.stdout + run.stderr
    return report


@pytest.mark.parametrize("bug", BUGS)
def test_bug_is_caught_by_its_property(outcomes, bug):
    suite, test = BUGS[bug]
    assert outcomes[bug][suite][test]


@pytest.mark.parametrize("bug", BUGS)
def test_bug_leaves_another_suite_alone(outcomes, bug):
    """Also after a hang or a death: the suites share their world."""
    tests = outcomes[bug][control(BUGS[bug][0])]
    assert tests
    assert not any(tests.values())


def test_every_suite_passes_without_a_bug(outcomes):
    assert set(outcomes["Faithful"]) == SUITES
    assert not any(any(tests.values()) for tests in outcomes["Faithful"].values())


def test_every_suite_has_a_bug():
    assert {suite for suite, _ in BUGS.values()} == SUITES
