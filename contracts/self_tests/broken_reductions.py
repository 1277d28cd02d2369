"""Bugs in what is combined, and in how tensors and numbers are taken."""

from __future__ import annotations

import torch
from backend_bugs import Gloo, caught_by

from ignite.distributed.interface import ReduceOp


def is_floating(value):
    return isinstance(value, torch.Tensor) and value.is_floating_point()


# -- values -----------------------------------------------------------------------------


@caught_by("all_reduce", "result_equals_the_reference", "numbers_are_exact_and_keep_their_type")
class TakesTheMinimumForTheMaximum(Gloo):
    def all_reduce(self, value, op=ReduceOp.SUM):
        return super().all_reduce(value, "MIN" if op == "MAX" else op)


@caught_by("all_reduce", "nan_and_infinity_propagate")
class MaxLosesNan(Gloo):
    def all_reduce(self, value, op=ReduceOp.SUM):
        if is_floating(value) and op == "MAX":
            value = value.masked_fill(value.isnan(), float("-inf"))
        return super().all_reduce(value, op)


@caught_by("all_reduce", "every_op_and_dtype_equals_the_reference")
class Int64ThroughFloat32(Gloo):
    def all_reduce(self, value, op=ReduceOp.SUM):
        if isinstance(value, torch.Tensor) and value.dtype == torch.int64 and op == "SUM":
            return super().all_reduce(value.to(torch.float32), op).to(torch.int64)
        return super().all_reduce(value, op)


@caught_by(
    "all_reduce",
    "every_op_and_dtype_gives_what_is_like_the_input",
    "result_has_the_dtype_shape_and_device_of_the_input",
)
class HalvesBecomeFloat32(Gloo):
    def all_reduce(self, value, op=ReduceOp.SUM):
        result = super().all_reduce(value, op)
        return result.float() if is_floating(result) and result.itemsize == 2 else result


@caught_by("all_reduce", "numbers_are_exact_and_keep_their_type")
class BoolsBecomeInts(Gloo):
    def all_reduce(self, value, op=ReduceOp.SUM):
        result = super().all_reduce(value, op)
        return int(result) if isinstance(result, bool) else result


# -- one result, and one only -----------------------------------------------------------


def one_more(value):
    numeric = isinstance(value, torch.Tensor) and value.dtype != torch.bool
    return value + 1 if numeric else value


@caught_by(
    "all_reduce",
    "every_op_and_dtype_gives_the_same_bits_twice",
    "same_inputs_twice_give_the_same_bits",
)
class AddsOneEveryOtherTime(Gloo):
    calls = 0

    def all_reduce(self, value, op=ReduceOp.SUM):
        result = super().all_reduce(value, op)
        self.calls += 1
        return one_more(result) if self.calls % 2 else result


@caught_by(
    "all_reduce",
    "every_op_and_dtype_is_identical_on_all_ranks",
    "result_is_identical_on_all_ranks",
)
class AddsOneOnOneRank(Gloo):
    def all_reduce(self, value, op=ReduceOp.SUM):
        result = super().all_reduce(value, op)
        return one_more(result) if self.rank else result


# -- inputs -----------------------------------------------------------------------------


@caught_by("all_reduce", "input_is_not_changed")
@caught_by("one_rank", "reduction_leaves_the_input")
class ReducesInPlace(Gloo):
    def all_reduce(self, value, op=ReduceOp.SUM):
        return self._left_in(value, super().all_reduce(value, op))

    def reduce(self, value, dst=0, op=ReduceOp.SUM):
        return self._left_in(value, super().reduce(value, dst, op))

    def _left_in(self, value, result):
        if isinstance(value, torch.Tensor) and result is not None and value.is_contiguous():
            value.detach().copy_(result)
        return result


@caught_by("all_gather", "input_is_not_changed")
@caught_by("parts", "all_to_all_leaves_the_input", "reduce_scatter_leaves_the_input")
@caught_by("coalesced", "reductions_leave_the_inputs", "gathering_leaves_the_inputs")
class ClearsWhatItWasGiven(Gloo):
    def all_gather(self, value, *args, **kwargs):
        return self._cleared(value, super().all_gather(value, *args, **kwargs))

    def all_to_all(self, values):
        return self._cleared(values, super().all_to_all(values))

    def reduce_scatter(self, values, op=ReduceOp.SUM):
        return self._cleared(values, super().reduce_scatter(values, op))

    def all_reduce_coalesced(self, tensors, op=ReduceOp.SUM):
        return self._cleared(tensors, super().all_reduce_coalesced(tensors, op))

    def all_gather_coalesced(self, tensors):
        return self._cleared(tensors, super().all_gather_coalesced(tensors))

    def _cleared(self, value, result):
        if isinstance(value, list):
            value.clear()
        elif isinstance(value, torch.Tensor) and value.is_contiguous():
            value.detach().zero_()
        return result


@caught_by("all_gather", "layout_does_not_matter")
@caught_by("all_reduce", "layout_does_not_matter")
@caught_by("broadcast", "layout_does_not_matter")
@caught_by("one_rank", "layout_does_not_matter")
class ReadsMemoryAsItLies(Gloo):
    def all_gather(self, value):
        return super().all_gather(self._as_it_lies(value))

    def all_reduce(self, value, op=ReduceOp.SUM):
        return super().all_reduce(self._as_it_lies(value), op)

    def broadcast(self, value, src=0):
        return super().broadcast(self._as_it_lies(value), src)

    def gather(self, value, dst=0):
        return super().gather(self._as_it_lies(value), dst)

    def _as_it_lies(self, value):
        if isinstance(value, torch.Tensor) and value.dim() == 2 and not value.is_contiguous():
            dense = value.detach().t()
            return dense.reshape(value.shape) if dense.is_contiguous() else value
        return value


# -- what is refused --------------------------------------------------------------------


@caught_by("all_reduce", "op_that_a_dtype_has_not_is_a_type_error")
class TakesTheMeanOfIntegers(Gloo):
    def all_reduce(self, value, op=ReduceOp.SUM):
        integers = isinstance(value, torch.Tensor) and value.dtype in {torch.int64, torch.uint8}
        if integers and ReduceOp.parse(op) is ReduceOp.MEAN:
            return super().all_reduce(value) // self.world_size
        return super().all_reduce(value, op)


@caught_by("all_reduce", "unknown_op_is_a_value_error")
class TakesUnknownOpsForSums(Gloo):
    def all_reduce(self, value, op=ReduceOp.SUM):
        return super().all_reduce(value, "SUM" if op == "MEDIAN" else op)


@caught_by("all_reduce", "op_names_have_any_case_and_known_aliases")
@caught_by("one_rank", "aliases_of_ops")
class TakesOneNameOfEachOp(Gloo):
    def all_reduce(self, value, op=ReduceOp.SUM):
        return super().all_reduce(value, ReduceOp(op))

    def reduce(self, value, dst=0, op=ReduceOp.SUM):
        return super().reduce(value, dst, ReduceOp(op))


@caught_by(
    "all_reduce",
    "op_that_a_number_has_not_is_a_type_error",
    "what_is_no_tensor_and_no_number_is_a_type_error",
)
@caught_by("one_rank", "op_that_is_not_there_is_refused")
class KeepsWhatItCannotReduce(Gloo):
    def all_reduce(self, value, op=ReduceOp.SUM):
        return self._or_kept(value, super().all_reduce, op)

    def reduce(self, value, dst=0, op=ReduceOp.SUM):
        return self._or_kept(value, super().reduce, dst, op)

    def _or_kept(self, value, reduce, *args):
        try:
            return reduce(value, *args)
        except TypeError:
            return value
