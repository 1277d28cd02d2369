"""Event sources with a bug in how they fire: who is called, in which order, and what then."""

from __future__ import annotations

import contextlib

from bridge import Bridge, single
from bugs import caught_by

# -- order ----------------------------------------------------------------------------


@caught_by("order", "handlers_run_in_order_of_attachment", sequences=True)
class LastFirst(Bridge):
    def turns(self, attached):
        yield from super().turns(attached[::-1])


@caught_by("order", "one_handler_runs_once_per_attachment_each_in_its_place", sequences=True)
class EachHandlerOnce(Bridge):
    def turns(self, attached):
        ran = []
        for each in super().turns(attached):
            if each.handler not in ran:
                ran.append(each.handler)
                yield each


@caught_by("order", "a_list_of_events_attaches_to_each_of_them", sequences=True)
class OnlyTheFirstOfAList(Bridge):
    def add_event_handler(self, event_name, handler, *args, **kwargs):
        return super().add_event_handler(single(event_name)[0], handler, *args, **kwargs)


@caught_by("order", "the_last_event_is_named_while_its_handlers_run")
class LastEventIsNamedTooLate(Bridge):
    def fire_event(self, event_name):
        for each in self.turns(self.known(event_name)):
            self.turn(event_name, each)
        self.last_event_name = event_name


@caught_by("order", "the_last_event_is_named_afterwards", sequences=True)
class LastEventIsStale(Bridge):
    def fire_event(self, event_name):
        before = self.last_event_name
        super().fire_event(event_name)
        self.last_event_name = before or event_name


# -- changes --------------------------------------------------------------------------


@caught_by("changes", "one_that_goes_does_not_take_the_turn_of_the_next", sequences=True)
class RemovalSkipsTheNext(Bridge):
    def turns(self, attached):
        yield from attached  # the list that removal shortens


@caught_by("changes", "one_that_goes_before_its_turn_still_runs", sequences=True)
class RemovedAtOnce(Bridge):
    def turns(self, attached):
        return (each for each in super(type(self), self).turns(attached) if each in attached)


@caught_by("changes", "one_that_comes_runs_at_the_end_and_then_in_its_place", sequences=True)
class LateNeverRuns(Bridge):
    def turns(self, attached):
        yield from list(attached)


@caught_by("changes", "one_that_comes_twice_runs_once_in_that_firing", sequences=True)
class LateRunsOncePerAttachment(Bridge):
    def turns(self, attached):
        begun = list(attached)
        yield from begun
        yield from (each for each in attached if each not in begun)


@caught_by("changes", "one_that_already_ran_does_not_run_again", sequences=True)
class LateRunsThoughItRan(Bridge):
    def turns(self, attached):
        had_their_turn = list(attached)
        yield from list(attached)
        while late := [each for each in attached if each not in had_their_turn]:
            had_their_turn += late
            yield late[0]


@caught_by("changes", "those_that_come_from_one_that_came_run_too", sequences=True)
class LateOnlyOneDeep(Bridge):
    def turns(self, attached):
        begun = list(attached)
        yield from begun
        late = {each.handler: each for each in attached if each not in begun}
        yield from late.values()


@caught_by("changes", "one_that_comes_is_held_back_by_its_filter")
class LateIgnoresItsFilter(Bridge):
    def turns(self, attached):
        begun = list(attached)
        for each in super().turns(attached):
            yield each if each in begun else each._replace(filter=None)


@caught_by("changes", "one_that_comes_to_another_event_waits_for_that", sequences=True)
class LateOfAnyEvent(Bridge):
    def fire_event(self, event_name):
        before = {id(each) for attached in self.attached.values() for each in attached}
        super().fire_event(event_name)
        for event, attached in self.attached.items():
            for each in list(attached):
                if event != event_name and id(each) not in before:
                    self.turn(event, each)


# -- nesting --------------------------------------------------------------------------


@caught_by("nesting", "the_inner_event_is_done_before_the_outer_goes_on", sequences=True)
class InnerEventWaits(Bridge):
    waiting = None

    def fire_event(self, event_name):
        self.known(event_name)
        if self.waiting is not None:
            self.waiting.append(event_name)
            return
        self.waiting = [event_name]
        try:
            while self.waiting:
                super().fire_event(self.waiting.pop(0))
        finally:
            self.waiting = None


@caught_by("nesting", "an_event_may_be_fired_within_itself", sequences=True)
class NotTwiceAtATime(Bridge):
    firing = ()

    def fire_event(self, event_name):
        self.known(event_name)
        if event_name in self.firing:
            return
        before, self.firing = self.firing, (*self.firing, event_name)
        try:
            super().fire_event(event_name)
        finally:
            self.firing = before


# -- exceptions -----------------------------------------------------------------------


@caught_by("exceptions", "it_goes_to_the_caller_as_it_is", sequences=True)
class Swallowed(Bridge):
    def turn(self, event, each):
        with contextlib.suppress(Exception):
            super().turn(event, each)


@caught_by("exceptions", "no_handler_runs_after_it", sequences=True)
class RaisedAtTheEnd(Bridge):
    def fire_event(self, event_name):
        errors = []
        for each in self.turns(self.known(event_name)):
            try:
                self.turn(event_name, each)
            except BaseException as error:  # noqa: BLE001 - the bug
                errors.append(error)
        self.last_event_name = event_name
        if errors:
            raise errors[0]


@caught_by("exceptions", "all_handlers_are_there_at_the_next_firing", sequences=True)
class RemovesWhatFails(Bridge):
    def turn(self, event, each):
        try:
            super().turn(event, each)
        except BaseException:
            self.attached[event].remove(each)
            raise


@caught_by("exceptions", "other_events_are_fired_as_before", sequences=True)
class DeafAfterAnError(Bridge):
    deaf = False

    def fire_event(self, event_name):
        self.known(event_name)
        if not self.deaf:
            self.deaf = True
            super().fire_event(event_name)
            self.deaf = False


# -- state machine --------------------------------------------------------------------


@caught_by("state_machine", "any_sequence_calls_what_the_model_calls")
class LateUnlessItWasRemovedBefore(Bridge):
    """No other suite tries a handler that went in one firing and comes in another."""

    def __init__(self, trainer):
        super().__init__(trainer)
        self.removed = []

    def remove_event_handler(self, handler, event_name):
        super().remove_event_handler(handler, event_name)
        self.removed.append(handler)

    def turns(self, attached):
        begun = list(attached)
        for each in super().turns(attached):
            if each in begun or each.handler not in self.removed:
                yield each
