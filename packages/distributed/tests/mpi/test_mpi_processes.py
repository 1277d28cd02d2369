"""Ranks that ``Parallel`` starts by mpiexec: how they start, and how they end."""

import contextlib
import signal
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import ignite.distributed as idist
from ignite.distributed.interface import BackendUnavailable, DistributedError

PROGRAMS = Path(__file__).parent / "scripts" / "programs.py"


@pytest.fixture
def begin():
    """Start two ranks, and return their parent once both have got into the function."""
    with contextlib.ExitStack() as stack:

        def begun(function):
            command = [sys.executable, str(PROGRAMS), "start", function]
            pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE}
            parent = stack.enter_context(
                subprocess.Popen(command, **pipes, stderr=subprocess.STDOUT, text=True)
            )
            stack.callback(parent.kill)
            for _ in range(2):
                assert parent.stdout.readline() == "ready\n"
            return parent

        yield begun


def test_new_processes(run):
    result = run("start", "describe")
    lines = [f"mpi ({rank}, 2, {rank}, 2, 0, 1) (1,) {{'key': tensor([1.])}}" for rank in range(2)]
    assert result.stdout.splitlines() == lines
    assert result.returncode == 0


def test_the_first_failure_is_shown_once_and_last(run):
    result = run("start", "fail_on_last")
    assert result.returncode == 1
    assert result.stdout.rstrip().endswith("ValueError: what went wrong")
    assert result.stdout.count("ValueError: ") == 1
    assert "ProcessRaisedException: the rank with local_rank 1 raised" in result.stdout


def test_the_status_of_a_rank_is_that_of_its_parent(run):
    result = run("start", "exit_on_last")
    assert result.returncode == 7, result.stdout
    assert "rank 1 printed" in result.stdout


def test_a_rank_that_is_killed(run):
    result = run("start", "die_on_last")
    assert result.returncode == 1
    assert "ProcessExitedException" in result.stdout
    assert result.stdout.rstrip().endswith("was killed by SIGKILL")


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_the_ranks_stop_in_good_order(begin, signum):
    parent = begin("stop_gracefully")
    parent.send_signal(signum)
    output, _ = parent.communicate(timeout=60)
    assert sorted(output.splitlines()) == ["saved 0", "saved 1"]
    assert parent.returncode == 128 + signum


def test_ranks_end_with_their_parent(begin):
    parent = begin("sleep")
    parent.kill()
    parent.communicate(timeout=60)  # all hold the pipe that this reads to its end


def function(local_rank):
    raise AssertionError("it must not be called")


def refused(kind, remedy, function=function, **options):
    parallel = idist.Parallel(backend="mpi", nproc_per_node=2, **options)
    with parallel, pytest.raises(kind, match=remedy):
        parallel.run(function)


@pytest.mark.parametrize(
    ("options", "remedy"),
    [
        ({"nnodes": 2, "node_rank": 0, "init_method": "tcp://127.0.0.1:1"}, "mpirun or srun"),
        ({"init_method": "tcp://127.0.0.1:1"}, "leave master_addr, master_port and init_method"),
        ({"master_port": 1}, "leave master_addr, master_port and init_method"),
    ],
)
def test_what_mpiexec_does_not_take(options, remedy):
    refused(ValueError, remedy, **options)


@pytest.mark.parametrize("name", ["PMI_RANK", "PMIX_RANK"])
def test_a_rank_of_mpirun_starts_no_others(monkeypatch, name):
    monkeypatch.setenv(name, "0")
    refused(ValueError, "leave it out")


def test_a_function_that_cannot_be_sent():
    refused(TypeError, "at the top of a module", lambda local_rank: None)


def test_without_mpiexec(monkeypatch, tmp_path):
    monkeypatch.setattr(sysconfig, "get_path", lambda name: str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    refused(BackendUnavailable, "pip install mpich")


def test_an_mpiexec_that_cannot_start_ranks(monkeypatch, tmp_path, capfd):
    program = tmp_path / "mpiexec"
    program.write_text("#!/bin/sh\necho no leave to start anything >&2\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setattr(sysconfig, "get_path", lambda name: str(tmp_path))
    refused(DistributedError, f"{program} ended with status 3")
    assert capfd.readouterr().err == "no leave to start anything\n"
