"""Real processes: how they start, how they end, and what the parent makes of it."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent / "scripts" / "launch.py"


@pytest.fixture
def start():
    """Start two ranks, and return their parent once both have got into the function."""
    with contextlib.ExitStack() as stack:

        def started(function):
            parent = stack.enter_context(_script(function, "fork"))
            stack.callback(_end_session, parent.pid)
            for _ in range(2):
                assert parent.stdout.readline() == "ready\n"
            return parent

        yield started


def _script(*args):
    return subprocess.Popen(
        [sys.executable, str(SCRIPT), *args],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def _end_session(pid):
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


@pytest.mark.parametrize("start_method", ["spawn", "fork"])
def test_new_processes(run_script, start_method):
    result = run_script("launch.py", "describe", start_method)
    lines = [f"gloo ({rank}, 2, 0, 1) (1,) {{'key': 'value'}}" for rank in range(2)]
    assert result.stdout.splitlines() == lines
    assert result.returncode == 0


def test_a_new_process_ends_in_good_order(run_script):
    result = run_script("launch.py", "exit_in_good_order", "spawn")
    assert result.returncode == 7
    for rank in range(2):
        assert f"rank {rank} left" in result.stdout
        assert f"rank {rank} printed" in result.stdout


def test_torchrun_and_its_restarts(run_script, torchrun):
    result = run_script("launch.py", "restart_once", launcher=(*torchrun, "--max-restarts=1"))
    assert result.returncode == 0, result.stdout
    for rank in range(2):
        assert f"gloo ({rank}, 2, 0, 1) ('attempt 1',) {{}}" in result.stdout
    assert "'attempt 0'" not in result.stdout


def test_nodes(free_port):
    """Two nodes on one machine, each started by hand."""
    master = ("nnodes=2", "master_addr=127.0.0.1", f"master_port={free_port}")
    with contextlib.ExitStack() as stack:
        nodes = [
            stack.enter_context(_script("describe", "fork", *master, f"node_rank={node}"))
            for node in range(2)
        ]
        outputs = [node.communicate(timeout=60)[0] for node in nodes]
    places = [(0, 4, 0, 2), (1, 4, 0, 2), (2, 4, 1, 2), (3, 4, 1, 2)]
    lines = [f"gloo {place} (1,) {{'key': 'value'}}" for place in places]
    assert outputs[0].splitlines() == lines
    assert [node.returncode for node in nodes] == [0, 0]


def test_the_first_failure_is_shown_once_and_last(run_script):
    result = run_script("launch.py", "raise_on_last", "fork")
    assert result.returncode == 1
    assert result.stdout.rstrip().endswith("ValueError: what went wrong")
    assert result.stdout.count("ValueError: ") == 1
    assert "DistributedError" not in result.stdout


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_the_ranks_stop_in_good_order(start, signum):
    parent = start("stop_gracefully")
    parent.send_signal(signum)
    output, _ = parent.communicate(timeout=30)
    assert sorted(output.splitlines()) == ["saved 0", "saved 1"]
    assert parent.returncode == 128 + signum


def test_ranks_that_do_not_care_die_of_it(start):
    parent = start("sleep")
    os.killpg(parent.pid, signal.SIGINT)  # as a terminal does
    _assert_all_end(parent)
    assert parent.returncode == 128 + signal.SIGINT


def test_a_second_interrupt_kills(start):
    parent = start("ignore")
    parent.send_signal(signal.SIGINT)
    with pytest.raises(subprocess.TimeoutExpired):
        parent.wait(timeout=0.5)
    parent.send_signal(signal.SIGINT)
    _assert_all_end(parent)
    assert parent.returncode == 128 + signal.SIGINT


def test_ranks_end_with_their_parent(start):
    parent = start("sleep")
    parent.kill()
    _assert_all_end(parent)


def _assert_all_end(parent):
    """The parent and its ranks end: all of them hold the pipe that this reads to its end."""
    parent.communicate(timeout=10)
