"""``python -m ignite_contracts``, and the report that it leaves."""

import json
import subprocess
import sys


def command(folder, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "ignite_contracts", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_both_kinds_with_a_report(tmp_path):
    run = command(
        tmp_path,
        *("--backend", "serial", "--world-size", "1", "--event-source", "emitter"),
        *("--ignite-examples", "2", "-k", "identity or test_order", "-p", "no:cacheprovider"),
    )
    assert run.returncode == 0, run.stdout + run.stderr
    report = json.loads((tmp_path / "ignite-contracts" / "report.json").read_text())
    by_name = {tuple(row["tested"].values()): row["suites"] for row in report}
    assert set(by_name) == {("serial", "1"), ("emitter",)}
    assert by_name["serial", "1"]["identity"]["passed"] > 0
    assert not any(cell["failed"] for suites in by_name.values() for cell in suites.values())
    lines = (tmp_path / "ignite-contracts" / "report.md").read_text().splitlines()
    assert lines[0].startswith("| backend | ranks | identity |")
    assert any(line.startswith("| serial | 1 | pass ") for line in lines)


def test_failures_are_its_exit_status_and_in_its_report(tmp_path):
    run = command(tmp_path, "--backend", "serial", "-k", "no_such_name", "--report", "r")
    assert run.returncode == 5, run.stdout + run.stderr
    run = command(tmp_path)
    assert run.returncode == 2
    assert "give --backend NAME" in run.stderr
