"""What two ranks see when they work together, and when one does something else."""

import multiprocessing
import os
import signal
import sys
import threading
import time

import pytest
import torch
from torch.multiprocessing import ProcessExitedException, ProcessRaisedException

import ignite.distributed as idist
from ignite.distributed.interface import (
    CollectiveMismatch,
    CollectiveTimeout,
    DistributedError,
    current_backend,
)


def raised(kind, call, *args, **kwargs):
    """Return the message of the error that the call raises, of just this kind."""
    with pytest.raises(kind) as caught:
        call(*args, **kwargs)
    assert caught.type is kind
    return str(caught.value)


def unpicklable(local_rank):
    value = (lambda: 0) if local_rank == 1 else 1
    for operation, kwargs in ((idist.all_gather, {}), (idist.broadcast, {"src": 1})):
        message = raised(TypeError, operation, value, **kwargs)
        assert "rank 1" in message
        assert "pickled" in message
    assert idist.all_gather(local_rank) == [0, 1]


def unlike(local_rank):
    first = local_rank == 0
    calls = [
        lambda: idist.all_reduce(torch.zeros(2 if first else 3)),
        lambda: idist.all_reduce(torch.zeros(2), "SUM" if first else "MAX"),
        lambda: idist.all_reduce(torch.zeros(2), "SUM" if first else "XOR"),
        lambda: idist.all_reduce(1 if first else 1.0),
        lambda: idist.all_reduce(torch.zeros(2) if first else "a"),
        lambda: idist.broadcast(1, src=local_rank),
        lambda: idist.broadcast(None if first else torch.zeros(2)),
        lambda: idist.broadcast(None, safe_mode=first),
        lambda: idist.barrier() if first else idist.all_gather(1),
    ]
    for call in calls:
        message = raised(CollectiveMismatch, call)
        assert "rank 0: " in message
        assert "rank 1: " in message
    assert idist.all_reduce(1, "sum" if first else "SUM") == 2
    assert idist.all_gather(torch.zeros(local_rank)).shape == (1,)


def first_and_only(local_rank):
    order = []
    with idist.one_rank_first(rank=1):
        order.append(time.monotonic())
        time.sleep(0.2 if local_rank == 1 else 0)
    times = idist.all_gather(order[0])
    assert times[0] >= times[1] + 0.2
    with idist.one_rank_first(local=True):
        pass

    def fail():
        with idist.one_rank_first():
            raise KeyError("no such file")

    if local_rank == 0:
        assert "no such file" in raised(KeyError, fail)
    else:
        assert "KeyError on rank 0" in raised(DistributedError, fail)
    assert "rank" in raised(ValueError, idist.one_rank_only(rank=2)(len), "abc")
    assert idist.one_rank_only(rank=1)(len)("abc") == (3 if local_rank == 1 else None)
    waiting = idist.one_rank_only(rank=1, with_barrier=True)(fail_at_once)
    if local_rank == 1:
        assert "at once" in raised(RuntimeError, waiting)
    else:
        assert waiting() is None


def fail_at_once():
    raise RuntimeError("at once")


def other_threads(local_rank):
    seen = []
    thread = threading.Thread(target=lambda: seen.append(idist.get_rank()))
    thread.start()
    thread.join()
    assert seen == [local_rank]
    assert raised(DistributedError, idist.initialize, "gloo").startswith("A world is active")
    with idist.Parallel(backend="gloo") as parallel:  # the world there is
        parallel.run(lambda rank: idist.barrier())
    assert idist.get_world_size() == 2


def models_stay_equal(local_rank):
    torch.manual_seed(local_rank)
    frozen = torch.nn.Linear(2, 1).requires_grad_(False)
    assert idist.auto_model(frozen) is frozen
    with pytest.raises(ValueError, match="CUDA"):
        idist.auto_model(torch.nn.BatchNorm1d(2), sync_bn=True)
    model = idist.auto_model(torch.nn.Linear(2, 1), sync_bn=True)
    optimizer = idist.auto_optim(torch.optim.SGD(model.parameters(), lr=0.1))
    before = idist.all_gather(model.module.weight)
    model(torch.full((1, 2), 1.0 + local_rank)).sum().backward()
    optimizer.step()
    after = idist.all_gather(model.module.weight)
    assert torch.equal(after[0], after[1])
    torch.testing.assert_close(after, before - 0.1 * 1.5)  # the mean of gradients 1 and 2


