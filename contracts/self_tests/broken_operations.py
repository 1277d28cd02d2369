"""More backends with one seeded bug each, in what goes beyond the basic operations."""

from __future__ import annotations

import threading
import time

import torch
from broken_backends import Gloo, caught_by

from ignite.distributed.interface import Handle

# -- for one rank -----------------------------------------------------------------------


@caught_by("one_rank", "one_rank_gets_the_reduction")
class ReducesToTheFirstRank(Gloo):
    def reduce(self, value, dst=0, *args, **kwargs):
        return super().reduce(value, 0, *args, **kwargs)


@caught_by("one_rank", "one_rank_gets_ragged_tensors")
class GathersToEveryRank(Gloo):
    def gather(self, value, dst=0, group=None, **kwargs):
        return self.all_gather(value, group, **kwargs)


@caught_by("one_rank", "reduction_leaves_the_input")
class ReducesInPlace(Gloo):
    def reduce(self, value, dst=0, *args, **kwargs):
        result = super().reduce(value, dst, *args, **kwargs)
        if isinstance(value, torch.Tensor) and result is not None and value.is_contiguous():
            value.detach().copy_(result)
        return result


# -- parts ------------------------------------------------------------------------------


@caught_by("parts", "scatter_gives_each_rank_its_part")
class ScattersBackwards(Gloo):
    def scatter(self, values=None, *args, **kwargs):
        return super().scatter(
            values[::-1] if isinstance(values, list) else values, *args, **kwargs
        )


@caught_by("parts", "all_to_all_transposes")
class KeepsItsOwn(Gloo):
    def all_to_all(self, values, *args, **kwargs):
        super().all_to_all(values, *args, **kwargs)
        return list(values)


@caught_by("parts", "reduce_scatter_gives_each_rank_its_reduction")
class ReducesWithoutScattering(Gloo):
    def reduce_scatter(self, values, op="SUM", group=None, **kwargs):
        result = super().reduce_scatter(values, op, group, **kwargs)
        return self.broadcast(result, 0)


@caught_by("parts", "not_one_part_for_each_is_a_value_error")
class IgnoresPartsTooMany(Gloo):
    def scatter(self, values=None, *args, **kwargs):
        if isinstance(values, list) and len(values) > self.world_size:
            values = values[: self.world_size]
        return super().scatter(values, *args, **kwargs)


# -- groups -----------------------------------------------------------------------------


@caught_by("groups", "members_reduce_among_themselves_and_others_keep_theirs")
class ForgetsTheGroup(Gloo):
    def all_reduce(self, value, op="SUM", group=None, **kwargs):
        return super().all_reduce(value, op, **kwargs)


@caught_by("groups", "members_gather_among_themselves_and_others_get_nothing")
class GivesOutsidersTheirOwn(Gloo):
    def all_gather(self, value, group=None, **kwargs):
        result = super().all_gather(value, group, **kwargs)
        outside = group is not None and self.rank not in group
        return value if outside and isinstance(value, torch.Tensor) else result


@caught_by("groups", "a_group_is_a_value")
class GroupsAreObjects(Gloo):
    def new_group(self, ranks):
        group = super().new_group(ranks)
        group._hash = id(group)
        return group


@caught_by("groups", "members_alone_may_make_the_call")
class GroupsWaitForAll(Gloo):
    def barrier(self, group=None, **kwargs):
        return super().barrier(**kwargs)


@caught_by("groups", "what_is_no_group_is_a_value_error")
class TakesEmptyGroups(Gloo):
    def broadcast(self, value, src=0, group=None, **kwargs):
        return super().broadcast(value, src, group or None, **kwargs)


# -- coalesced --------------------------------------------------------------------------


@caught_by("coalesced", "reductions_equal_the_reference")
class CoalescesInReverse(Gloo):
    def all_reduce_coalesced(self, tensors, *args, **kwargs):
        return super().all_reduce_coalesced(tensors, *args, **kwargs)[::-1]


@caught_by("coalesced", "gathered_tensors_equal_one_call_each")
class CoalescesBackwards(Gloo):
    def all_gather_coalesced(self, tensors, *args, **kwargs):
        return super().all_gather_coalesced(tensors, *args, **kwargs)[::-1]


# -- in the background ------------------------------------------------------------------


@caught_by("background", "background_operations_equal_the_reference_unchecked")
class BackgroundIsNotInLine(Gloo):
    """Each operation in a thread of its own; on one rank every second comes late."""

    _started = 0

    def _in_order(self, line, name, async_op, run):
        if not async_op:
            return run()
        self._started += 1
        late = self.rank == 0 and self._started % 2

        def run_out_of_line():
            time.sleep(0.02 * late)
            return run()

        return super()._in_order((line[0], object()), name, async_op, run_out_of_line)


@caught_by("background", "what_goes_wrong_is_raised_by_the_wait")
class BackgroundSwallows(Gloo):
    def all_reduce(self, value, op="SUM", group=None, *, async_op=False):
        try:
            return (
                super().all_reduce(value, op, group, async_op=False)
                if async_op
                else (super().all_reduce(value, op, group))
            )
        except TypeError:
            if not async_op:
                raise
            return Handle.completed("all_reduce", value)


# -- between two ranks ------------------------------------------------------------------


@caught_by("point_to_point", "values_arrive_as_they_were_in_order")
class SendsText(Gloo):
    def send(self, value, *args, **kwargs):
        return super().send(str(value), *args, **kwargs)


@caught_by("point_to_point", "tags_tell_messages_apart")
class TagsAreMixedUp(Gloo):
    def send(self, value, dst, group=None, *, tag=0, async_op=False):
        return super().send(value, dst, group, tag={1: 2, 2: 1}.get(tag, tag), async_op=async_op)


@caught_by("point_to_point", "nobody_talks_to_itself")
class TalksToItself(Gloo):
    _letters = threading.local()

    def recv(self, src, *args, **kwargs):
        return None if src == self.rank else super().recv(src, *args, **kwargs)
