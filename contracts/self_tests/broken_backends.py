"""Backends with one seeded bug each, over the real gloo backend.

``BUGS`` says which suite must fail for each, and one property in it that must; the bug
does not touch any other suite.
"""

from __future__ import annotations

import os
import pickle
import time
from dataclasses import replace
from pathlib import Path

import torch

from ignite.distributed.interface import BackendUnavailable, CollectiveTimeout, ReduceOp
from ignite.distributed.registry import load_backend

Gloo = load_backend("gloo")

BUGS: dict[str, tuple[str, str]] = {}


def caught_by(suite, test):
    """Register a bug with the suite and the test that must catch it."""

    def register(kind):
        BUGS[f"{kind.__module__}:{kind.__name__}"] = (f"test_{suite}", f"test_{test}")
        return kind

    return register


class Faithful(Gloo):
    """No bug at all."""


class NotHere(Gloo):
    """A backend that cannot run on this machine."""

    @classmethod
    def check_available(cls):
        raise BackendUnavailable("no pigeons; pip install pigeons")


# -- identity ---------------------------------------------------------------------------


@caught_by("identity", "ranks_are_all_different_and_in_range")
class TwoLastRanks(Gloo):
    @property
    def rank(self):
        return max(super().rank, 1)


@caught_by("identity", "rank_follows_from_node_and_local_rank")
class LocalRankFromOne(Gloo):
    @property
    def local_rank(self):
        return super().local_rank + 1


@caught_by("identity", "nodes_are_counted")
class EachRankIsANode(Gloo):
    @property
    def nnodes(self):
        return self.world_size


# -- capabilities -----------------------------------------------------------------------


@caught_by("capabilities", "dtypes_that_are_not_declared_are_refused")
class DeclaresLessThanItTakes(Gloo):
    @property
    def capabilities(self):
        real = super().capabilities
        return replace(real, dtypes=real.dtypes - {torch.complex64})

    @property
    def _declared(self):  # what it goes by
        return super().capabilities


@caught_by("capabilities", "every_rank_declares_the_same")
class OneRankDeclaresLess(Gloo):
    @property
    def capabilities(self):
        real = super().capabilities
        return replace(real, reduce_ops=frozenset(list(ReduceOp)[self.rank :]))


# -- all_reduce -------------------------------------------------------------------------


@caught_by("all_reduce", "input_is_not_changed")
class ReducesInPlace(Gloo):
    def all_reduce(self, value, op=ReduceOp.SUM):
        result = super().all_reduce(value, op)
        if isinstance(value, torch.Tensor) and value.is_contiguous():
            value.detach().copy_(result)
        return result


@caught_by("all_reduce", "nan_and_infinity_propagate")
class MaxLosesNan(Gloo):
    def all_reduce(self, value, op=ReduceOp.SUM):
        if isinstance(value, torch.Tensor) and value.is_floating_point() and op == "MAX":
            value = value.masked_fill(value.isnan(), float("-inf"))
        return super().all_reduce(value, op)


@caught_by("all_reduce", "every_op_and_dtype_equals_the_reference")
class Int64ThroughFloat32(Gloo):
    def all_reduce(self, value, op=ReduceOp.SUM):
        if isinstance(value, torch.Tensor) and value.dtype == torch.int64 and op == "SUM":
            return super().all_reduce(value.to(torch.float32), op).to(torch.int64)
        return super().all_reduce(value, op)


@caught_by("all_reduce", "every_op_and_dtype_gives_what_is_like_the_input")
class Bfloat16BecomesFloat32(Gloo):
    def all_reduce(self, value, op=ReduceOp.SUM):
        result = super().all_reduce(value, op)
        bfloat16 = isinstance(result, torch.Tensor) and result.dtype == torch.bfloat16
        return result.float() if bfloat16 else result


@caught_by("all_reduce", "numbers_are_exact_and_keep_their_type")
class BoolsBecomeInts(Gloo):
    def all_reduce(self, value, op=ReduceOp.SUM):
        result = super().all_reduce(value, op)
        return int(result) if isinstance(result, bool) else result


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


@caught_by("all_reduce", "every_op_and_dtype_gives_the_same_bits_twice")
class RoundsAsItLikes(Gloo):
    """Every other sum is one unit in the last place larger, on all ranks."""

    calls = 0

    def all_reduce(self, value, op=ReduceOp.SUM):
        result = super().all_reduce(value, op)
        if isinstance(result, torch.Tensor) and result.dtype == torch.float32 and op == "SUM":
            self.calls += 1
            if self.calls % 2:
                return torch.nextafter(result, torch.tensor(float("inf")))
        return result


@caught_by("all_reduce", "every_op_and_dtype_is_identical_on_all_ranks")
class EachRankRoundsItsOwnWay(Gloo):
    def all_reduce(self, value, op=ReduceOp.SUM):
        result = super().all_reduce(value, op)
        if isinstance(result, torch.Tensor) and result.dtype == torch.float32 and op == "SUM":
            return torch.nextafter(result, torch.tensor(float("inf") if self.rank else 0.0))
        return result


# -- all_gather -------------------------------------------------------------------------


