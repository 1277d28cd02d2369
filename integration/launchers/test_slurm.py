"""A real SLURM of two nodes on this machine, started and ended here."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sysconfig
import time
from pathlib import Path

import pytest

from ignite.distributed._slurm_lists import expand_hosts

NEEDED = ("munged", "slurmctld", "slurmd", "srun", "unshare")
GLOO = ("--backend=gloo", "--timeout=600")
SRUN = ("srun", "--kill-on-bad-exit=1")

CONFIGURATION = """
ClusterName=test
SlurmctldHost=localhost
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.sock
SlurmctldPort={ports[0]}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool.%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.%n.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/builtin
MpiDefault=none
ReturnToService=2
KillWait=2
SlurmdParameters=config_overrides
NodeName=n[0-1] NodeHostname=localhost NodeAddr=127.0.0.1 Port=[{ports[1]}-{ports[2]}] CPUs=4
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""

# A process namespace of their own: with its first process all of them end, jobs included.
APART = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]

DAEMONS = """
cd {folder} && mount --bind hosts /etc/hosts
munged --foreground --force --key-file=$PWD/munge.key --socket=$PWD/munge.sock \\
    --pid-file=$PWD/munge.pid --log-file=$PWD/munge.log --seed-file=$PWD/munge.seed &
while ! [ -S munge.sock ]; do sleep 0.02; done
slurmctld -D -c & slurmd -D -N n0 & slurmd -D -N n1 & wait
"""


@pytest.fixture(scope="module")
def slurm(tmp_path_factory):
    """Start the cluster, and return the variable by which its commands find it."""
    lacking = [name for name in NEEDED if shutil.which(name) is None]
    if lacking:
        pytest.skip(
            f"needs {', '.join(lacking)}: apt-get install --no-install-recommends slurmctld "
            "slurmd slurm-client munge util-linux"
        )
    made = subprocess.run([*APART, "true"], capture_output=True, text=True)
    if made.returncode != 0:
        pytest.skip(f"needs root, with leave to make namespaces: {made.stderr.strip()}")
    folder = tmp_path_factory.mktemp("slurm")
    (folder / "state").mkdir()
    (folder / "munge.key").write_bytes(os.urandom(1024))
    (folder / "munge.key").chmod(0o600)
    (folder / "hosts").write_text(f"127.0.0.1 localhost n0 n1 {socket.gethostname()}\n")
    configuration = CONFIGURATION.format(folder=folder, ports=free_ports())
    (folder / "slurm.conf").write_text(configuration)
    environment = {"SLURM_CONF": str(folder / "slurm.conf")}
    with (folder / "daemons.log").open("w") as log:
        daemons = subprocess.Popen(
            [*APART, "sh", "-c", DAEMONS.format(folder=folder)],
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            wait_until_idle(environment, folder / "daemons.log")
            yield environment
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(daemons.pid, signal.SIGKILL)
            daemons.wait()


def free_ports():
    """Return three ports, of which the last two follow one another."""
    while True:
        with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
            bind = socket.create_server
            first, second = (stack.enter_context(bind(("127.0.0.1", 0))) for _ in range(2))
            port = second.getsockname()[1]
            stack.enter_context(bind(("127.0.0.1", port + 1)))
            return first.getsockname()[1], port, port + 1


def wait_until_idle(environment, log, seconds=30):
    deadline = time.monotonic() + seconds
    while ask(environment, "sinfo", "--noheader", "--format=%T %D") != "idle 2\n":
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)


def ask(environment, *command):
    return subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=30
    ).stdout


@pytest.mark.parametrize(
    ("options", "sizes"),
    [("--nodes=2 --ntasks-per-node=2", [2, 2]), ("--nodes=2 --ntasks=3", [2, 1])],
    ids=["two nodes", "of unequal size"],
)
def test_tasks_of_srun(start, check, slurm, options, sizes):
    ended = start(*GLOO, prefix=(*SRUN, *options.split()), **slurm).finish()
    check(ended.reports, sizes, backend="gloo")
    for report in ended.reports:  # the same as under torchrun
        told = {"RANK": str(report["rank"]), "LOCAL_RANK": str(report["local_rank"])}
        assert report["environment"] == told
    assert ended.status == 0, ended.output


def test_tasks_of_srun_that_are_ranks_of_mpi(start, check, slurm):
    if not Path(sysconfig.get_path("scripts"), "mpichversion").exists():
        pytest.skip("needs an MPI that speaks PMI-2, as srun does: pip install mpi4py mpich")
    mpi, options = "--backend=mpi", ("--nodes=2", "--ntasks=3")
    ended = start(mpi, prefix=(*SRUN, "--mpi=pmi2", *options), **slurm).finish()
    check(ended.reports, [2, 1], backend="mpi")
    assert ended.status == 0, ended.output
    ended = start(mpi, prefix=(*SRUN, *options), **slurm).finish()
    assert "srun --mpi=pmi2" in ended.output
    assert ended.status != 0


def test_torchrun_as_the_task_of_each_node(start, check, slurm, port):
    torchrun = "-m torch.distributed.run --nnodes=2 --nproc-per-node=1 --rdzv-backend=c10d"
    meeting = ("--rdzv-id=x", f"--rdzv-endpoint=localhost:{port}")
    nodes = (*SRUN, "--nodes=2", "--ntasks-per-node=1")
    ended = start(*GLOO, launcher=(*torchrun.split(), *meeting), prefix=nodes, **slurm).finish()
    check(ended.reports, [1, 1])
    assert ended.status == 0, ended.output


def test_a_task_that_fails_ends_the_step(start, slurm):
    arguments = (*GLOO, "--misbehaviour=fail_amid_collective", "--others-are-busy")
    ended = start(*arguments, prefix=(*SRUN, "--nodes=2", "--ntasks=2"), **slurm).finish()
    assert ended.status != 0
    assert ended.output.count("ValueError: what went wrong") == 1
    assert not ended.reports


@pytest.mark.parametrize(
    ("options", "variables", "message"),
    [
        ("--ntasks=2", {"RANK": "0"}, "contradict each other: RANK=0 (SLURM: 1)"),
        ("--ntasks=3 --distribution=cyclic", {}, "srun --distribution=block"),
    ],
    ids=["RANK set by hand", "ranks dealt out to the nodes in turn"],
)
def test_what_does_not_fit_is_told_at_once(start, slurm, options, variables, message):
    prefix = (*SRUN, "--nodes=2", *options.split())
    ended = start(*GLOO, prefix=prefix, **slurm, **variables).finish()
    assert ended.status != 0
    assert message in ended.output


@pytest.mark.parametrize(
    "text", ["n[0-3,7],login1", "rack[0-1]n[09-11]", "gpu-a[1-2]b[01-02],x", "n[001-003,010]"]
)
def test_hosts_are_those_of_scontrol(slurm, text):
    assert ask(slurm, "scontrol", "show", "hostnames", text).split() == expand_hosts(text)
