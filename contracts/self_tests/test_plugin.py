"""What pytest sees of the plugin: options, skips, the table, and the detector."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

IDENTITY = ["--pyargs", "ignite_contracts.suites.backend.test_identity"]


@pytest.fixture(autouse=True)
def _broken_backends(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent), prepend=os.pathsep)


def test_loading_it_imports_nothing_heavy():
    code = (
        "import ignite_contracts.plugin, sys; "
        "print({'torch', 'hypothesis', 'ignite'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_table_and_world_sizes_follow_the_capabilities(pytester):
    result = pytester.runpytest_subprocess(*IDENTITY, "-v", "--ignite-backend=serial")
    assert result.ret == 0
    result.stdout.fnmatch_lines(
        ["*serial-1* PASSED*", "backend*ranks*identity*examples*", "serial*1*pass 6*6*"]
    )
    result.stdout.no_fnmatch_line("*serial-2*")


def test_failures_show_in_the_table(pytester):
    backend = "broken_backends:TwoLastRanks"
    result = pytester.runpytest_subprocess(
        *IDENTITY, f"--ignite-backend={backend}", "--ignite-world-sizes=2"
    )
    assert result.ret == 1
    result.stdout.fnmatch_lines([f"{backend}*2*FAIL 2 of 6*"])


def test_backend_that_cannot_run_is_skipped_with_the_reason(pytester):
    result = pytester.runpytest_subprocess(
        *IDENTITY, "-rs", "--ignite-backend=backend_bugs:NotHere"
    )
    assert result.ret == 0
    result.assert_outcomes(skipped=6)
    result.stdout.fnmatch_lines(["SKIPPED*cannot run here: no pigeons; pip install pigeons"])
    result.stdout.fnmatch_lines(["backend_bugs:NotHere*absent*"])


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--ignite-backend=carrier-pigeon", "*Unknown backend 'carrier-pigeon'*"),
        ("--ignite-backend=broken_backends:Nothing", "*no class 'Nothing'*"),
        ("--ignite-world-sizes=1,0", "*'0' is not a whole number above 0*"),
        ("--ignite-examples=many", "*'many' is not a whole number above 0*"),
        ("--ignite-timeout=-1", "*'-1' is not a number of seconds above 0*"),
    ],
)
def test_bad_options_are_usage_errors(pytester, option, message):
    result = pytester.runpytest_subprocess(*IDENTITY, option)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([message])


def test_a_fixture_of_the_same_name_elsewhere_is_left_alone(pytester):
    pytester.makepyfile(
        """
        import pytest

        @pytest.fixture
        def world():
            return 42

        def test_own(world):
            assert world == 42
        """
    )
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*ignite contracts*")


def test_another_owner_of_the_name_stops_pytest(pytester, monkeypatch):
    stray = pytester.mkpydir("ignite") / "__init__.py"
    monkeypatch.setenv("PYTHONPATH", str(pytester.path), prepend=os.pathsep)
    result = pytester.runpytest_subprocess()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*{stray}*pip uninstall pytorch-ignite*"])
