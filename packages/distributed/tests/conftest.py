import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parent / "scripts"

collect_ignore_glob = ["scripts/*"]  # programs of their own, which have no examples to check


@pytest.fixture
def run_script():
    """Run a script of tests/scripts to its end, as a user would, and kill what it leaves."""

    def run(name, *args, prefix=(), launcher=(), timeout=60, **environment):
        command = [*prefix, sys.executable, *launcher, str(SCRIPTS / name), *map(str, args)]
        process = subprocess.Popen(
            command,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            output, _ = process.communicate(timeout=timeout)
        finally:
            _kill_session(process.pid)
        return subprocess.CompletedProcess(command, process.returncode, output)

    return run


@pytest.fixture
def torchrun():
    return ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2")


@pytest.fixture
def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def _kill_session(pid):
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
