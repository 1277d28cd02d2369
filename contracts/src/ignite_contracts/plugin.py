"""The pytest plugin: options, the ``world`` fixture, the summary table.

Loaded in every pytest run of an environment that has the package, so it imports
neither torch nor hypothesis before a test asks for a world.
"""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING

import pytest

from ignite_contracts._namespace import foreign_ignite
from ignite_contracts._table import Table, note

if TYPE_CHECKING:
    from ignite_contracts.world import World

Case = tuple[str, int]
"""A backend and a world size."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options, all of which only matter to tests that ask for a world."""
    group = parser.getgroup("ignite", "contracts of ignite's distributed backends")
    group.addoption(
        "--ignite-backend",
        action="append",
        default=[],
        metavar="NAME",
        help="a registered backend, or module:Class; several with commas or by repeating the "
        "option (default: every registered backend)",
    )
    group.addoption(
        "--ignite-world-sizes",
        type=_sizes,
        default=[1, 2, 3],
        metavar="N,N",
        help="numbers of ranks, as far as the backend can run them (default: 1,2,3)",
    )
    group.addoption(
        "--ignite-examples",
        type=_count,
        default=100,
        metavar="N",
        help="drawn examples per property and world (default: 100)",
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
    """Refuse to run where another distribution owns ``ignite``, or without the backends."""
    path = foreign_ignite()
    if path is not None:
        raise pytest.UsageError(
            f"{path} makes 'ignite' a regular package, which hides or half overwrites the "
            "packages ignite.*; remove its owner (pip uninstall pytorch-ignite), or that file, "
            "then reinstall the ignite-* packages."
        )
    if config.getoption("ignite_backend"):
        from ignite_contracts._selection import backends

        backends(config)
    config.pluginmanager.register(Table(), "ignite-contracts-table")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for our ``world`` once per backend and world size."""
    if "ignite_case" in metafunc.fixturenames:
        from ignite_contracts._selection import cases

        metafunc.parametrize("ignite_case", cases(metafunc.config), indirect=True, scope="session")


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


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
    call: pytest.CallInfo[None],
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note the case in the report; after a failure let the next test begin with new ranks."""
    report = yield
    if isinstance(item, pytest.Function) and "ignite_case" in item.fixturenames:
        note(report, item)
        if report.failed:
            from ignite_contracts.world import World

            for value in item.funcargs.values():
                if isinstance(value, World):
                    value.kill()
    return report
