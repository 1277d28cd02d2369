"""What ranks of Horovod see when they work together, and when one does something else."""

import multiprocessing
import os
import signal
import sys
import time

import horovod.torch as hvd
import pytest
import torch
from horovod.torch.mpi_ops import _basics
from torch.multiprocessing import ProcessExitedException, ProcessRaisedException

import ignite.distributed as idist
from ignite.distributed.interface import (
    CollectiveMismatch,
    CollectiveTimeout,
    DistributedError,
    UnsupportedOperation,
    current_backend,
)


def raised(kind, call, *args, **kwargs):
    """Return the message of the error that the call raises, of just this kind."""
    with pytest.raises(kind) as caught:
        call(*args, **kwargs)
    assert caught.type is kind
    return str(caught.value)


def process_sets():
    return sorted(map(tuple, _basics._get_process_set_ids_and_ranks().values()))


def names(rank):
    assert idist.backend() == "horovod"
    assert idist.model_name() == "horovod-dist"
    assert idist.device() == torch.device("cpu")
    assert (idist.get_rank(), idist.get_world_size()) == (hvd.rank(), hvd.size())


def groups_are_the_affair_of_their_members(rank):
    """Rank 1 makes no call for the first group, and the two groups are made at once."""
    group = idist.new_group([0, 2])
    if rank != 1:
        assert idist.all_gather(rank, group) == [0, 2]
    pair = [0, 1] if rank == 0 else [1, 2]
    first = idist.all_gather(rank, pair, async_op=True)
    if rank == 1:
        assert idist.all_gather(rank, [0, 1]) == [0, 1]
    assert first.wait() == pair
    idist.barrier()


def groups_are_kept(rank):
    for _ in range(20):
        assert idist.all_reduce(1, "SUM", [0, 1]) == (2 if rank < 2 else 1)
        assert idist.all_reduce(1, "SUM", [rank]) == 1
    idist.barrier()
    assert process_sets() == [(0, 1), (0, 1, 2)]


def a_process_set_of_the_user_is_the_group(rank):
    hvd.add_process_set([0, 1])
    assert idist.all_reduce(1, "SUM", [0, 1]) == (2 if rank < 2 else 1)
    idist.barrier()
    assert process_sets() == [(0, 1), (0, 1, 2)]


def a_group_of_which_a_member_does_not_come(rank):
    if rank == 2:
        message = raised(CollectiveTimeout, idist.all_reduce, 1, "SUM", [1, 2])
        assert "(1, 2)" in message
        assert "rank 1 has not used it" in message
    else:
        time.sleep(4)
    os._exit(0)


def operations_in_the_background(rank):
    sums = [idist.all_reduce(torch.tensor(10 * n + rank), async_op=True) for n in range(5)]
    texts = idist.all_gather("x" * 9000 * rank, async_op=True)
    assert idist.all_reduce(1) == 2  # waits for those before it
    assert all(handle.done() for handle in (*sums, texts))
    assert [int(handle.wait()) for handle in reversed(sums)] == [81, 61, 41, 21, 1]
    assert texts.wait() == ["", "x" * 9000]


def messages_between_two_are_refused(rank):
    assert "broadcast" in raised(UnsupportedOperation, idist.send, 1, 1 - rank)
    assert not current_backend().capabilities.point_to_point


def the_world_is_left_and_joined_again(rank):
    for round in range(3):
        assert idist.all_reduce(rank + round) == 1 + 2 * round
        idist.finalize()
        idist.finalize()
        assert idist.backend() is None
        assert not [name for name in os.environ if name.startswith("HOROVOD_STALL")]
        idist.initialize("horovod", rank=rank, world_size=2, timeout=20)
    assert "found and used as it is" in raised(DistributedError, initialize_anew)
    assert idist.all_reduce(1) == 2


def an_optimizer_does_not_wait_for_ever(rank):
    model = idist.auto_model(torch.nn.Linear(2, 1))
    optimizer = idist.auto_optim(torch.optim.SGD(model.parameters(), lr=0.1))
    if rank == 0:
        model(torch.ones(1, 2)).sum().backward()
        begin = time.monotonic()
        assert "shut down" in raised(hvd.HorovodInternalError, optimizer.step)
        assert time.monotonic() - begin < 10
    else:
        time.sleep(12)
    os._exit(0)


def a_rank_that_does_not_join(rank):
    idist.finalize()
    if rank == 0:
        begin = time.monotonic()
        joining = {"rank": 0, "world_size": 2, "timeout": 2}
        assert "did not come" in raised(CollectiveTimeout, idist.initialize, "horovod", **joining)
        assert time.monotonic() - begin < 15
    else:
        time.sleep(6)
    os._exit(0)


