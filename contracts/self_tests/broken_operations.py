"""Bugs in what is for one rank or in parts, in groups and in coalesced operations."""

from __future__ import annotations

import torch
from backend_bugs import Gloo, caught_by

# -- for one rank -----------------------------------------------------------------------


@caught_by(
    "one_rank",
    "one_rank_gets_the_reduction",
    "every_op_and_dtype_is_reduced_to_one_rank",
)
class ReducesToTheFirstRank(Gloo):
    def reduce(self, value, dst=0, *args, **kwargs):
        return super().reduce(value, 0, *args, **kwargs)


@caught_by(
    "one_rank",
    "one_rank_gets_ragged_tensors",
    "one_rank_gets_tensors_of_any_shape",
    "one_rank_gets_numbers",
    "one_rank_gets_objects",
    "numbers_are_reduced_to_one_rank",
)
class EveryRankGetsIt(Gloo):
    def gather(self, value, dst=0):
        return self.all_gather(value)

    def reduce(self, value, dst=0, op="SUM"):
        return self.all_reduce(value, op)


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


@caught_by("parts", "the_rows_of_a_tensor_are_parts")
class TakesRowsBackwards(Gloo):
    def scatter(self, values=None, src=0):
        return super().scatter(values.flip(0) if isinstance(values, torch.Tensor) else values, src)


# -- groups -----------------------------------------------------------------------------


@caught_by(
    "groups",
    "members_reduce_among_themselves_and_others_keep_theirs",
    "members_hear_their_source_and_others_keep_theirs",
    "one_member_gets_and_gives",
    "a_group_reduces_every_number",
)
class ForgetsTheGroup(Gloo):
    def all_reduce(self, value, op="SUM", group=None):
        return super().all_reduce(value, op)

    def broadcast(self, value, src=0, group=None):
        return super().broadcast(value, src)

    def gather(self, value, dst=0, group=None):
        return super().gather(value, dst)


@caught_by(
    "groups",
    "members_gather_among_themselves_and_others_get_nothing",
    "members_send_objects_among_themselves",
    "groups_of_unequal_sizes_do_not_disturb_each_other",
)
class GivesOutsidersTheirOwn(Gloo):
    def all_gather(self, value, group=None):
        result = super().all_gather(value, group)
        return value if group is not None and self.rank not in group else result


@caught_by("groups", "a_group_is_a_value")
class GroupsAreObjects(Gloo):
    def new_group(self, ranks):
        group = super().new_group(ranks)
        group._hash = hash((self.rank, group.ranks))
        return group


@caught_by("groups", "members_alone_may_make_the_call")
class GroupsWaitForAll(Gloo):
    def barrier(self, group=None, **kwargs):
        return super().barrier(**kwargs)


@caught_by("groups", "what_is_no_group_is_a_value_error")
class TakesEmptyGroups(Gloo):
    def broadcast(self, value, src=0, group=None, **kwargs):
        return super().broadcast(value, src, group or None, **kwargs)


@caught_by("groups", "a_source_outside_the_group_is_a_value_error")
class HearsTheFirstMemberInstead(Gloo):
    def broadcast(self, value, src=0, group=None):
        return super().broadcast(value, src if src in group else group[0], group)


# -- coalesced --------------------------------------------------------------------------


@caught_by("coalesced", "reductions_equal_the_reference")
class CoalescesInReverse(Gloo):
    def all_reduce_coalesced(self, tensors, *args, **kwargs):
        return super().all_reduce_coalesced(tensors, *args, **kwargs)[::-1]


@caught_by("coalesced", "gathered_tensors_equal_one_call_each", "dtypes_side_by_side")
class CoalescesBackwards(Gloo):
    def all_gather_coalesced(self, tensors, *args, **kwargs):
        return super().all_gather_coalesced(tensors, *args, **kwargs)[::-1]


@caught_by("coalesced", "nothing_gives_nothing", "what_is_no_tensor_is_a_type_error")
class CoalescesWhatItCan(Gloo):
    def all_gather_coalesced(self, tensors):
        known = [tensor for tensor in tensors if isinstance(tensor, torch.Tensor)]
        return super().all_gather_coalesced(known) if known else None
