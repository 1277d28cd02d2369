"""Does one of these functions: programs.py FUNCTION [ARGUMENT]."""

import os
import signal
import sys
import time

import pytest
import torch

import ignite.distributed as idist
from ignite.distributed.interface import (
    BackendUnavailable,
    CollectiveTimeout,
    DistributedError,
    current_backend,
)

SLEEP = 600  # longer than any test may take


def tell(text):
    os.write(1, f"{text}\n".encode())


def raised(kind, call, *args, **kwargs):
    """Return the message of the error that the call raises, of just this kind."""
    with pytest.raises(kind) as caught:
        call(*args, **kwargs)
    assert caught.type is kind
    return str(caught.value)


def place():
    nodes = idist.get_local_rank(), idist.get_nproc_per_node(), idist.get_node_rank()
    return idist.get_rank(), idist.get_world_size(), *nodes, idist.get_nnodes()


# -- in each rank that Parallel starts ----------------------------------------------------


def describe(local_rank, *args, **kwargs):
    assert local_rank == idist.get_local_rank()
    told = {name: os.environ[name] for name in ("RANK", "WORLD_SIZE", "LOCAL_RANK")}
    assert told == {"RANK": f"{idist.get_rank()}", "WORLD_SIZE": "2", "LOCAL_RANK": f"{local_rank}"}
    for report in idist.all_gather(f"{idist.backend()} {place()} {args} {kwargs}"):
        if idist.get_rank() == 0:
            tell(report)


def fail_on_last(local_rank):
    idist.barrier()
    if local_rank == 1:
        raise ValueError("what went wrong")
    idist.barrier()


def exit_on_last(local_rank):
    idist.barrier()
    if local_rank == 1:
        print("rank 1 printed", end="")  # not flushed here
        sys.exit(7)
    idist.barrier()


def die_on_last(local_rank):
    idist.barrier()
    if local_rank == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    idist.barrier()


def stop_gracefully(local_rank):
    stopped = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(1))
    idist.barrier()
    tell("ready")
    while not idist.all_reduce(bool(stopped), "OR"):
        time.sleep(0.02)
    tell(f"saved {local_rank}")


def sleep(local_rank):
    idist.barrier()
    tell("ready")
    time.sleep(SLEEP)


def start(function):
    args, kwargs = ((1,), {"key": torch.ones(1)}) if function == "describe" else ((), {})
    with idist.Parallel(backend="mpi", nproc_per_node=2) as parallel:
        parallel.run(globals()[function], *args, **kwargs)


# -- in each rank that mpirun starts --------------------------------------------------------


def parallel(function):
    with idist.Parallel(backend="mpi", timeout=SLEEP) as parallel:
        parallel.run(globals()[function])


def tell_place():
    idist.initialize("mpi")
    for report in idist.all_gather(str(place())):
        if idist.get_rank() == 0:
            tell(report)


def again():
    for _ in range(3):
        idist.initialize("mpi", timeout=60)
        assert idist.backend() == "mpi"
        group = idist.new_group([0])
        values = torch.full((100_000,), idist.get_rank(), dtype=torch.bfloat16)
        assert idist.all_reduce(values, "MAX").tolist()[:1] == [idist.get_world_size() - 1]
        assert idist.all_reduce(5, group=group) == 5
        used = current_backend()
        assert "already" in raised(DistributedError, idist.initialize, "mpi")
        idist.finalize()
        idist.finalize()
        assert idist.backend() is None
        assert "left" in raised(DistributedError, used.barrier)
    tell("ended well")


def refuse():
    def refused(kind, **options):
        return raised(kind, idist.initialize, "mpi", **options)

    assert "is rank" in refused(ValueError, rank=5, world_size=9)
    assert "mpirun" in refused(ValueError, world_size=9)
    assert "leave it out" in refused(ValueError, init_method="tcp://127.0.0.1:1")
    assert "no option pigeon" in refused(TypeError, pigeon=1)
    assert idist.backend() is None
    idist.initialize("mpi", world_size=2)
    assert "tag" in raised(ValueError, idist.send, 1, 1 - idist.get_rank(), tag=-1)
    idist.barrier()
    tell("ended well")


