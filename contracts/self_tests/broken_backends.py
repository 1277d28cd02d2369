"""Bugs in what a backend says of itself, in its barrier and in the order of operations."""

from __future__ import annotations

import os
import time
from dataclasses import replace

import torch
from backend_bugs import Gloo, caught_by

from ignite.distributed.interface import CollectiveTimeout, ReduceOp

# -- identity ---------------------------------------------------------------------------


@caught_by("identity", "ranks_are_all_different_and_in_range")
class TwoLastRanks(Gloo):
    @property
    def rank(self):
        return max(super().rank, 1)


@caught_by("identity", "world_size_is_the_same_on_every_rank")
class CountsRanksUpToItself(Gloo):
    @property
    def world_size(self):
        return self.rank + 1


@caught_by("identity", "name_is_the_same_on_every_rank")
class EachRankHasAName(Gloo):
    def __init__(self, *args):
        super().__init__(*args)
        self.name = f"gloo-{self.rank}"


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


@caught_by("identity", "device_is_one_that_the_backend_declares")
class DeclaresAnotherDevice(Gloo):
    @property
    def capabilities(self):
        return replace(super().capabilities, devices=frozenset({"cuda"}))


# -- capabilities -----------------------------------------------------------------------


@caught_by(
    "capabilities",
    "dtypes_that_are_not_declared_are_refused",
    "objects_that_are_not_declared_are_refused",
)
@caught_by("background", "undeclared_background_is_refused")
@caught_by("point_to_point", "undeclared_messages_are_refused")
class DeclaresLessThanItDoes(Gloo):
    @property
    def capabilities(self):
        real = super().capabilities
        return replace(
            real,
            dtypes=real.dtypes - {torch.complex64},
            objects=False,
            point_to_point=False,
            asynchronous=False,
        )

    @property
    def _declared(self):  # what it goes by
        return super().capabilities


@caught_by(
    "capabilities",
    "every_dtype_of_the_contract_is_declared",
    "every_op_of_the_contract_is_declared",
)
class DeclaresLessThanItMust(Gloo):
    @property
    def capabilities(self):
        real = super().capabilities
        return replace(
            real,
            dtypes=real.dtypes - {torch.bfloat16},
            reduce_ops=real.reduce_ops - {ReduceOp.OR},
        )


@caught_by("capabilities", "every_rank_declares_the_same")
class OneRankDeclaresLess(Gloo):
    @property
    def capabilities(self):
        real = super().capabilities
        return replace(real, reduce_ops=frozenset(list(ReduceOp)[self.rank :]))


@caught_by("capabilities", "the_world_is_no_larger_than_declared")
class DeclaresASmallerWorldOnceItIsThere(Gloo):
    @property
    def capabilities(self):
        most = self.world_size - 1 or None
        return replace(super().capabilities, max_world_size=most)


# -- barrier, order ---------------------------------------------------------------------

LAG = 0.5
"""Seconds by which the ranks drift apart, so that it shows on a machine that is busy, too."""


@caught_by("barrier", "nobody_leaves_before_all_have_entered")
class BarrierReturnsAtOnce(Gloo):
    def barrier(self):
        time.sleep(LAG * self.rank)


@caught_by("barrier", "nobody_leaves_before_all_have_entered_unchecked")
class BarrierHoldsOnlyWhenChecked(Gloo):
    def barrier(self):
        if os.environ["IGNITE_DISTRIBUTED_DEBUG"] == "1":
            super().barrier()
        else:
            time.sleep(LAG * self.rank)


@caught_by("barrier", "returns_nothing")
class BarrierReturnsSomething(Gloo):
    def barrier(self):
        super().barrier()
        return self.rank


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


@caught_by("order", "interleaved_operations_equal_the_reference_unchecked")
class GathersBackwardsUnchecked(Gloo):
    def all_gather(self, value):
        result = super().all_gather(value)
        unchecked = os.environ["IGNITE_DISTRIBUTED_DEBUG"] == "0"
        return result[::-1] if unchecked and isinstance(result, list) else result


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
