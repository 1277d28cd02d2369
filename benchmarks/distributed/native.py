"""The calls of ``torch.distributed`` itself, which write into tensors that are there already."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
import torch.distributed as dist

from benchmarks.distributed.world import asked, together


def _all_reduce(elements: int) -> Callable[[], object]:
    tensor = torch.zeros(elements)
    return lambda: dist.all_reduce(tensor)


def _all_reduce_of_clone(elements: int) -> Callable[[], object]:
    tensor = torch.zeros(elements)

    def call() -> torch.Tensor:
        result = tensor.clone()
        dist.all_reduce(result)
        return result

    return call


def _all_reduce_of_number() -> Callable[[], object]:
    def call() -> object:
        tensor = torch.tensor(0.5, dtype=torch.float64)
        dist.all_reduce(tensor)
        return tensor.item()

    return call


def _all_reduce_each(tensors: int) -> Callable[[], object]:
    each = [torch.zeros(16) for _ in range(tensors)]

    def call() -> None:
        for tensor in each:
            dist.all_reduce(tensor)

    return call


def _all_gather(elements: int) -> Callable[[], object]:
    tensor = torch.zeros(elements)
    gathered = [torch.zeros(elements) for _ in range(2)]
    return lambda: dist.all_gather(gathered, tensor)


def _all_gather_into_new(elements: int) -> Callable[[], object]:
    tensor = torch.zeros(elements)

    def call() -> torch.Tensor:
        gathered = tensor.new_empty(2 * elements)
        dist.all_gather_into_tensor(gathered, tensor)
        return gathered

    return call


def _broadcast(elements: int) -> Callable[[], object]:
    tensor = torch.zeros(elements)
    return lambda: dist.broadcast(tensor, 0)


def _broadcast_of_clone(elements: int) -> Callable[[], object]:
    tensor = torch.zeros(elements)

    def call() -> torch.Tensor:
        result = tensor.clone()
        dist.broadcast(result, 0)
        return result

    return call


def _barrier() -> Callable[[], object]:
    return dist.barrier


all_reduce_tiny = together(partial(_all_reduce, 1))
all_reduce_64_kb = together(partial(_all_reduce, 2**14))
all_reduce_4_mb = together(partial(_all_reduce, 2**20))
all_reduce_tiny_of_clone = together(partial(_all_reduce_of_clone, 1))
all_reduce_64_kb_of_clone = together(partial(_all_reduce_of_clone, 2**14))
all_reduce_4_mb_of_clone = together(partial(_all_reduce_of_clone, 2**20))
all_reduce_number = together(_all_reduce_of_number)
all_reduce_32_tensors = together(partial(_all_reduce_each, 32))
all_gather_tiny = together(partial(_all_gather, 1))
all_gather_4_mb = together(partial(_all_gather, 2**20))
all_gather_tiny_into_new = together(partial(_all_gather_into_new, 1))
all_gather_4_mb_into_new = together(partial(_all_gather_into_new, 2**20))
broadcast_tiny = together(partial(_broadcast, 1))
broadcast_4_mb = together(partial(_broadcast, 2**20))
broadcast_tiny_of_clone = together(partial(_broadcast_of_clone, 1))
broadcast_4_mb_of_clone = together(partial(_broadcast_of_clone, 2**20))
barrier = together(_barrier)

rank = asked(dist.get_rank)
world_size = asked(dist.get_world_size)