@caught_by("all_gather", "results_are_in_rank_order")
class GathersBackwards(Gloo):
    def all_gather(self, value):
        result = super().all_gather(value)
        return result[::-1] if isinstance(result, list) else result


@caught_by("all_gather", "ragged_first_dimensions_keep_their_sizes")
class PadsRaggedRows(Gloo):
    def all_gather(self, value):
        if not isinstance(value, torch.Tensor) or not value.dim():
            return super().all_gather(value)
        rows = max(super().all_gather(len(value)))
        padding = value.new_zeros(rows - len(value), *value.shape[1:])
        return super().all_gather(torch.cat([value.detach(), padding]))


@caught_by("all_gather", "layout_does_not_matter")
class ReadsMemoryAsItLies(Gloo):
    def all_gather(self, value):
        if isinstance(value, torch.Tensor) and value.dim() == 2 and not value.is_contiguous():
            dense = value.detach().t()
            if dense.is_contiguous():
                value = dense.reshape(value.shape)
        return super().all_gather(value)


@caught_by("all_gather", "objects_have_any_size")
class CutsLargeObjects(Gloo):
    def all_gather(self, value):
        return super().all_gather(value[: 2**16] if isinstance(value, bytes) else value)


@caught_by("all_gather", "everyday_objects_keep_their_type")
class PathsBecomeStrings(Gloo):
    def all_gather(self, value):
        return super().all_gather(str(value) if isinstance(value, Path) else value)


@caught_by("all_gather", "what_one_rank_cannot_pickle_is_a_type_error_on_every_rank")
class RaisesAlone(Gloo):
    def all_gather(self, value):
        if not isinstance(value, torch.Tensor):
            try:
                pickle.dumps(value)
            except Exception as error:
                raise TypeError("cannot be pickled") from error
        return super().all_gather(value)


# -- broadcast --------------------------------------------------------------------------


@caught_by("broadcast", "every_dtype_is_sent_from_every_rank")
class IgnoresTheSource(Gloo):
    def broadcast(self, value, src=0, *, safe_mode=False):
        real = src if not 0 <= src < self.world_size or safe_mode else 0
        return super().broadcast(value, real, safe_mode=safe_mode)


@caught_by("broadcast", "numbers_are_exact_and_keep_their_type")
class NumbersThroughFloat32(Gloo):
    def broadcast(self, value, src=0, *, safe_mode=False):
        result = super().broadcast(value, src, safe_mode=safe_mode)
        if type(result) in {int, float} and abs(result) < 2**63:
            return torch.tensor(result, dtype=torch.float32).item()
        return result


@caught_by("broadcast", "source_outside_the_world_is_a_value_error")
class CountsSourcesFromTheEnd(Gloo):
    def broadcast(self, value, src=0, *, safe_mode=False):
        return super().broadcast(value, src % self.world_size, safe_mode=safe_mode)


@caught_by("broadcast", "input_is_not_changed")
class SourceKeepsItsTensor(Gloo):
    def broadcast(self, value, src=0, *, safe_mode=False):
        result = super().broadcast(value, src, safe_mode=safe_mode)
        return value if isinstance(value, torch.Tensor) and self.rank == src else result


# -- barrier, order ---------------------------------------------------------------------


@caught_by("barrier", "nobody_leaves_before_all_have_entered")
class BarrierReturnsAtOnce(Gloo):
    def barrier(self):
        return None


@caught_by("barrier", "nobody_leaves_before_all_have_entered_unchecked")
class BarrierHoldsOnlyWhenChecked(Gloo):
    def barrier(self):
        if os.environ["IGNITE_DISTRIBUTED_DEBUG"] == "1":
            super().barrier()


@caught_by("barrier", "nobody_leaves_before_all_have_entered")
class DiesInTheBarrier(Gloo):
    def barrier(self):
        if self.rank == 1:
            os._exit(7)
        super().barrier()


@caught_by("barrier", "nobody_leaves_before_all_have_entered")
class HangsInTheBarrier(Gloo):
    def barrier(self):
        if self.rank == 1:
            time.sleep(3600)
        super().barrier()


@caught_by("order", "interleaved_operations_equal_the_reference")
class ForgetsToReduceAfterABarrier(Gloo):
    after_barrier = False

    def barrier(self):
        super().barrier()
        self.after_barrier = True

    def all_reduce(self, value, op=ReduceOp.SUM):
        result = super().all_reduce(value, op)
        early, self.after_barrier = self.after_barrier, False
        return value.detach().clone() if early and isinstance(value, torch.Tensor) else result


# -- agreement --------------------------------------------------------------------------


@caught_by("agreement", "ranks_that_disagree_raise_a_mismatch")
class IgnoresTheShape(Gloo):
    """Ranks whose shapes differ get a result all the same."""

    def all_reduce(self, value, op=ReduceOp.SUM):
        if isinstance(value, torch.Tensor) and value.dim() == 1:
            rows = super().all_gather(len(value))
            if len(set(rows)) > 1:
                return value
        return super().all_reduce(value, op)


@caught_by("agreement", "a_rank_that_does_not_come_is_a_timeout")
class WaitsForEver(Gloo):
    def all_reduce(self, value, op=ReduceOp.SUM):
        try:
            return super().all_reduce(value, op)
        except CollectiveTimeout:
            time.sleep(3600)
