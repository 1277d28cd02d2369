"""One matrix of several runs' reports."""

import json
import subprocess
import sys

import pytest

from ignite_contracts.matrix import main, matrix


def entry(backend, ranks, **suites):
    empty = {"examples": 0, "passed": 0, "failed": 0, "known": 0, "reasons": []}
    return {
        "tested": {"backend": backend, "ranks": ranks},
        "suites": {suite: {**empty, **cell} for suite, cell in suites.items()},
    }


GLOO = entry("gloo", "2", order={"examples": 30, "passed": 3}, parts={"examples": 8, "passed": 1})
MPI = entry("mpi", "-", order={"reasons": ["no mpi4py; pip install mpi4py mpich"]})
BROKEN = entry("mine", "1", order={"examples": 5, "passed": 1, "failed": 2})


def test_what_was_tested_goes_across_and_reasons_below():
    assert matrix({"a": [GLOO, MPI], "b": [BROKEN]}).splitlines() == [
        "          gloo 2   mpi -       mine 1     ",
        "order     pass 30  absent [1]  FAIL 2 of 3",
        "parts     pass 8   -           -          ",
        "examples  38       0           5          ",
        "[1] no mpi4py; pip install mpi4py mpich",
    ]


def test_reports_about_the_same_are_told_apart():
    assert "gloo 2   gloo 2 (again)" in matrix({"first": [GLOO], "again": [GLOO]})


def test_the_status_tells_of_failures(tmp_path, capsys):
    for name, found in {"good": [GLOO, MPI], "bad": [BROKEN]}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "report.json").write_text(json.dumps(found))
    assert main([str(tmp_path / "good")]) == 0
    assert main([str(tmp_path / "good"), str(tmp_path / "bad" / "report.json")]) == 1
    assert "gloo 2   mpi -       mine 1" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main([str(tmp_path)])
    assert "is no report" in capsys.readouterr().err


def test_of_a_real_run(tmp_path):
    run = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"),
            *("--pyargs", "ignite_contracts.suites.backend.test_identity"),
            *("ignite_contracts.suites.backend.test_agreement", "--ignite-backend=serial,nccl"),
            f"--ignite-report={tmp_path}",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 0, run.stdout
    text = matrix({"run": json.loads((tmp_path / "report.json").read_text())})
    assert "absent [1]" in text
    assert "one rank alone always agrees" in text
