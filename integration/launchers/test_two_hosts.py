"""Two hosts: network namespaces with a cable between them, and names of their own."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

NAMES = ("host-0", "host-1")
# Above 127: the order of the addresses decides which rank of two listens for the other.
ADDRESSES = ("192.0.2.1", "192.0.2.2")
PORT = 29512  # nobody else is in there
GLOO = ("--backend=gloo", "--timeout=600")


@pytest.fixture(scope="module")
def hosts():
    """Make two hosts, and return for each what to put before a command to run it there.

    As Debian sets machines up, each name stands for a loopback address on its own host, where
    gloo would listen by itself, and for the true address on the other.
    """
    if os.geteuid() != 0 or shutil.which("ip") is None or shutil.which("unshare") is None:
        pytest.skip("needs root, ip and unshare: apt-get install iproute2 util-linux, run as root")
    spaces = [f"ignite-{os.getpid()}-{number}" for number in range(2)]
    with contextlib.ExitStack() as stack:
        for space in spaces:
            made = subprocess.run(["ip", "netns", "add", space], capture_output=True, text=True)
            if made.returncode != 0:
                pytest.skip(f"needs leave to make network namespaces: {made.stderr.strip()}")
            stack.callback(ip, f"netns del {space}")
        ip(f"link add wire netns {spaces[0]} type veth peer wire netns {spaces[1]}")
        for number, space in enumerate(spaces):
            ip(f"-n {space} addr add {ADDRESSES[number]}/24 dev wire")
            ip(f"-n {space} link set wire up")
            ip(f"-n {space} link set lo up")
            folder = Path("/etc/netns", space)  # which ip lays over /etc there
            folder.mkdir(parents=True)
            stack.callback(shutil.rmtree, folder)
            seen = ["127.0.1.1" if other == number else ADDRESSES[other] for other in range(2)]
            lines = ["127.0.0.1 localhost", *map(" ".join, zip(seen, NAMES, strict=True))]
            (folder / "hosts").write_text("\n".join(lines) + "\n")
        yield [on_host(space, name) for space, name in zip(spaces, NAMES, strict=True)]


def ip(arguments):
    subprocess.run(["ip", *arguments.split()], check=True, timeout=30)


def on_host(space, name):
    named = ["unshare", "--uts", "sh", "-c", f'hostname {name} && exec "$@"', "sh"]
    return ["ip", "netns", "exec", space, *named]


@pytest.mark.parametrize("master", [NAMES[0], ADDRESSES[0]])
def test_torchrun_on_each(start, check, hosts, master):
    torchrun = f"-m torch.distributed.run --nnodes=2 --master-addr={master} --master-port={PORT}"
    check_both(
        check,
        [
            start(*GLOO, launcher=(*torchrun.split(), f"--node-rank={rank}"), prefix=prefix)
            for rank, prefix in enumerate(hosts)
        ],
    )


def test_new_processes_on_each(start, check, hosts):
    place = f"--nproc-per-node=1 --nnodes=2 --master-addr={NAMES[0]} --master-port={PORT}"
    arguments = (*GLOO, *place.split(), "--start-method=fork")
    check_both(
        check,
        [
            start(*arguments, f"--node-rank={rank}", prefix=prefix)
            for rank, prefix in enumerate(hosts)
        ],
    )


def check_both(check, nodes):
    ended = [node.finish() for node in nodes]
    check([report for node in ended for report in node.reports], [1, 1])
    assert [node.status for node in ended] == [0, 0], [node.output for node in ended]
