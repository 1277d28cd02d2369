"""Which cases a run tests: modules with ``CASES``, named or registered."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType

import pytest

from ignite_contracts.metric.case import MetricCase

__all__ = ["GROUP", "NamedCase", "all_cases", "check_given", "load_case", "parameters"]

GROUP = "ignite.metrics.cases"


@dataclass(frozen=True)
class NamedCase:
    """A case, and where it comes from.

    Attributes:
        source: a module, or the path of a file or folder.
        name: the key of the case in ``CASES``.
        case: what it says.
    """

    source: str
    name: str
    case: MetricCase

    def __repr__(self) -> str:
        return f"load_case({self.source!r}, {self.name!r})"

    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return load_case, (self.source, self.name)


def load_case(source: str, name: str) -> NamedCase:
    """Return a case by its name."""
    return NamedCase(source, name, _cases_of(source)[name])


def all_cases(sources: list[str]) -> dict[str, NamedCase]:
    """Return the cases of modules or paths, or of all that are registered, by name.

    Raises:
        ImportError: there is no such module, or what it needs is not installed.
        ValueError: it has no ``CASES``, or two cases have one name.
    """
    found: dict[str, NamedCase] = {}
    for source in sources or sorted({entry.value for entry in entry_points(group=GROUP)}):
        for name in _cases_of(source):
            if name in found:
                raise ValueError(f"{source} and {found[name].source} both have a case {name!r}.")
            found[name] = load_case(source, name)
    return found


def check_given(config: pytest.Config) -> None:
    """Refuse what is named on the command line and cannot be loaded.

    Raises:
        pytest.UsageError: it says which, and why.
    """
    try:
        all_cases(_given(config))
    except (ValueError, ImportError) as error:
        raise pytest.UsageError(f"--ignite-metrics: {error}") from error


def parameters(config: pytest.Config) -> list[object]:
    """Return one parameter per case."""
    found = all_cases(_given(config))
    if not found:
        reason = f"give --ignite-metrics, or register a module under {GROUP}"
        return [pytest.param(None, id="none", marks=pytest.mark.skip(reason=reason))]
    return [pytest.param(case, id=name) for name, case in found.items()]


def _given(config: pytest.Config) -> list[str]:
    given: list[str] = config.getoption("ignite_metrics")
    return [source for text in given for source in text.split(",")]


@cache
def _cases_of(source: str) -> Mapping[str, MetricCase]:
    path = Path(source)
    if path.is_dir():
        of_files = [_cases_of(str(file)) for file in sorted(path.glob("[!_]*.py"))]
        names = [name for cases in of_files for name in cases]
        if doubled := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"{source} has several cases called {', '.join(sorted(doubled))}.")
        return {name: case for cases in of_files for name, case in cases.items()}
    module = _loaded(path) if path.suffix == ".py" else import_module(source)
    cases = getattr(module, "CASES", None)
    if not isinstance(cases, Mapping):
        raise ValueError(f"{source} has no CASES: a mapping of names to MetricCase.")
    return cases


def _loaded(path: Path) -> ModuleType:
    name = f"ignite_metric_cases_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise ImportError(f"There is no file {path}.")
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
