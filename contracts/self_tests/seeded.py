"""Runs the suites of an interface over implementations with seeded bugs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from xml.etree import ElementTree

import pytest

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Seeded:
    """Implementations with a bug each, and one without.

    Args:
        faithful: the one without, as ``module:name``.
        bugs: for each ``module:name`` the suites and tests that must all catch it.
        interface: the folder of the suites.
        control: the suite that runs on every bug besides its own, and must pass;
            and the one for its own bugs.
        options: for pytest.
    """

    faithful: str
    bugs: dict[str, set[tuple[str, str]]]
    interface: str
    control: tuple[str, str]
    options: tuple[str, ...]

    @property
    def suites(self):
        """The names of all suites of the interface."""
        folder = HERE.parent / "src/ignite_contracts/suites" / self.interface
        return {path.stem for path in folder.glob("test_*.py")}

    @property
    def properties(self):
        """The suite and the name of every test of the interface."""
        return {
            (suite, test)
            for suite in self.suites
            for test in vars(import_module(f"ignite_contracts.suites.{self.interface}.{suite}"))
            if test.startswith("test_")
        }

    def control_of(self, bug):
        """Return the other suite that runs on a bug."""
        usual, instead = self.control
        return instead if usual in {suite for suite, _ in self.bugs[bug]} else usual

    def outcomes(self, folder, more=()):
        """Run on each bug the tests that must catch it and the control; where there is none, all.

        Args:
            folder: where to put the reports.
            more: pairs of a bug and a further suite to run on it.

        Returns:
            {bug: {suite: {test: failed}}}
        """
        chosen = {
            bug: [self.control_of(bug), *(f"({suite} and {test})" for suite, test in tests)]
            for bug, tests in self.bugs.items()
        }
        for bug, suite in more:
            chosen[bug].append(suite)
        chosen[self.faithful] = self.suites
        halves = [{bug: chosen[bug] for bug in list(chosen)[start::2]} for start in (0, 1)]
        with ThreadPoolExecutor() as pool:
            reports = pool.map(self._run, halves, [folder / "0.xml", folder / "1.xml"])
        found = defaultdict(lambda: defaultdict(dict))
        for report in reports:
            for case in ElementTree.parse(report).iter("testcase"):
                assert case.find("error") is None, case.get("name")
                test, _, parameters = case.get("name").partition("[")
                bug = re.search(r"\w+:\w+", parameters).group()
                tests = found[bug][case.get("classname").rpartition(".")[2]]
                tests[test] = tests.get(test, False) or case.find("failure") is not None
        return found

    def _run(self, chosen, report):
        wanted = (f"({bug} and ({' or '.join(tests)}))" for bug, tests in chosen.items())
        command = [
            *(sys.executable, "-m", "pytest"),
            *("--pyargs", f"ignite_contracts.suites.{self.interface}"),
            f"--ignite-{self.interface.replace('_', '-')}={','.join(chosen)}",
            *self.options,
            *("-k", " or ".join(wanted)),
            *("-p", "without_shrinking", "-p", "no:cacheprovider", "-q", "--tb=line"),
            f"--junitxml={report}",
        ]
        path = os.pathsep.join(filter(None, [str(HERE), os.environ.get("PYTHONPATH")]))
        run = subprocess.run(
            command,
            env={**os.environ, "PYTHONPATH": path, "CI": "1"},
            cwd=report.parent,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert run.returncode == pytest.ExitCode.TESTS_FAILED, run.stdout + run.stderr
        return report
