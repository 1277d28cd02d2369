"""The summary: what each suite found, per backend and world size, or per event source."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ignite_contracts._known_failures import is_known_failure
from ignite_contracts._tested import Tested

__all__ = ["EXAMPLES", "Cell", "Table", "aligned"]

EXAMPLES = "ignite_examples"
"""The property of a test's report that holds the number of its examples."""

Columns = tuple[str, ...]


@dataclass
class Cell:
    """What a suite found on one implementation.

    Attributes:
        examples: how many were tried.
        passed: tests that passed.
        failed: tests that failed.
        known: tests that failed as was known.
        reasons: why tests were skipped, each once.
    """

    examples: int = 0
    passed: int = 0
    failed: int = 0
    known: int = 0
    reasons: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        known = [f"known {self.known}"] if self.known else []
        if self.failed:
            run = self.passed + self.failed + self.known
            return ", ".join([f"FAIL {self.failed} of {run}", *known])
        passed = [f"pass {self.examples}"] if self.passed else []
        return ", ".join([*passed, *known]) or "absent"


_Rows = dict[Columns, dict[str, Cell]]


def _rows() -> _Rows:
    return defaultdict(lambda: defaultdict(Cell))


@dataclass(eq=False)  # by identity, as pytest keeps plugins in sets
class Table:
    """Collects reports and prints them: what was tested down, the suites across."""

    tables: dict[Columns, _Rows] = field(default_factory=lambda: defaultdict(_rows))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count one test: its call, or a setup that did not get so far."""
        tested = Tested.read(report)
        if tested is None or (report.when != "call" and report.passed):
            return
        cell = self.tables[tested.heads][tested.entries][tested.suite]
        cell.passed += report.passed
        cell.failed += report.failed
        cell.known += is_known_failure(report)
        if report.skipped and isinstance(report.longrepr, tuple):
            reason = report.longrepr[2].removeprefix("Skipped: ")
            if reason not in cell.reasons:
                cell.reasons.append(reason)
        if report.when == "call" and not report.skipped:
            examples: Any = dict(report.user_properties).get(EXAMPLES, 1)
            cell.examples += examples

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print a table per kind of what was tested."""
        if self.tables:
            terminalreporter.section("ignite contracts")
        for heads, rows in self.tables.items():
            for line in aligned(_cells(heads, rows)):
                terminalreporter.line(line)
        folder = terminalreporter.config.getoption("ignite_report")
        if folder is not None:
            self._write(Path(folder))

    def _write(self, folder: Path) -> None:
        """Leave ``report.json`` for machines and ``report.md`` for people."""
        folder.mkdir(parents=True, exist_ok=True)
        found = [
            {
                "tested": dict(zip(heads, entries, strict=True)),
                "suites": {suite: asdict(cell) for suite, cell in row.items()},
            }
            for heads, rows in self.tables.items()
            for entries, row in rows.items()
        ]
        (folder / "report.json").write_text(json.dumps(found, indent=2) + "\n")
        tables = [_markdown(_cells(heads, rows)) for heads, rows in self.tables.items()]
        (folder / "report.md").write_text("\n\n".join(tables) + "\n")


def _cells(heads: Columns, rows: _Rows) -> list[list[str]]:
    suites = list(dict.fromkeys(suite for row in rows.values() for suite in row))
    table = [[*heads, *suites, "examples"]]
    for entries, row in rows.items():
        cells = [str(row[suite]) if suite in row else "-" for suite in suites]
        table.append([*entries, *cells, str(sum(cell.examples for cell in row.values()))])
    return table


def aligned(table: list[list[str]]) -> list[str]:
    """Return one line of text for each row, their columns under one another."""
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return [
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True))
        for line in table
    ]


def _markdown(table: list[list[str]]) -> str:
    head, *lines = (f"| {' | '.join(line)} |" for line in table)
    return "\n".join([head, "|" + "---|" * len(table[0]), *lines])