def in_threads():
    """Operations in the background, in groups, and between two ranks go on at the same time."""
    idist.initialize("mpi", timeout=60)
    rank, size = idist.get_rank(), idist.get_world_size()
    other = (rank + 1) % size
    for turn in range(20):
        handles = [
            idist.all_reduce(torch.ones(300_000), async_op=True),
            idist.all_gather(rank, async_op=True),
            idist.send(turn, other, async_op=True),
            idist.all_reduce(turn, group=[rank], async_op=True),
        ]
        assert idist.recv((rank - 1) % size) == turn
        reduced, gathered, _, own = [handle.wait() for handle in handles]
        assert reduced.unique().tolist() == [size]
        assert (gathered, own) == (list(range(size)), turn)
    tell("ended well")


def fail():
    idist.initialize("mpi", timeout=SLEEP)
    fail_on_last(idist.get_rank())


def fail_amid_collective():
    idist.initialize("mpi", timeout=SLEEP)
    if idist.get_rank() == 1:
        idist.all_reduce(1, async_op=True)
        raise ValueError("what went wrong")
    time.sleep(SLEEP)


def wait_in_vain(operation):
    """The first rank waits for the second, which does something else; nobody hangs at the end."""
    idist.initialize("mpi", timeout=5)
    calls = {
        "barrier": idist.barrier,
        "send": lambda: idist.send(torch.zeros(4_000_000), 1),
        "recv": lambda: idist.recv(1),
        "group": lambda: idist.barrier(group=[0, 1]),
        "background": lambda: idist.all_reduce(1, async_op=True).wait(),
    }
    idist.barrier(group=[0, 2])
    if idist.get_rank() == 0:
        begun = time.monotonic()
        assert "0:00:05" in raised(CollectiveTimeout, calls[operation])
        assert time.monotonic() - begun < SLEEP / 10
        raised(DistributedError, calls[operation])
        tell("told of it")
    else:
        time.sleep(SLEEP)


def come_late():
    if os.environ.get("PMI_RANK", os.environ.get("OMPI_COMM_WORLD_RANK")) == "0":
        time.sleep(SLEEP)
    idist.initialize("mpi", timeout=1)


def find_users_world():
    from mpi4py import MPI

    rank = MPI.COMM_WORLD.rank
    messages = [MPI.COMM_WORLD.irecv(source=MPI.ANY_SOURCE, tag=MPI.ANY_TAG)]  # the user's own
    assert (idist.backend(), idist.get_rank(), idist.get_world_size()) == ("mpi", rank, 2)
    assert idist.all_reduce(rank + 1) == 3
    assert place() == (rank, 2, rank, 2, 0, 1)
    idist.send("ours", 1 - rank, async_op=True)
    assert idist.recv(1 - rank) == "ours"
    MPI.COMM_WORLD.send("theirs", 1 - rank)
    assert messages[0].wait() == "theirs"
    idist.finalize()
    assert idist.backend() == "mpi"  # it was not ours to leave
    idist.initialize("mpi", timeout=60)
    assert current_backend().all_reduce(1) == 2
    idist.finalize()
    idist.initialize("gloo")
    assert idist.get_world_size() == 1
    idist.finalize()
    assert not MPI.Is_finalized()
    MPI.Finalize()
    assert idist.backend() is None
    tell("ended well")


def do_not_find_ones_own():
    idist.initialize("mpi")
    idist.finalize()
    assert "mpi4py.MPI" in sys.modules
    assert idist.backend() is None
    assert idist.get_world_size() == 1
    tell("ended well")


def look_for_backends():
    assert "mpi" in idist.available_backends()
    assert "mpi4py.MPI" not in sys.modules  # which would have joined the world of mpirun
    tell("ended well")


def need_threads():
    import mpi4py

    mpi4py.rc.thread_level = "funneled"
    assert "'multiple'" in raised(BackendUnavailable, idist.initialize, "mpi")
    tell("ended well")


def lack_a_library():
    message = raised(BackendUnavailable, idist.Parallel, "mpi")
    assert "pip install mpi4py mpich" in message
    assert "mpi" not in idist.available_backends()
    tell("ended well")


def wait_idly():
    """A rank that waits for a busy one leaves the core to it."""
    idist.initialize("mpi", timeout=60)
    idist.barrier()
    if idist.get_rank() == 0:
        begun = time.process_time(), time.monotonic()
        idist.barrier()
        used, waited = time.process_time() - begun[0], time.monotonic() - begun[1]
        assert used < waited / 2, (used, waited)
        tell("ended well")
    else:
        time.sleep(2)
        idist.barrier()


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
