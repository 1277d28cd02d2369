"""Measure a suite: ``python -m benchmarks.compare engine --peer lightning=PYTHON ...``.

A suite is a folder here whose module ``rows`` has ``ROWS``; nothing else is known of it.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path

from benchmarks.environment import Environment, WorkerFailed, running
from benchmarks.report import Result, table
from benchmarks.row import OURS, Row


def measure(
    row: Row, environments: Mapping[str, Environment], rounds: int, seconds: float
) -> Result:
    """Ask the row's contenders in turn, round after round.

    Args:
        row: what to measure; contenders whose environment is not there are left out.
        environments: by name, running.
        rounds: samples of each contender, unless the row wants fewer.
        seconds: what one sample should take.
    """
    contenders = [each for each in row.contenders() if each.environment in environments]
    samples: dict[str, list[float]] = {each.name: [] for each in contenders}
    for _ in range(min(rounds, row.rounds or rounds)):
        for each in contenders:
            samples[each.name].append(environments[each.environment].sample(each, seconds))
        # The two that are compared come first in turn: what others left in the caches, or a
        # machine that gets slower or faster, then favours neither.
        contenders[:2] = reversed(contenders[:2])
    return Result(row, samples)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table, and return the exit status: 1 if a worker failed."""
    asked = _parse(arguments)
    results: list[Result] = []
    try:
        with ExitStack() as stack:
            environments = {
                name: stack.enter_context(running(name, python))
                for name, python in {OURS: sys.executable, **dict(asked.peer)}.items()
            }
            for row in asked.rows:
                sys.stderr.write(f"measuring: {row.what}\n")
                results.append(measure(row, environments, asked.rounds, asked.seconds))
    except WorkerFailed as error:
        sys.stdout.write(table(results))  # what was measured until then holds
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(table(results))
    if asked.json:
        report = {
            "suite": asked.suite,
            "environments": {name: each.description for name, each in environments.items()},
            "rows": [result.as_json() for result in results],
        }
        asked.json.parent.mkdir(parents=True, exist_ok=True)
        asked.json.write_text(json.dumps(report, indent=1))
    return 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.compare", description="Measure a suite.")
    suites = sorted(rows.parent.name for rows in Path(__file__).parent.glob("*/rows.py"))
    parser.add_argument("suite", choices=suites)
    parser.add_argument(
        "--peer",
        action="append",
        default=[],
        type=_peer,
        metavar="NAME=PYTHON",
        help="a distribution to compare with, and an interpreter that has it",
    )
    parser.add_argument("--rows", default="", metavar="REGEX", help="measure the rows it is in")
    parser.add_argument("--rounds", type=int, default=100, help="samples of each contender")
    parser.add_argument("--quick", action="store_true", help="short and few samples: a smoke test")
    parser.add_argument("--json", type=Path, metavar="PATH", help="write all samples there")
    asked = parser.parse_args(arguments)
    asked.seconds = 0.02
    if asked.quick:
        asked.rounds, asked.seconds = 2, 0.002
    rows: Sequence[Row] = import_module(f"benchmarks.{asked.suite}.rows").ROWS
    asked.rows = [row for row in rows if re.search(asked.rows, row.what)]
    if not asked.rows:
        parser.error(f"no row matches; there are: {'; '.join(row.what for row in rows)}")
    if asked.rounds < 1:
        parser.error("--rounds is at least 1")
    return asked


def _peer(argument: str) -> tuple[str, str]:
    name, _, python = argument.partition("=")
    if not python:
        raise argparse.ArgumentTypeError(f"NAME=PYTHON, got {argument!r}")
    return name, python


if __name__ == "__main__":
    sys.exit(main())
