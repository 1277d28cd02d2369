"""The summary: what each suite found, per backend and world size."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import pytest

__all__ = ["EXAMPLES", "Table", "note"]

EXAMPLES = "ignite_examples"
"""The property of a test's report that holds the number of its examples."""

_CASE = "ignite_case"


def note(report: pytest.TestReport, item: pytest.Function) -> None:
    """Write into the report which backend, world size and suite it is about."""
    case: Any = item.callspec.params["ignite_case"]
    suite = item.module.__name__.rpartition(".")[2].removeprefix("test_")
    report.user_properties.append((_CASE, [*case, suite]))


@dataclass
class _Cell:
    examples: int = 0
    passed: int = 0
    failed: int = 0

    def __str__(self) -> str:
        if self.failed:
            return f"FAIL {self.failed} of {self.passed + self.failed}"
        return f"pass {self.examples}" if self.passed else "absent"


@dataclass(eq=False)  # by identity, as pytest keeps plugins in sets
class Table:
    """Collects reports and prints them as a table of backends and suites."""

    rows: dict[tuple[str, int], dict[str, _Cell]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(_Cell))
    )

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count one test: its call, or a setup that did not get so far."""
        properties: dict[str, Any] = dict(report.user_properties)
        if _CASE not in properties or (report.when != "call" and report.passed):
            return
        backend, size, suite = properties[_CASE]
        cell = self.rows[backend, size][suite]
        cell.passed += report.passed
        cell.failed += report.failed
        if report.when == "call" and not report.skipped:
            cell.examples += properties.get(EXAMPLES, 1)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the table, if any test was about a backend."""
        if not self.rows:
            return
        suites = list(dict.fromkeys(suite for row in self.rows.values() for suite in row))
        lines = [["backend", "ranks", *suites, "examples"]]
        for (backend, size), row in self.rows.items():
            cells = [str(row[suite]) if suite in row else "-" for suite in suites]
            examples = sum(cell.examples for cell in row.values())
            lines.append([backend, str(size or "-"), *cells, str(examples)])
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        terminalreporter.section("ignite contracts")
        for line in lines:
            terminalreporter.line(
                "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True))
            )
