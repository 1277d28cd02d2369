"""Ranks that are threads of one process, and what a program without torch_xla sees of xla."""

import subprocess
import sys
import threading
from importlib.util import find_spec

import pytest

import ignite.distributed as idist
from ignite.distributed.backends.serial import SerialBackend
from ignite.distributed.interface import BackendUnavailable, current_backend
from ignite.distributed.registry import load_backend

XLA = "ignite.distributed.backends.xla:XlaBackend"


class Replica(SerialBackend):
    """One of several in this process."""

    name = "replica"
    shares_process = True


def in_thread(function):
    results = []
    thread = threading.Thread(target=lambda: results.append(function()))
    thread.start()
    thread.join()
    return results[0]


def test_a_world_of_a_replica_is_that_of_its_context_alone():
    def join_and_leave():
        idist.initialize(f"{__name__}:Replica")
        mine, others = current_backend(), in_thread(current_backend)
        second = in_thread(join_and_leave_inside)
        still = current_backend()
        idist.finalize()
        return mine, others, second, still, current_backend()

    def join_and_leave_inside():
        idist.initialize(f"{__name__}:Replica")
        joined = current_backend()
        idist.finalize()
        idist.finalize()
        return joined

    sys.modules.setdefault(__name__, sys.modules[Replica.__module__])
    mine, others, second, still, after = in_thread(join_and_leave)
    assert (mine.name, second.name) == ("replica", "replica")
    assert mine is still
    assert mine is not second
    assert others.name == after.name == current_backend().name == "serial"


def test_nothing_of_xla_is_imported_before_it_is_used():
    program = (
        "import sys, ignite.distributed as idist; idist.available_backends();"
        "from ignite.distributed.registry import load_backend; "
        f"load_backend('{XLA}');"
        "sys.exit('torch_xla' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


@pytest.mark.skipif(find_spec("torch_xla") is not None, reason="torch_xla is here")
def test_what_is_missing_is_told_with_the_command_that_mends_it():
    with pytest.raises(BackendUnavailable, match=r"pip install torch==2\.9\.0 torch_xla==2\.9\.0"):
        load_backend(XLA).check_available()
    with pytest.raises(BackendUnavailable, match="pip install"):
        idist.Parallel(backend=XLA, nproc_per_node=2)
