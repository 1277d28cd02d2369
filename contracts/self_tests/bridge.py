"""A bridge to another framework's loop: an event source that shares no code with the emitter.

It is what a third party would write. ``Trainer`` stands for the other framework, with a
loop, counters and callbacks of its own; ``Bridge`` lets handlers listen to it.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Mapping
from typing import NamedTuple

from ignite.events.interface import (
    EventEnum,
    Events,
    EventsList,
    HandlerNotFoundError,
    HandlerSignatureError,
    RemovableEventHandle,
    UnknownEventError,
)


class Trainer:
    """The other framework: counts epochs from 0, and steps when they are done."""

    def __init__(self, step):
        self.step, self.callback = step, None
        self.epoch_index, self.steps_done = -1, 0
        self.epochs = self.steps_per_epoch = None

    def fit(self, batches, epochs):
        self.epochs, self.steps_per_epoch = epochs, len(batches)
        self.callback.fit_starts()
        for self.epoch_index in range(epochs):
            self.callback.epoch_starts()
            for batch in batches:
                self.callback.step_starts(batch)
                result = self.step(batch)
                self.steps_done += 1
                self.callback.step_ends(result)
            self.callback.epoch_ends()
        self.callback.fit_ends()


class BridgeState:
    """Reads the trainer's counters, which nobody else can set."""

    def __init__(self, trainer):
        self.trainer = trainer
        self.in_step = False
        self.batch = self.output = self.max_iters = None
        self.metrics = {}
        self.counters = {
            event: "iteration" if "ITERATION" in event.name or "BATCH" in event.name else "epoch"
            for event in Events
        }

    @property
    def iteration(self):
        return self.trainer.steps_done + self.in_step

    @property
    def epoch(self):
        return self.trainer.epoch_index + 1

    @property
    def epoch_length(self):
        return self.trainer.steps_per_epoch

    @property
    def max_epochs(self):
        return self.trainer.epochs

    def get_event_attrib_value(self, event_name):
        if event_name not in self.counters:
            raise UnknownEventError(f"Nothing counts {event_name!r}.")
        return getattr(self, self.counters[event_name])


class Attachment(NamedTuple):
    handler: object
    call: object
    filter: object


class Bridge:
    """Keeps handlers in one list per event and calls them when the trainer calls back."""

    def __init__(self, trainer):
        trainer.callback = self
        self.state = BridgeState(trainer)
        self.last_event_name = None
        self.attached = {event: [] for event in Events}

    # -- what the trainer calls -----------------------------------------------------------

    def fit_starts(self):
        self.fire_event(Events.STARTED)

    def epoch_starts(self):
        self.fire_event(Events.EPOCH_STARTED)

    def step_starts(self, batch):
        self.state.batch, self.state.in_step = batch, True
        self.fire_event(Events.ITERATION_STARTED)

    def step_ends(self, result):
        self.state.output, self.state.in_step = result, False
        self.fire_event(Events.ITERATION_COMPLETED)

    def epoch_ends(self):
        self.fire_event(Events.EPOCH_COMPLETED)

    def fit_ends(self):
        self.fire_event(Events.COMPLETED)

    # -- what an event source offers ------------------------------------------------------

    def register_events(self, *event_names, event_to_attr=None):
        if not all(isinstance(event, (str, EventEnum)) for event in event_names):
            raise TypeError("An event is a string or a member of an EventEnum.")
        counters = {} if event_to_attr is None else event_to_attr
        if not isinstance(counters, Mapping):
            raise TypeError("event_to_attr maps events to names.")
        for event in event_names:
            self.attached.setdefault(event, [])
            if event in counters:
                self.state.counters[event] = counters[event]
                if not hasattr(self.state, counters[event]):
                    setattr(self.state, counters[event], 0)

    def add_event_handler(self, event_name, handler, *args, **kwargs):
        call = self.bound(handler, args, kwargs)
        ready = [(self.known(event), self.narrowed(event)) for event in single(event_name)]
        for attached, event_filter in ready:
            attached.append(Attachment(handler, call, event_filter))
        return RemovableEventHandle(event_name, handler, self)

    def on(self, event_name, *args, **kwargs):
        def decorator(handler):
            self.add_event_handler(event_name, handler, *args, **kwargs)
            return handler

        return decorator

    def has_event_handler(self, handler, event_name=None):
        events = self.attached if event_name is None else single(event_name)
        return any(each.handler == handler for event in events for each in self.known(event))

    def remove_event_handler(self, handler, event_name):
        for event in single(event_name):
            attached = self.known(event)
            kept = [each for each in attached if each.handler != handler]
            if len(kept) == len(attached):
                raise HandlerNotFoundError(f"{handler!r} is not attached to {event!r}.")
            attached[:] = kept

    def fire_event(self, event_name):
        attached = self.known(event_name)
        self.last_event_name = event_name
        for each in self.turns(attached):
            self.turn(event_name, each)

    # -- within ---------------------------------------------------------------------------

    def known(self, event):
        try:
            return self.attached[event]
        except (KeyError, TypeError):
            raise UnknownEventError(f"{event!r} is not registered.") from None

    def bound(self, handler, args, kwargs):
        if not callable(handler):
            raise TypeError(f"{handler!r} is not callable.")
        signature = inspect.signature(handler)
        for given in ((self, *args), args):
            try:
                signature.bind(*given, **kwargs)
            except TypeError:
                continue
            return functools.partial(handler, *given, **kwargs)
        raise HandlerSignatureError(f"{handler!r} cannot be called with {args} and {kwargs}.")

    def narrowed(self, event):
        event_filter = getattr(event, "filter", None)
        if event_filter is not None:
            self.number(event)
        return event_filter

    def number(self, event):
        return self.state.get_event_attrib_value(event)

    def turns(self, attached):
        """Yield who runs: those attached now, then those that come meanwhile."""
        had_their_turn = []
        for each in list(attached):
            had_their_turn.append(each.handler)
            yield each
        while late := [each for each in attached if each.handler not in had_their_turn]:
            had_their_turn.append(late[0].handler)
            yield late[0]

    def turn(self, event, each):
        if each.filter is None or each.filter(self, self.number(event)):
            each.call()


def single(event_name):
    """Return the events of a list, or the one event."""
    return list(event_name) if isinstance(event_name, EventsList) else [event_name]


class BridgedTrainer:
    """What the suites are pointed at: a trainer, whose step doubles, and a bridge to it."""

    def __init__(self, bridge=Bridge, trainer=Trainer):
        self.trainer = trainer(lambda batch: 2 * batch)
        self.source = bridge(self.trainer)

    def run(self, batches, epochs):
        self.trainer.fit(batches, epochs)
