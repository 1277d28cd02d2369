"""The pytest plugin: options, the fixtures of what is under test, the summary table.

Loaded in every pytest run of an environment that has the package, so it imports
neither torch nor hypothesis, nor anything of ``ignite``, before a test asks for one.
"""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ignite_contracts._known_failures import KnownFailures, is_known_failure
from ignite_contracts._namespace import foreign_ignite
from ignite_contracts._table import Table
from ignite_contracts._tested import tested_by
from ignite_contracts.scripts import SCRIPT

if TYPE_CHECKING:
    from ignite_contracts.event_source.factory import Loop, NewSource
    from ignite_contracts.metric.selection import NamedCase
    from ignite_contracts.world import World

Case = tuple[str, int]
"""A backend and a world size."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options, all of which only matter to tests that ask for what they name."""
    group = parser.getgroup("ignite", "contracts of ignite's interfaces")
    group.addoption(
        "--ignite-backend",
        action="append",
        default=[],
        metavar="NAME",
        help="a registered backend, or module:Class; several with commas or by repeating the "
        "option (default: every registered backend)",
    )
    group.addoption(
        "--ignite-event-source",
        action="append",
        default=[],
        metavar="NAME",
        help="a registered event source, or module:factory; several with commas or by repeating "
        "the option (default: every registered one)",
    )
    group.addoption(
        "--ignite-metrics",
        action="append",
        default=[],
        metavar="SOURCE",
        help="a module with CASES, or the path of a file or folder of such; several with commas "
        "or by repeating the option (default: every registered one)",
    )
    group.addoption(
        "--ignite-world-sizes",
        type=_sizes,
        default=[1, 2, 3, 4],
        metavar="N,N",
        help="numbers of ranks, as far as the backend can run them (default: 1,2,3,4)",
    )
    group.addoption(
        "--ignite-examples",
        type=_count,
        default=100,
        metavar="N",
        help="drawn examples per property, and per world (default: 100)",
    )
    group.addoption(
        "--ignite-report",
        metavar="FOLDER",
        help="where to leave the summary as report.json and report.md (default: nowhere)",
    )
    group.addoption(
        "--ignite-known-failures",
        type=Path,
        metavar="FILE",
        help="a TOML file of failures to expect, by backend or event source (default: none)",
    )
    group.addoption(
        "--ignite-timeout",
        type=_seconds,
        default=10.0,
        metavar="SECONDS",
        help="how long a call may wait for the other ranks (default: 10)",
    )


def _sizes(text: str) -> list[int]:
    return sorted({_count(part) for part in text.split(",")})


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return seconds


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to run where another distribution owns ``ignite``, or without what is named."""
    path = foreign_ignite()
    if path is not None:
        raise pytest.UsageError(
            f"{path} makes 'ignite' a regular package, which hides or half overwrites the "
            "packages ignite.*; remove its owner (pip uninstall pytorch-ignite), or that file, "
            "then reinstall the ignite-* packages."
        )
    if config.getoption("ignite_backend"):
        try:
            import ignite_contracts.suites.backend  # noqa: F401 - says what is missing
        except ImportError as error:
            raise pytest.UsageError(str(error)) from error
        from ignite_contracts._selection import backends

        backends(config)
    if config.getoption("ignite_event_source"):
        from ignite_contracts.event_source.selection import check_given

        check_given(config)
    if config.getoption("ignite_metrics"):
        from ignite_contracts.metric import selection

        selection.check_given(config)
    known_failures = config.getoption("ignite_known_failures")
    if known_failures is not None:
        config.pluginmanager.register(KnownFailures(known_failures), "ignite-known-failures")
    config.pluginmanager.register(Table(), "ignite-contracts-table")
    config.addinivalue_line("markers", "xdist_group(name): what pytest-xdist keeps in one process")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test once per backend and world size, or once per event source, as it asks for."""
    if "ignite_case" in metafunc.fixturenames:
        from ignite_contracts._selection import cases

        metafunc.parametrize("ignite_case", cases(metafunc.config), indirect=True, scope="session")
    if "ignite_metric" in metafunc.fixturenames:
        from ignite_contracts.metric import selection

        metrics = selection.parameters(metafunc.config)
        # Of a narrower scope than the worlds, for pytest then keeps tests of one world together.
        metafunc.parametrize("ignite_metric", metrics, indirect=True, scope="function")
    if "ignite_source" in metafunc.fixturenames:
        from ignite_contracts.event_source.selection import parameters

        sources = parameters(metafunc.config)
        metafunc.parametrize("ignite_source", sources, indirect=True, scope="session")


@pytest.fixture(scope="session")
def ignite_case(request: pytest.FixtureRequest) -> Case:
    """The backend and the world size under test."""
    case: Case = request.param
    return case


@pytest.fixture(scope="session")
def world(ignite_case: Case, pytestconfig: pytest.Config) -> Iterator[World]:
    """A persistent world of ranks of the backend under test, which check that they agree."""
    yield from _world(ignite_case, pytestconfig, checks=True)


@pytest.fixture(scope="session")
def unchecked(ignite_case: Case, pytestconfig: pytest.Config) -> Iterator[World]:
    """The same without the checks, as in production: they also hold the ranks together."""
    yield from _world(ignite_case, pytestconfig, checks=False)


def _world(case: Case, config: pytest.Config, *, checks: bool) -> Iterator[World]:
    from ignite_contracts.world import World

    with World(*case, config.getoption("ignite_timeout"), checks=checks) as world:
        world.start()  # once, so that a backend that cannot start is not tried per test
        yield world


@pytest.fixture
def ignite_metric(request: pytest.FixtureRequest) -> NamedCase:
    """The metric under test, as its author describes it."""
    named: NamedCase = request.param
    return named


@pytest.fixture(scope="session")
def ignite_source(request: pytest.FixtureRequest) -> str:
    """The name of the event source under test."""
    name: str = request.param
    return name


@pytest.fixture(scope="session")
def new_source(ignite_source: str) -> NewSource:
    """Give a fresh event source of the implementation under test at each call."""
    from ignite_contracts.event_source.factory import load_source

    return load_source(ignite_source)


@pytest.fixture(scope="session")
def new_loop(new_source: NewSource) -> Callable[[], Loop]:
    """Give a fresh event source with its loop; skips where it has none."""
    if not new_source.has_loop:
        pytest.skip(f"{new_source.name} has no loop: its factory gives an event source alone")
    return new_source.loop


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
    call: pytest.CallInfo[None],
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tell what was tested, and how to see a failure again, for which the next has new ranks."""
    report = yield
    show = getattr(report.longrepr, "addsection", None)
    if show is not None and call.when == "call" and SCRIPT in item.stash:
        show("a script that shows it", item.stash[SCRIPT])
    tested = tested_by(item)
    if tested is None:
        return report
    tested.note(report)
    if "backend" in tested.heads and (report.failed or is_known_failure(report)):
        from ignite_contracts.world import World

        for value in item.funcargs.values():  # type: ignore[attr-defined]
            if isinstance(value, World):
                value.kill()
    return report
