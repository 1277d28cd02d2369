"""Bugs in what is moved as it is: gathered, sent from one rank, or in parts."""

from __future__ import annotations

import pickle
from pathlib import Path

import torch
from backend_bugs import Gloo, caught_by

# -- all_gather -------------------------------------------------------------------------


@caught_by("all_gather", "results_are_in_rank_order")
class GathersBackwards(Gloo):
    def all_gather(self, value):
        result = super().all_gather(value)
        return result[::-1] if isinstance(result, list) else result


@caught_by("all_gather", "tensors_of_one_shape_equal_the_reference", "every_dtype_is_gathered")
class GathersRowsBackwards(Gloo):
    def all_gather(self, value):
        result = super().all_gather(value)
        return result.flip(0) if isinstance(result, torch.Tensor) else result


@caught_by(
    "all_gather",
    "other_ragged_shapes_come_back_as_a_list",
    "numbers_are_exact_and_keep_their_type",
    "objects_equal_the_reference",
)
class ListsBecomeTuples(Gloo):
    def all_gather(self, value):
        result = super().all_gather(value)
        return tuple(result) if isinstance(result, list) else result


@caught_by("all_gather", "ragged_first_dimensions_keep_their_sizes")
class PadsRaggedRows(Gloo):
    def all_gather(self, value):
        if not isinstance(value, torch.Tensor) or not value.dim():
            return super().all_gather(value)
        rows = max(super().all_gather(len(value)))
        padding = value.new_zeros(rows - len(value), *value.shape[1:])
        return super().all_gather(torch.cat([value.detach(), padding]))


@caught_by("all_gather", "same_inputs_twice_give_the_same_bits")
class ForgetsEveryOtherGathering(Gloo):
    calls = 0

    def all_gather(self, value):
        result = super().all_gather(value)
        self.calls += 1
        return result[:0] if self.calls % 2 else result


# -- broadcast --------------------------------------------------------------------------


@caught_by(
    "broadcast",
    "tensors_equal_the_reference",
    "every_dtype_is_sent_from_every_rank",
    "objects_equal_the_reference",
)
class IgnoresTheSource(Gloo):
    def broadcast(self, value, src=0, *, safe_mode=False):
        return super().broadcast(value, 0, safe_mode=safe_mode)


@caught_by("broadcast", "numbers_are_exact_and_keep_their_type")
class NumbersThroughFloat32(Gloo):
    def broadcast(self, value, src=0, *, safe_mode=False):
        result = super().broadcast(value, src, safe_mode=safe_mode)
        if type(result) in {int, float} and abs(result) < 2**63:
            return torch.tensor(result, dtype=torch.float32).item()
        return result


@caught_by("broadcast", "input_is_not_changed")
class SourceKeepsItsTensor(Gloo):
    def broadcast(self, value, src=0, *, safe_mode=False):
        result = super().broadcast(value, src, safe_mode=safe_mode)
        return value if isinstance(value, torch.Tensor) and self.rank == src else result


@caught_by("broadcast", "in_safe_mode_other_ranks_pass_anything")
class KnowsNoSafeMode(Gloo):
    def broadcast(self, value, src=0, *, safe_mode=False):
        return super().broadcast(value, src)


@caught_by("all_gather", "result_is_on_the_device_of_the_input")
@caught_by("broadcast", "result_has_the_dtype_shape_and_device_of_the_input")
class LeavesItElsewhere(Gloo):
    """A tensor that says so: there is but one device here."""

    class Elsewhere(torch.Tensor):
        device = torch.device("meta")

    def all_gather(self, value):
        return self._moved(super().all_gather(value))

    def broadcast(self, value, src=0):
        return self._moved(super().broadcast(value, src))

    def _moved(self, result):
        return result.as_subclass(self.Elsewhere) if isinstance(result, torch.Tensor) else result


# -- objects ----------------------------------------------------------------------------


@caught_by("all_gather", "objects_have_any_size")
@caught_by("broadcast", "objects_have_any_size")
@caught_by("parts", "parts_have_any_size")
class CutsLargeObjects(Gloo):
    def all_gather(self, value):
        return super().all_gather(self._cut(value))

    def broadcast(self, value, src=0):
        return super().broadcast(self._cut(value), src)

    def scatter(self, values=None, src=0):
        return self._cut(super().scatter(values, src))

    def _cut(self, value):
        return value[: 2**10] if isinstance(value, bytes) else value


@caught_by("all_gather", "everyday_objects_keep_their_type")
@caught_by("broadcast", "everyday_objects_keep_their_type")
class PathsBecomeStrings(Gloo):
    def all_gather(self, value):
        return super().all_gather(self._text(value))

    def broadcast(self, value, src=0):
        return super().broadcast(self._text(value), src)

    def _text(self, value):
        return str(value) if isinstance(value, Path) else value


def picklable(value):
    try:
        pickle.dumps(value)
    except Exception as error:
        raise TypeError("cannot be pickled") from error
    return value


@caught_by("all_gather", "what_one_rank_cannot_pickle_is_a_type_error_on_every_rank")
class RaisesAlone(Gloo):
    def all_gather(self, value):
        return super().all_gather(
            value if isinstance(value, torch.Tensor) else picklable(value),
        )


@caught_by("all_gather", "what_cannot_be_pickled_is_a_type_error")
@caught_by(
    "broadcast",
    "what_cannot_be_pickled_is_a_type_error",
    "what_the_source_cannot_pickle_is_a_type_error_on_every_rank",
)
@caught_by("one_rank", "what_one_rank_cannot_send_is_a_type_error_on_every_rank")
@caught_by("parts", "a_part_that_cannot_be_sent_is_a_type_error_on_every_rank")
@caught_by("point_to_point", "what_cannot_be_sent_is_a_type_error_on_both_ranks")
class SendsNoneForWhatItCannot(Gloo):
    def all_gather(self, value):
        return super().all_gather(self._or_none(value))

    def gather(self, value, dst=0):
        return super().gather(self._or_none(value), dst)

    def broadcast(self, value, src=0, *, safe_mode=False):
        return super().broadcast(self._or_none(value), src, safe_mode=safe_mode)

    def scatter(self, values=None, src=0):
        return super().scatter([self._or_none(value) for value in values], src)

    def send(self, value, dst):
        return super().send(self._or_none(value), dst)

    def _or_none(self, value):
        try:
            return picklable(value)
        except TypeError:
            return None


# -- ranks ------------------------------------------------------------------------------


@caught_by("broadcast", "source_outside_the_world_is_a_value_error")
@caught_by("one_rank", "what_is_no_rank_is_a_value_error")
@caught_by("point_to_point", "what_is_no_rank_is_a_value_error")
class CountsRanksFromTheEnd(Gloo):
    def broadcast(self, value, src=0):
        return super().broadcast(value, self._rank(src))

    def gather(self, value, dst=0):
        return super().gather(value, self._rank(dst))

    def send(self, value, dst):
        return super().send(value, self._rank(dst), async_op=True)

    def _rank(self, rank):
        return rank % self.world_size if type(rank) is int else rank
