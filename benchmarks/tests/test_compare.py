"""The command, as it is run; with this environment alone."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SUITES = [rows.parent.name for rows in ROOT.glob("benchmarks/*/rows.py")]


def compare(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "benchmarks.compare", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_measures_prints_and_writes(tmp_path):
    written = tmp_path / "new" / "report.json"
    done = compare("engine", "--quick", "--rows", "no handler|supervised", "--json", str(written))
    assert done.returncode == 0, done.stderr
    report = json.loads(written.read_text())
    assert report["suite"] == "engine"
    assert "torch" in report["environments"]["ours"]["installed"]
    loop, supervised = report["rows"]
    assert loop["verdict"] == "not compared"  # pytorch-ignite is not here
    assert set(loop["samples"]) == {"ours", "bare loop"}
    assert set(supervised["samples"]) == {"ours", "raw loop"}
    assert supervised["spread"]["median"] > 0
    assert f"| {loop['what']} |" in done.stdout
    assert f"| {supervised['what']} |" in done.stdout


def test_a_worker_that_fails_fails_the_command():
    done = compare("engine", "--quick", "--peer", f"lightning={sys.executable}")
    assert done.returncode == 1
    assert "has no distribution 'lightning'" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nothing"], "invalid choice: 'nothing'"),
        (["engine", "--rows", "no such"], "no row matches; there are: iteration, no handler;"),
        (["engine", "--peer", "lightning"], "NAME=PYTHON, got 'lightning'"),
        (["engine", "--rounds", "0"], "--rounds is at least 1"),
    ],
)
def test_a_wrong_argument_is_refused(arguments, message):
    done = compare(*arguments)
    assert done.returncode == 2
    assert message in done.stderr


@pytest.mark.parametrize("suite", SUITES)
def test_the_rows_of_a_suite_can_be_told_apart(suite):
    rows = import_module(f"benchmarks.{suite}.rows").ROWS
    assert len({row.what for row in rows}) == len(rows)
    for row in rows:
        names = [contender.name for contender in row.contenders()]
        assert len(set(names)) == len(names), row.what
