"""Each seeded bug is caught by the properties meant for it, and touches no other suite."""

from __future__ import annotations

from importlib import import_module

import pytest
from backend_bugs import BUGS
from seeded import Seeded

for module in ("backends", "reductions", "moves", "operations", "handles", "in_place"):
    import_module(f"broken_{module}")  # registers its bugs

SEEDED = Seeded(
    "backend_bugs:Faithful",
    BUGS,
    interface="backend",
    control=("test_identity", "test_capabilities"),
    options=("--ignite-world-sizes=2", "--ignite-examples=20", "--ignite-timeout=2"),
)


@pytest.fixture(scope="session")
def outcomes(tmp_path_factory):
    return SEEDED.outcomes(tmp_path_factory.mktemp("backends"))


@pytest.mark.parametrize(
    ("bug", "suite", "test"), [(bug, *test) for bug in BUGS for test in sorted(BUGS[bug])]
)
def test_bug_is_caught_by_its_property(outcomes, bug, suite, test):
    assert outcomes[bug][suite][test]


@pytest.mark.parametrize("bug", BUGS)
def test_bug_leaves_another_suite_alone(outcomes, bug):
    """Also after a hang or a death: the suites share their world."""
    tests = outcomes[bug][SEEDED.control_of(bug)]
    assert tests
    assert not any(tests.values())


def test_every_suite_passes_without_a_bug(outcomes):
    assert set(outcomes[SEEDED.faithful]) == SEEDED.suites
    assert not any(any(tests.values()) for tests in outcomes[SEEDED.faithful].values())


def test_every_property_has_a_bug():
    assert set().union(*BUGS.values()) == SEEDED.properties