def initialize_anew():
    current_backend().create(timeout=None)


def the_first_to_leave_waits_for_the_others(rank):
    if rank > 0:
        for _ in range(20):
            assert idist.all_gather(rank, [1, 2]) == [1, 2]


def ranks_that_differ_are_told_by_horovod(rank):
    shapes = [torch.zeros(2), torch.zeros(3)]
    message = raised(CollectiveMismatch, idist.all_reduce, shapes[rank])
    assert message.startswith(f"all_reduce on rank {rank} of 2: Mismatched")
    assert "shape" in message
    assert idist.all_reduce(1) == 2


def a_rank_that_is_late(rank):
    if rank == 0:
        begin = time.monotonic()
        message = raised(CollectiveTimeout, idist.broadcast, "a", 1)
        assert 1 < time.monotonic() - begin < 5
        assert message.startswith("broadcast on rank 0 of 2")
    else:
        time.sleep(4)
    os._exit(0)


def a_rank_that_is_lost(rank):
    idist.all_reduce(1, "SUM", [0, 1])
    idist.barrier()
    if rank == 2:
        os._exit(0)
    message = raised(DistributedError, idist.all_gather, 1)
    assert message.startswith(f"all_gather on rank {rank} of 3")
    os._exit(0)


def raises(rank):
    if rank == 1:
        raise KeyError("gone")
    idist.barrier()


def exits(rank):
    if rank == 1:
        sys.exit(3)
    idist.barrier()


def dies(rank):
    if rank == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    idist.barrier()


def play(scene, size=2, start_method="fork", timeout=60):
    """Run one scene, whose ranks all end by themselves or at once.

    The timeout is short only where a scene waits for it: a crowded machine may take seconds for
    what is to succeed.
    """
    with idist.Parallel("horovod", size, start_method=start_method, timeout=timeout) as parallel:
        try:
            parallel.run(scene)
        finally:
            assert not multiprocessing.active_children()


def refusals():
    several = {"nnodes": 2, "node_rank": 0, "init_method": "tcp://a:1"}
    for arguments in (several, {"master_port": 1}):
        with idist.Parallel("horovod", 2, **arguments) as parallel:
            assert "horovodrun" in raised(ValueError, parallel.run, names)
    for identity in ({"rank": 0}, {"rank": 2, "world_size": 2}):
        assert "rank" in raised(ValueError, idist.initialize, "horovod", **identity)
    assert "meet" in raised(ValueError, idist.initialize, "horovod", rank=0, world_size=2)
    assert "no option bits" in raised(TypeError, idist.initialize, "horovod", bits=8)


def a_context_of_the_user():
    assert idist.backend() is None
    hvd.init()
    assert idist.backend() == "horovod"
    assert current_backend() is current_backend()
    assert idist.all_gather("a") == ["a"]
    idist.finalize()
    assert "A world is active" in raised(DistributedError, idist.initialize, "horovod")
    assert hvd.is_initialized()
    hvd.shutdown()
    assert idist.backend() is None


def a_world_of_one():
    idist.initialize("horovod")
    assert idist.all_reduce(2.0, "MEAN") == 2.0
    assert idist.backend() == "horovod"
    idist.finalize()
    assert idist.backend() is None


if __name__ == "__main__":
    os.environ["IGNITE_DISTRIBUTED_DEBUG"] = "0"
    refusals()
    for method in ("fork", "forkserver", "spawn"):
        play(names, start_method=method)
    for scene in (
        groups_are_the_affair_of_their_members,
        groups_are_kept,
        a_process_set_of_the_user_is_the_group,
        the_first_to_leave_waits_for_the_others,
        a_rank_that_is_lost,
    ):
        play(scene, size=3)
    play(a_group_of_which_a_member_does_not_come, size=3, timeout=2)
    for scene in (
        operations_in_the_background,
        messages_between_two_are_refused,
        the_world_is_left_and_joined_again,
        ranks_that_differ_are_told_by_horovod,
    ):
        play(scene)
    for scene in (
        a_rank_that_is_late,
        a_rank_that_does_not_join,
        an_optimizer_does_not_wait_for_ever,
    ):
        play(scene, timeout=2)
    assert raised(ProcessRaisedException, play, raises).endswith("KeyError: 'gone'\n")
    assert "local_rank 1 was killed by SIGKILL" in raised(ProcessExitedException, play, dies)
    assert raised(SystemExit, play, exits) == "3"
    a_context_of_the_user()
    a_world_of_one()
    sys.stdout.write("all scenes played\n")
