"""Each seeded bug is caught by the property meant for it, and touches no other suite.

The implementation without a bug shares no code with the emitter; it passes every suite.
"""

from __future__ import annotations

from importlib import import_module

import pytest
from bugs import BUGS, FOUND_BY_SEQUENCES
from seeded import Seeded

for module in ("broken_firing", "broken_keeping", "broken_runs"):
    import_module(module)  # registers its bugs


SEEDED = Seeded(
    "bridge:BridgedTrainer",
    BUGS,
    interface="event_source",
    control=("test_interface", "test_order"),
    options=("--ignite-examples=50",),
)
SEQUENCES = "test_state_machine"


@pytest.fixture(scope="session")
def outcomes(tmp_path_factory):
    more = [(bug, SEQUENCES) for bug in FOUND_BY_SEQUENCES]
    return SEEDED.outcomes(tmp_path_factory.mktemp("sources"), more)


@pytest.mark.parametrize("bug", BUGS)
def test_bug_is_caught_by_its_property(outcomes, bug):
    assert all(outcomes[bug][suite][test] for suite, test in BUGS[bug])


@pytest.mark.parametrize("bug", BUGS)
def test_bug_leaves_another_suite_alone(outcomes, bug):
    tests = outcomes[bug][SEEDED.control_of(bug)]
    assert tests
    assert not any(tests.values())


@pytest.mark.parametrize("bug", FOUND_BY_SEQUENCES)
def test_bug_is_found_by_drawn_sequences_too(outcomes, bug):
    assert all(outcomes[bug][SEQUENCES].values())


def test_every_suite_passes_without_a_bug(outcomes):
    assert set(outcomes[SEEDED.faithful]) == SEEDED.suites
    assert not any(any(tests.values()) for tests in outcomes[SEEDED.faithful].values())


def test_every_suite_has_a_bug():
    assert {suite for tests in BUGS.values() for suite, _ in tests} == SEEDED.suites
