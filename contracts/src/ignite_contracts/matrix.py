"""``python -m ignite_contracts.matrix REPORT ...``: several runs' reports as one matrix.

What was tested goes across, the suites down; under the matrix stands why a suite is absent.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from ignite_contracts._table import Cell, aligned

__all__ = ["main", "matrix"]


def matrix(reports: Mapping[str, Iterable[Mapping[str, Any]]]) -> str:
    """Return the matrix of what reports say, as lines of text.

    Args:
        reports: the entries of each ``report.json``, by a name that tells it from the others
            if they are about the same implementation.
    """
    columns: dict[str, dict[str, Cell]] = {}
    for name, found in reports.items():
        for entry in found:
            title = " ".join(entry["tested"].values())
            cells = columns.setdefault(f"{title} ({name})" if title in columns else title, {})
            cells.update((suite, Cell(**cell)) for suite, cell in entry["suites"].items())
    suites = list(dict.fromkeys(suite for cells in columns.values() for suite in cells))
    reasons: dict[str, int] = {}
    lines = [["", *columns]]
    for suite in suites:
        line = [suite]
        for cells in columns.values():
            cell = cells.get(suite)
            text = "-" if cell is None else str(cell)
            if cell is not None and text == "absent":
                notes = [reasons.setdefault(why, len(reasons) + 1) for why in cell.reasons]
                text += "".join(f" [{note}]" for note in notes)
            line.append(text)
        lines.append(line)
    examples = [sum(cell.examples for cell in cells.values()) for cells in columns.values()]
    lines.append(["examples", *map(str, examples)])
    return "\n".join([*aligned(lines), *(f"[{note}] {why}" for why, note in reasons.items())])


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the matrix, and return 1 if there is a failure in it."""
    parser = argparse.ArgumentParser(
        prog="python -m ignite_contracts.matrix",
        description="Show the reports of several runs, left by --ignite-report, as one matrix.",
    )
    parser.add_argument("report", nargs="+", type=Path, help="a folder, or a report.json")
    paths = parser.parse_args(arguments).report
    found: dict[str, Any] = {}
    for path in paths:
        file = path / "report.json" if path.is_dir() else path
        try:
            found[file.parent.name] = json.loads(file.read_text())
        except (OSError, ValueError) as error:
            parser.error(f"{file} is no report ({error}); leave one with --ignite-report={path}")
    sys.stdout.write(f"{matrix(found)}\n")
    entries = chain.from_iterable(found.values())
    return int(any(cell["failed"] for entry in entries for cell in entry["suites"].values()))


if __name__ == "__main__":
    sys.exit(main())
