"""Event sources with a bug in their run, or in what they offer at all."""

from __future__ import annotations

from bridge import Bridge, Trainer
from bugs import caught_by

from ignite.events.interface import Events

# -- interface ------------------------------------------------------------------------


@caught_by("interface", "every_name_of_the_interface_is_there")
class CannotDecorate(Bridge):
    @property
    def on(self):
        raise AttributeError("on")


@caught_by("interface", "sources_do_not_share_their_state")
class OneDictOfMetrics(Bridge):
    metrics = {}  # noqa: RUF012 - the bug

    def __init__(self, trainer):
        super().__init__(trainer)
        self.state.metrics = self.metrics


@caught_by("interface", "the_state_has_every_name_of_a_run_state")
class NothingOfIterations(Bridge):
    def __init__(self, trainer):
        super().__init__(trainer)
        del self.state.max_iters


@caught_by("interface", "a_fresh_source_has_counted_nothing")
class EpochsFromOne(Trainer):
    def __init__(self, step):
        super().__init__(step)
        self.epoch_index = 0


@caught_by("interface", "every_event_of_a_run_can_be_fired")
class OnlyWhatTheTrainerTells(Bridge):
    def __init__(self, trainer):
        super().__init__(trainer)
        del self.attached[Events.TERMINATE]


@caught_by("interface", "sources_do_not_share_handlers")
class AsksAllSources(Bridge):
    known_to_all = []  # noqa: RUF012 - the bug

    def add_event_handler(self, event_name, handler, *args, **kwargs):
        self.known_to_all.append(handler)
        return super().add_event_handler(event_name, handler, *args, **kwargs)

    def has_event_handler(self, handler, event_name=None):
        if event_name is None:
            return handler in self.known_to_all
        return super().has_event_handler(handler, event_name)


# -- run ------------------------------------------------------------------------------


@caught_by("run", "events_and_state_are_those_of_the_reference")
class EpochsDoNotEnd(Bridge):
    def epoch_ends(self):
        """Tell nobody."""


@caught_by("run", "which_events_have_handlers_changes_nothing")
class StepsFromZero(Bridge):
    def step_starts(self, batch):
        self.state.batch = batch
        self.fire_event(Events.ITERATION_STARTED)


@caught_by("run", "filters_number_by_iteration_or_epoch")
class EpochsByIteration(Bridge):
    def number(self, event):
        return self.state.iteration if isinstance(event, Events) else super().number(event)


@caught_by("run", "getting_a_batch_is_told_before_its_iteration_or_not_at_all")
class BatchIsGotTooLate(Bridge):
    def step_starts(self, batch):
        super().step_starts(batch)
        self.fire_event(Events.GET_BATCH_STARTED)
        self.fire_event(Events.GET_BATCH_COMPLETED)


@caught_by("run", "an_exception_in_a_handler_ends_the_run_and_goes_to_its_caller")
class TrainerGoesOn(Trainer):
    def fit(self, batches, epochs):
        try:
            super().fit(batches, epochs)
        except ValueError:
            self.callback.fit_ends()


@caught_by("run", "the_length_of_the_run_is_told")
class LengthIsNotTold(Trainer):
    def fit(self, batches, epochs):
        super().fit(batches, epochs)

    steps_per_epoch = property(lambda self: None, lambda self, value: None)


@caught_by("run", "what_a_handler_leaves_in_the_metrics_is_there_for_later_ones")
class MetricsOfAnEpoch(Bridge):
    def epoch_ends(self):
        super().epoch_ends()
        self.state.metrics = {"total": 0}
