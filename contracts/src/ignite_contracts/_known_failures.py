"""Failures that are known do not fail a run; once one passes, its entry must go."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Collection
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ignite_contracts._tested import Tested, tested_by

__all__ = ["KnownFailures", "is_known_failure"]

_OPTION = "--ignite-known-failures"
_PROBLEM = "ignite_known_failures"
_FORMAT = (
    "give a table for each backend or event source, "
    'of lines "suite::test" = "the reason why it fails"'
)


class _Entry(NamedTuple):
    """A line of the file: the implementation, and ``suite::test``."""

    name: str
    key: str

    @classmethod
    def of(cls, tested: Tested) -> _Entry:
        return cls(tested.entries[0], f"{tested.suite}::{tested.test}")


def is_known_failure(report: pytest.TestReport) -> bool:
    """Return whether a test failed that was expected to."""
    return report.skipped and hasattr(report, "wasxfail")


class KnownFailures:
    """Marks the tests that a file names, and finds the entries that are not needed any more.

    Args:
        path: a TOML file with a table for each backend or event source, of reasons by
            ``"suite::test"``.

    Raises:
        pytest.UsageError: there is no such file, or it says something else.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._reasons = _read(path)
        self._passed: dict[_Entry, list[bool]] = defaultdict(list)

    @pytest.hookimpl(trylast=True)  # when it is settled what runs
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Expect the failures, each of which must be one of a test that is to run."""
        selected: dict[_Entry, list[pytest.Item]] = defaultdict(list)
        for item in items:
            if tested := tested_by(item):
                selected[_Entry.of(tested)].append(item)
        for entry, reason in self._reasons.items():
            if entry not in selected:
                problem = f"{_OPTION} {self._path}: {_unknown(entry, selected)}"
                if not hasattr(config, "workeroutput"):
                    raise pytest.UsageError(problem)
                config.workeroutput[_PROBLEM] = problem  # a worker of pytest-xdist
                items.clear()
                return
            for item in selected[entry]:
                item.add_marker(pytest.mark.xfail(reason=reason, strict=False))

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Refuse, where pytest-xdist runs the tests, what one of its workers found."""
        problem = getattr(node, "workeroutput", {}).get(_PROBLEM)
        if problem is not None:
            raise pytest.UsageError(problem)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note whether a test that was expected to fail did."""
        tested = Tested.read(report)
        if tested and hasattr(report, "wasxfail"):
            self._passed[_Entry.of(tested)].append(report.passed)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail a run in which an entry was not needed."""
        if self._stale() and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Name the entries to delete."""
        if stale := self._stale():
            terminalreporter.section("stale known failures", red=True)
        for name, key in stale:
            terminalreporter.line(
                f'ERROR {self._path}: delete "{key}" from ["{name}"]; it passed in each of '
                f"{len(self._passed[_Entry(name, key)])} cases that ran",
                red=True,
            )

    def _stale(self) -> list[_Entry]:
        return [
            entry for entry in self._reasons if self._passed[entry] and all(self._passed[entry])
        ]


def _read(path: Path) -> dict[_Entry, str]:
    toml = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    try:
        tables: dict[str, Any] = toml.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, toml.TOMLDecodeError) as error:
        raise pytest.UsageError(f"{_OPTION} {path}: {error}") from error
    reasons = {}
    for name, table in tables.items():
        if not isinstance(table, dict):
            raise pytest.UsageError(f"{_OPTION} {path}: {_FORMAT}; {name} is something else.")
        for key, reason in table.items():
            if not isinstance(reason, str) or not reason:
                raise pytest.UsageError(
                    f"{_OPTION} {path}: {_FORMAT}; [{name}] {key} is something else."
                )
            reasons[_Entry(name, key)] = reason
    return reasons


def _unknown(entry: _Entry, selected: Collection[_Entry]) -> str:
    known = {name for name, _ in selected}
    if entry.name not in known:
        return f'["{entry.name}"] is not tested in this run{_close(entry.name, known)}.'
    keys = {key for name, key in selected if name == entry.name}
    return f'"{entry.key}" in ["{entry.name}"] names no test of this run{_close(entry.key, keys)}.'


def _close(text: str, known: Collection[str]) -> str:
    close = get_close_matches(text, sorted(known), cutoff=0.5)
    return f"; close to it: {', '.join(close)}" if close else ""
