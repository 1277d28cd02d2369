"""The summary: what each suite found, per backend and world size, or per event source."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pytest

__all__ = ["EXAMPLES", "Table", "note"]

EXAMPLES = "ignite_examples"
"""The property of a test's report that holds the number of its examples."""

_CASE = "ignite_case"

Columns = tuple[str, ...]


def note(report: pytest.TestReport, item: pytest.Function, tested: Mapping[str, str]) -> None:
    """Write into the report which suite it is about, and what was tested.

    Args:
        report: of one test.
        item: the test.
        tested: heading and entry of each column that names what was tested.
    """
    suite = item.module.__name__.rpartition(".")[2].removeprefix("test_")
    report.user_properties.append((_CASE, [list(tested), list(tested.values()), suite]))


@dataclass
class _Cell:
    examples: int = 0
    passed: int = 0
    failed: int = 0

    def __str__(self) -> str:
        if self.failed:
            return f"FAIL {self.failed} of {self.passed + self.failed}"
        return f"pass {self.examples}" if self.passed else "absent"


_Rows = dict[Columns, dict[str, _Cell]]


def _rows() -> _Rows:
    return defaultdict(lambda: defaultdict(_Cell))


@dataclass(eq=False)  # by identity, as pytest keeps plugins in sets
class Table:
    """Collects reports and prints them: what was tested down, the suites across."""

    tables: dict[Columns, _Rows] = field(default_factory=lambda: defaultdict(_rows))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count one test: its call, or a setup that did not get so far."""
        properties: dict[str, Any] = dict(report.user_properties)
        if _CASE not in properties or (report.when != "call" and report.passed):
            return
        heads, entries, suite = properties[_CASE]
        cell = self.tables[tuple(heads)][tuple(entries)][suite]
        cell.passed += report.passed
        cell.failed += report.failed
        if report.when == "call" and not report.skipped:
            cell.examples += properties.get(EXAMPLES, 1)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print a table per kind of what was tested."""
        if self.tables:
            terminalreporter.section("ignite contracts")
        for heads, rows in self.tables.items():
            for line in _aligned(_cells(heads, rows)):
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


def _aligned(table: list[list[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return [
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True))
        for line in table
    ]


def _markdown(table: list[list[str]]) -> str:
    head, *lines = (f"| {' | '.join(line)} |" for line in table)
    return "\n".join([head, "|" + "---|" * len(table[0]), *lines])
