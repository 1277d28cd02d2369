"""Worlds far larger than this machine: no step costs more because there are more ranks."""

import gc
import sys

import pytest
import torch
from torch.testing._internal.distributed.fake_pg import FakeStore

import ignite.distributed as idist
from ignite.distributed.interface import current_backend


@pytest.fixture
def world(request):
    """A process group of so many ranks, whose collectives move nothing."""
    size = request.param
    store = FakeStore()
    torch.distributed.init_process_group("fake", store=store, rank=size - 3, world_size=size)
    yield size
    torch.distributed.destroy_process_group()


def instructions(call):
    """Return how many lines of Python a call runs."""
    count = 0

    def trace(frame, event, argument):
        nonlocal count
        count += event == "line"
        return trace

    call()  # what is done once is done
    gc.disable()  # or a collection's callbacks may be counted
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(None)
        gc.enable()
    return count


COST = {}


@pytest.mark.parametrize("world", [16, 1024, 16384], indirect=True)
def test_a_step_costs_the_same_in_any_world(world):
    half = idist.new_group(range(1, world, 2))
    tensor = torch.ones(10)
    assert idist.get_rank() == world - 3
    assert idist.get_world_size() == world
    assert current_backend() is current_backend()
    calls = {
        "rank": idist.get_rank,
        "size": idist.get_world_size,
        "reduce all": lambda: idist.all_reduce(tensor),
        "reduce some": lambda: idist.all_reduce(tensor, "MEAN", half),
        "broadcast": lambda: idist.broadcast(tensor, 1, group=half),
        "barrier": idist.barrier,
    }
    for name, call in calls.items():
        assert instructions(call) == COST.setdefault(name, instructions(call)), name


@pytest.mark.parametrize("world", [16384], indirect=True)
def test_groups_of_thousands(world):
    rows = [idist.new_group(range(start, start + 128)) for start in range(0, world, 128)]
    assert len(set(rows)) == 128
    assert sum(world - 3 in row for row in rows) == 1
    assert idist.new_group(reversed(range(world))) == idist.new_group(range(world))
    assert idist.all_reduce(5, "SUM", rows[0]) == 5  # this rank is outside
