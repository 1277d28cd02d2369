"""Event sources with a bug in what they keep: events, handlers, arguments, filters."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Hashable

from bridge import Bridge, single
from bugs import caught_by

from ignite.events.interface import (
    EventEmitter,
    HandlerNotFoundError,
    HandlerSignatureError,
    RemovableEventHandle,
)

# -- filters --------------------------------------------------------------------------


@caught_by("filters", "a_handler_runs_at_the_occurrences_that_pass", sequences=True)
class OffByOne(Bridge):
    def turn(self, event, each):
        if each.filter is None or each.filter(self, self.number(event) - 1):
            each.call()


@caught_by("filters", "the_number_alone_decides_whatever_came_before", sequences=True)
class FilterForgottenOnceItPassed(Bridge):
    def turn(self, event, each):
        if each.filter is not None and each.filter(self, self.number(event)):
            attached = self.attached[event]
            attached[attached.index(each)] = each._replace(filter=None)
        super().turn(event, each)


@caught_by("filters", "each_event_is_numbered_by_its_own_counter")
class OneCounterForAll(Bridge):
    def number(self, event):
        counters = self.state.counters
        own = [name for name in counters.values() if name not in ("epoch", "iteration")]
        return getattr(self.state, (own or [counters[event]])[0])


@caught_by("filters", "the_filter_reads_the_number_when_the_event_is_fired", sequences=True)
class NumberOfTheAttaching(Bridge):
    def narrowed(self, event):
        event_filter = super().narrowed(event)
        if event_filter is None:
            return None
        number = self.number(event)
        return lambda source, _: event_filter(source, number)


@caught_by("filters", "events_of_a_run_are_numbered_by_iteration_or_epoch")
class IterationsOnly(EventEmitter):
    """It has no loop, so the suites count."""

    def __init__(self):
        super().__init__()
        self.state.event_to_attr = dict.fromkeys(self.state.event_to_attr, "iteration")


# -- handlers -------------------------------------------------------------------------


@caught_by("handlers", "each_attachment_has_its_own_arguments")
class KeywordsDropped(Bridge):
    def bound(self, handler, args, kwargs):
        call = super().bound(handler, args, kwargs)
        return functools.partial(call.func, *call.args)


@caught_by("handlers", "what_is_handed_over_follows_from_the_signature")
class SourceTwice(Bridge):
    def bound(self, handler, args, kwargs):
        try:
            return super().bound(handler, (self, *args), kwargs)
        except HandlerSignatureError:
            return super().bound(handler, args, kwargs)


@caught_by("handlers", "a_decorated_handler_stays_itself_and_gets_its_arguments")
class DecoratorGivesTheHandle(Bridge):
    def on(self, event_name, *args, **kwargs):
        return lambda handler: self.add_event_handler(event_name, handler, *args, **kwargs)


# -- events ---------------------------------------------------------------------------


@caught_by("events", "other_sources_do_not_know_the_event", sequences=True)
class EventsOfTheClass(Bridge):
    registered = set()  # noqa: RUF012 - the bug

    def register_events(self, *event_names, event_to_attr=None):
        super().register_events(*event_names, event_to_attr=event_to_attr)
        self.registered.update(event_names)

    def known(self, event):
        if isinstance(event, Hashable) and event in self.registered:
            self.attached.setdefault(event, [])
        return super().known(event)


@caught_by("events", "other_sources_do_not_have_the_counter")
class CountersOfTheClass(Bridge):
    counters = {}  # noqa: RUF012 - the bug

    def __init__(self, trainer):
        super().__init__(trainer)
        self.counters.update(self.state.counters)
        self.state.counters = self.counters


@caught_by("events", "registering_again_keeps_handlers_and_counts", sequences=True)
class RegisteringAgainForgets(Bridge):
    def register_events(self, *event_names, event_to_attr=None):
        super().register_events(*event_names, event_to_attr=event_to_attr)
        for event in event_names:
            self.attached[event].clear()


@caught_by("events", "a_counter_begins_at_0_and_is_told")
class CountersFromOne(Bridge):
    def register_events(self, *event_names, event_to_attr=None):
        super().register_events(*event_names, event_to_attr=event_to_attr)
        for counter in (event_to_attr or {}).values():
            setattr(self.state, counter, getattr(self.state, counter) or 1)


# -- refusals -------------------------------------------------------------------------


@caught_by("refusals", "unknown_events_are_not_fired", sequences=True)
class FiresWhatItDoesNotKnow(Bridge):
    def fire_event(self, event_name):
        if isinstance(event_name, str):
            self.attached.setdefault(event_name, [])
        super().fire_event(event_name)


@caught_by("refusals", "a_list_with_one_unknown_event_attaches_nothing", sequences=True)
class AttachesHalfAList(Bridge):
    def add_event_handler(self, event_name, handler, *args, **kwargs):
        for event in single(event_name):
            handle = super().add_event_handler(event, handler, *args, **kwargs)
        handle.event_name = event_name
        return handle


@caught_by("refusals", "a_call_that_cannot_be_made_is_refused_before_it_is_due")
class FailsWhenItIsDue(Bridge):
    def bound(self, handler, args, kwargs):
        try:
            return super().bound(handler, args, kwargs)
        except HandlerSignatureError:
            return functools.partial(handler, *args, **kwargs)


@caught_by("refusals", "what_is_not_attached_cannot_be_removed", sequences=True)
class RemovesWhatIsNotThere(Bridge):
    def remove_event_handler(self, handler, event_name):
        with contextlib.suppress(HandlerNotFoundError):
            super().remove_event_handler(handler, event_name)


@caught_by("refusals", "what_is_not_callable_is_a_type_error")
class TakesAnything(Bridge):
    def bound(self, handler, args, kwargs):
        return super().bound(handler if callable(handler) else print, args, kwargs)


# -- removal --------------------------------------------------------------------------


@caught_by("removal", "every_attachment_to_that_event_goes_filtered_or_not", sequences=True)
class RemovesTheFirstOnly(Bridge):
    def remove_event_handler(self, handler, event_name):
        for event in single(event_name):
            attached = self.known(event)
            handlers = [each.handler for each in attached]
            if handler not in handlers:
                raise HandlerNotFoundError
            del attached[handlers.index(handler)]


@caught_by("removal", "it_stays_on_other_events", sequences=True)
class RemovesFromEveryEvent(Bridge):
    def remove_event_handler(self, handler, event_name):
        super().remove_event_handler(handler, event_name)
        for attached in self.attached.values():
            attached[:] = [each for each in attached if each.handler != handler]


@caught_by("removal", "whether_it_is_attached_is_asked_of_one_event_or_of_all", sequences=True)
class HasOnAnyEvent(Bridge):
    def has_event_handler(self, handler, event_name=None):
        super().has_event_handler(handler, event_name)
        return super().has_event_handler(handler)


@caught_by("removal", "a_method_is_the_same_handler_whenever_it_is_looked_up")
class ComparesByIdentity(Bridge):
    def has_event_handler(self, handler, event_name=None):
        events = self.attached if event_name is None else single(event_name)
        return any(each.handler is handler for event in events for each in self.known(event))


@caught_by("removal", "a_handle_removes_and_then_does_no_more", sequences=True)
class HandleWorksOnce(Bridge):
    def add_event_handler(self, event_name, handler, *args, **kwargs):
        handle = super().add_event_handler(event_name, handler, *args, **kwargs)
        handle.remove = lambda: self.remove_event_handler(handler, event_name)
        return handle


class RemovesOnSuccess(RemovableEventHandle):
    def __exit__(self, kind, error, trace):
        if error is None:
            self.remove()


@caught_by("removal", "a_context_ends_with_an_exception_too", sequences=True)
class ContextStaysAfterAnError(Bridge):
    def add_event_handler(self, event_name, handler, *args, **kwargs):
        super().add_event_handler(event_name, handler, *args, **kwargs)
        return RemovesOnSuccess(event_name, handler, self)
