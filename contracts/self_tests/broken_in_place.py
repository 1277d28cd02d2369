"""Bugs in what is to be left in the tensor that was given."""

from __future__ import annotations

import torch
from backend_bugs import Gloo, caught_by

from ignite.distributed.interface import ReduceOp


@caught_by("in_place", "reductions_equal_those_out_of_place")
class ReducesTwiceInPlace(Gloo):
    def all_reduce_(self, tensor, op=ReduceOp.SUM):
        return super().all_reduce_(super().all_reduce_(tensor, op), op)


@caught_by("in_place", "broadcasts_equal_those_out_of_place")
class BroadcastsFromTheFirst(Gloo):
    def broadcast_(self, tensor, src=0):
        return super().broadcast_(tensor, 0)


@caught_by(
    "in_place",
    "reductions_are_left_in_the_input",
    "broadcasts_are_left_in_the_input",
    "in_the_background_the_input_is_the_result",
)
class GivesTensorsOfItsOwn(Gloo):
    def all_reduce_(self, tensor, op=ReduceOp.SUM, group=None, *, async_op=False):
        return self.all_reduce(tensor, op, group, async_op=async_op)

    def broadcast_(self, tensor, src=0, group=None, *, async_op=False):
        return self.broadcast(tensor, src, group, async_op=async_op)


@caught_by("in_place", "other_ranks_keep_theirs")
class ClearsTheTensorsOfOthers(Gloo):
    def all_reduce_(self, tensor, op=ReduceOp.SUM, group=None):
        result = super().all_reduce_(tensor, op, group)
        return result if group is None or self.rank in group else result.zero_()


@caught_by("in_place", "what_is_no_tensor_is_a_type_error")
class TakesNumbersInPlace(Gloo):
    def all_reduce_(self, tensor, op=ReduceOp.SUM):
        return super().all_reduce_(torch.as_tensor(tensor), op)


@caught_by("in_place", "elements_that_share_memory_are_refused")
class TakesExpandedTensorsInPlace(Gloo):
    def all_reduce_(self, tensor, op=ReduceOp.SUM):
        if tensor.is_contiguous():
            return super().all_reduce_(tensor, op)
        return self.all_reduce(tensor, op)


@caught_by("in_place", "one_element_of_a_slice_is_overwritten")
class OverwritesACopyOfASlice(Gloo):
    def broadcast_(self, tensor, src=0):
        packed = tensor.stride() in ((), (1,))
        super().broadcast_(tensor if packed else tensor.reshape(-1).clone(), src)
        return tensor