def late(local_rank):
    if local_rank == 0:
        begin = time.monotonic()
        message = raised(CollectiveTimeout, idist.all_reduce, torch.zeros(2))
        assert time.monotonic() - begin > 1
        assert message.startswith("all_reduce on rank 0 of 2")
        assert current_backend().rank == 0
    else:
        time.sleep(3)
    os._exit(0)


def lost(local_rank):
    idist.barrier()
    if local_rank == 1:
        os._exit(0)
    message = raised(DistributedError, idist.all_gather, 1)
    assert message.startswith("all_gather on rank 0 of 2")
    os._exit(0)


def in_the_background(local_rank):
    """Start operations, wait for them in the reverse order, and do others meanwhile."""
    other = 1 - local_rank
    sums = [idist.all_reduce(torch.tensor(10 * n + local_rank), async_op=True) for n in range(5)]
    texts = idist.all_gather("x" * 9000 * local_rank, async_op=True)
    assert idist.all_reduce(1) == 2  # waits for those before it
    assert all(handle.done() for handle in (*sums, texts))
    pair = idist.all_gather(local_rank, [0, 1], async_op=True)
    alone = idist.all_gather(local_rank, [local_rank], async_op=True)
    sent = idist.send({"from": local_rank}, other, async_op=True)
    assert idist.recv(other) == {"from": other}
    sent.wait()
    assert (pair.wait(5), alone.wait(5)) == ([0, 1], [local_rank])
    assert texts.wait() == ["", "x" * 9000]
    assert [int(handle.wait()) for handle in reversed(sums)] == [81, 61, 41, 21, 1]
    failing = idist.all_gather(threading.Lock() if local_rank else 1, async_op=True)
    assert "rank 1" in raised(TypeError, failing.wait)


def messages(local_rank):
    """Talk to one other rank alone: in order per tag, of any kind and size."""
    other = 1 - local_rank
    values = [None, "x" * 20000, torch.arange(6).reshape(2, 3).t(), torch.zeros(5000)]
    if local_rank == 0:
        for value in values:
            idist.send(value, other)
        idist.send("second", other, tag=2)
        idist.send("first", other, tag=1)
        assert "pickled" in raised(TypeError, idist.send, threading.Lock(), other)
    else:
        received = [idist.recv(other) for _ in values]
        assert received[:2] == values[:2]
        for got, value in zip(received[2:], values[2:], strict=True):
            assert torch.equal(got, value)
        assert idist.recv(other, tag=2) == "second"
        assert idist.recv(other, tag=1) == "first"
        assert "rank 0" in raised(TypeError, idist.recv, other)


def groups_are_kept(local_rank):
    """A group costs one process group, however often and in whatever order it is named."""
    made = torch.distributed.distributed_c10d._world.pg_map
    before = len(made)
    for _ in range(20):
        idist.all_reduce(1, "SUM", [0, 1])  # is the world
        if local_rank == 0:
            idist.all_reduce(1, "SUM", [0])  # of members alone
            idist.all_reduce(1, "SUM", idist.new_group([0]))
    assert len(made) - before == (1 if local_rank == 0 else 0)


def raises(local_rank):
    if local_rank == 1:
        raise KeyError("gone")
    idist.barrier()


def exits(local_rank):
    if local_rank == 1:
        sys.exit(3)
    idist.barrier()


def dies(local_rank):
    if local_rank == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    idist.barrier()


def shares_cores(local_rank):
    assert torch.get_num_threads() == max(1, len(os.sched_getaffinity(0)) // 2)


def play(scene):
    """Run one scene on two ranks, which all end by themselves or at once."""
    begin = time.monotonic()
    try:
        with idist.Parallel("gloo", 2, start_method="fork", timeout=2) as parallel:
            parallel.run(scene)
    finally:
        assert not multiprocessing.active_children()
        assert time.monotonic() - begin < 30  # they end within seconds, and a machine may be busy


if __name__ == "__main__":
    os.environ.pop("OMP_NUM_THREADS", None)
    os.environ["IGNITE_DISTRIBUTED_DEBUG"] = "1"
    for scene in (
        unpicklable,
        unlike,
        first_and_only,
        other_threads,
        in_the_background,
        messages,
        groups_are_kept,
        models_stay_equal,
        shares_cores,
    ):
        play(scene)
    os.environ["IGNITE_DISTRIBUTED_DEBUG"] = "0"
    for scene in (late, lost):
        play(scene)
    assert raised(ProcessRaisedException, play, raises).endswith("KeyError: 'gone'\n")
    assert "local_rank 1 was killed by SIGKILL" in raised(ProcessExitedException, play, dies)
    assert raised(SystemExit, play, exits) == "3"
    sys.stdout.write("all scenes played\n")
