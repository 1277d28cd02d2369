"""Which event sources are tested, how, and without what."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest

from ignite.events.interface import EventEmitter
from ignite_contracts.event_source.factory import all_sources, load_source

pytest_plugins = ["pytester"]

INTERFACE = ["--pyargs", "ignite_contracts.suites.event_source.test_interface"]
RUN = ["--pyargs", "ignite_contracts.suites.event_source.test_run"]
EMITTER = "ignite.events.interface:EventEmitter"


@pytest.fixture(autouse=True)
def _importable(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent), prepend=os.pathsep)


@pytest.fixture
def registered(pytester, monkeypatch):
    """Return what installs a package that registers event sources."""

    def registered(package="third-party", **sources):
        info = pytester.mkdir(f"{package.replace('-', '_')}-1.0.dist-info")
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
        lines = "".join(f"{name} = {target}\n" for name, target in sources.items())
        (info / "entry_points.txt").write_text(f"[ignite.events.sources]\n{lines}")
        monkeypatch.setenv("PYTHONPATH", str(pytester.path), prepend=os.pathsep)
        monkeypatch.syspath_prepend(pytester.path)

    return registered


def test_a_source_is_named_by_its_factory_and_fresh_at_each_call():
    new_source = load_source(EMITTER)
    assert type(new_source()) is EventEmitter
    assert new_source() is not new_source()
    assert not new_source.has_loop


def test_a_loop_is_found_by_what_the_factory_gives():
    new_source = load_source("bridge:BridgedTrainer")
    assert new_source.has_loop
    loop = new_source.loop()
    loop.run([1, 2], 3)
    assert (loop.source.state.iteration, loop.source.state.epoch) == (6, 3)


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("carrier-pigeon", ValueError, "Unknown event source 'carrier-pigeon'"),
        ("bridge:Nothing", ValueError, "has no 'Nothing'"),
        ("no_such_module:Source", ImportError, "no_such_module"),
        ("bridge:__doc__", TypeError, "no factory"),
    ],
)
def test_what_is_no_factory_is_refused(pytester, name, error, message):
    with pytest.raises(error, match=message):
        load_source(name)
    result = pytester.runpytest_subprocess(*INTERFACE, f"--ignite-event-source={name}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*--ignite-event-source {name}:*{message}*"])


def test_several_sources_give_a_row_each(pytester):
    result = pytester.runpytest_subprocess(
        *RUN,
        *("-rs", "--ignite-examples=7"),
        *(f"--ignite-event-source={EMITTER},broken_runs:EpochsDoNotEnd",),
        "--ignite-event-source=bridge:BridgedTrainer",
    )
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "event source*run*examples*",
            f"{EMITTER}*absent*0*",
            "broken_runs:EpochsDoNotEnd*FAIL * of *",
            "bridge:BridgedTrainer*pass *",
            f"SKIPPED*{EMITTER} has no loop: *",
        ]
    )


def test_registered_sources_are_tested_unless_some_are_given(pytester, registered):
    registered(
        bridged="bridge:BridgedTrainer", other=EMITTER, absent="no_such_framework.bridge:Bridge"
    )
    result = pytester.runpytest_subprocess(*INTERFACE, "-rs")
    assert result.ret == 0
    result.stdout.fnmatch_lines_random(
        [
            "absent*absent*0*",
            "bridged*pass *",
            "other*pass *",
            "SKIPPED*absent cannot run here: No module named 'no_such_framework'*",
        ]
    )
    result = pytester.runpytest_subprocess(*INTERFACE, "--ignite-event-source=bridged")
    result.stdout.fnmatch_lines(["bridged*pass *"])
    result.stdout.no_fnmatch_line("other*")


def test_two_packages_cannot_register_one_name(registered):
    registered("first", twice="bridge:BridgedTrainer")
    registered("second", twice=EMITTER)
    with pytest.raises(ValueError, match=r"'twice': .*uninstall"):
        all_sources()


def test_without_any_source_the_remedy_is_told(pytester):
    pytester.makeconftest(
        "from ignite_contracts.event_source import selection; selection.all_sources = dict"
    )
    result = pytester.runpytest_subprocess(*INTERFACE, "-rs")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["SKIPPED*give --ignite-event-source*"])


def test_500_sequences_are_drawn_even_where_fewer_examples_are_wanted(pytester):
    result = pytester.runpytest_subprocess(
        *("--pyargs", "ignite_contracts.suites.event_source.test_state_machine"),
        *("--ignite-event-source=bridge:BridgedTrainer", "--ignite-examples=1"),
    )
    result.assert_outcomes(passed=1)
    assert int(re.search(r"state_machine  .*\n.* pass (\d+)", result.stdout.str())[1]) >= 500


WITHOUT_TORCH = """
import sys
import pytest
sys.modules["torch"] = None
status = pytest.main({arguments})
assert not [name for name in sys.modules if name.startswith(("torch.", "ignite.distributed"))]
sys.exit(status)
"""


def run_without_torch(pytester, *arguments):
    code = WITHOUT_TORCH.format(arguments=list(arguments))
    return pytester.run(sys.executable, "-c", code)


def test_the_suites_for_event_sources_need_no_torch(pytester):
    result = run_without_torch(
        pytester,
        *("--pyargs", "ignite_contracts.suites.event_source", "-k", "not any_sequence"),
        *("--ignite-event-source=bridge:BridgedTrainer", "--ignite-examples=2"),
    )
    assert result.ret == 0
    result.stdout.fnmatch_lines(["bridge:BridgedTrainer*pass *"])


def test_the_suites_for_backends_tell_what_they_need(pytester):
    remedy = '*pip install "ignite-contracts[[]backend]"*'
    result = run_without_torch(pytester, "--pyargs", "ignite_contracts.suites.backend")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines([remedy])
    result = run_without_torch(pytester, "--ignite-backend=gloo")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([remedy])
