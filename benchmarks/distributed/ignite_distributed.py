"""``idist``: of this project or of pytorch-ignite, whichever the environment has."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch

import ignite.distributed as idist
from benchmarks.distributed.world import asked, together


def _all_reduce(elements: int) -> Callable[[], object]:
    tensor = torch.zeros(elements)
    return lambda: idist.all_reduce(tensor)


def _all_reduce_in_place(elements: int) -> Callable[[], object]:
    tensor = torch.zeros(elements)
    return lambda: idist.all_reduce_(tensor)


def _all_reduce_of_number() -> Callable[[], object]:
    return lambda: idist.all_reduce(0.5)


def _all_reduce_coalesced(tensors: int) -> Callable[[], object]:
    each = [torch.zeros(16) for _ in range(tensors)]
    return lambda: idist.all_reduce_coalesced(each)


def _all_gather(elements: int) -> Callable[[], object]:
    tensor = torch.zeros(elements)
    return lambda: idist.all_gather(tensor)


def _broadcast(elements: int) -> Callable[[], object]:
    tensor = torch.zeros(elements)
    return lambda: idist.broadcast(tensor, 0)


def _broadcast_in_place(elements: int) -> Callable[[], object]:
    tensor = torch.zeros(elements)
    return lambda: idist.broadcast_(tensor, 0)


def _barrier() -> Callable[[], object]:
    return idist.barrier


all_reduce_tiny = together(partial(_all_reduce, 1))
all_reduce_64_kb = together(partial(_all_reduce, 2**14))
all_reduce_4_mb = together(partial(_all_reduce, 2**20))
all_reduce_tiny_in_place = together(partial(_all_reduce_in_place, 1))
all_reduce_64_kb_in_place = together(partial(_all_reduce_in_place, 2**14))
all_reduce_4_mb_in_place = together(partial(_all_reduce_in_place, 2**20))
all_reduce_number = together(_all_reduce_of_number)
all_reduce_32_tensors = together(partial(_all_reduce_coalesced, 32))
all_gather_tiny = together(partial(_all_gather, 1))
all_gather_4_mb = together(partial(_all_gather, 2**20))
broadcast_tiny = together(partial(_broadcast, 1))
broadcast_4_mb = together(partial(_broadcast, 2**20))
broadcast_tiny_in_place = together(partial(_broadcast_in_place, 1))
broadcast_4_mb_in_place = together(partial(_broadcast_in_place, 2**20))
barrier = together(_barrier)

rank = asked(idist.get_rank)
world_size = asked(idist.get_world_size)
