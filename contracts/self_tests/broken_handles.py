"""Bugs in the background, and between two ranks."""

from __future__ import annotations

import time

from backend_bugs import Gloo, caught_by

from ignite.distributed.interface import Handle

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
            return super().all_reduce(value, op, group)
        except TypeError:
            if not async_op:
                raise
            return Handle.completed("all_reduce", value)


@caught_by("background", "background_operations_equal_the_reference", "one_handle_for_each_call")
class BackgroundGivesTheInput(Gloo):
    def all_reduce(self, value, op="SUM", group=None, *, async_op=False):
        result = super().all_reduce(value, op, group)
        return Handle.completed("all_reduce", value) if async_op else result


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
    def recv(self, src, *args, **kwargs):
        return None if src == self.rank else super().recv(src, *args, **kwargs)


@caught_by("point_to_point", "two_ranks_may_send_to_each_other_at_once")
class WaitsForWhatItSends(Gloo):
    def send(self, value, dst, *, async_op=False):
        handle = super().send(value, dst, async_op=True)
        handle.wait()
        return handle if async_op else None
