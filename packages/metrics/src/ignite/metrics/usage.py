"""When an attached metric starts, takes in a batch, and gives its result."""

from __future__ import annotations

from typing import Any, ClassVar

from ignite.events.interface import Events

__all__ = [
    "BatchFiltered",
    "BatchWise",
    "EpochWise",
    "MetricUsage",
    "RunningBatchWise",
    "RunningEpochWise",
    "SingleEpochRunningBatchWise",
    "parse_usage",
]


class MetricUsage:
    """Three events of the run that a metric follows.

    Args:
        started: the metric is reset.
        completed: its result goes to ``engine.state.metrics``.
        iteration_completed: it is updated with the output; may have a filter.

    >>> usage = MetricUsage(Events.STARTED, Events.COMPLETED, Events.ITERATION_COMPLETED(every=2))
    >>> usage.COMPLETED
    Events.COMPLETED
    """

    usage_name: ClassVar[str]
    """What :meth:`Metric.attach` takes in place of an object."""

    def __init__(self, started: Any, completed: Any, iteration_completed: Any) -> None:
        self.STARTED = started
        self.COMPLETED = completed
        self.ITERATION_COMPLETED = iteration_completed


class EpochWise(MetricUsage):
    """One result per epoch, of its batches."""

    usage_name: ClassVar[str] = "epoch_wise"

    def __init__(self) -> None:
        super().__init__(Events.EPOCH_STARTED, Events.EPOCH_COMPLETED, Events.ITERATION_COMPLETED)


class RunningEpochWise(EpochWise):
    """One result per epoch, of the outputs at the ends of all epochs so far.

    For an output that is there once per epoch, such as a result of another metric.
    """

    usage_name: ClassVar[str] = "running_epoch_wise"

    def __init__(self) -> None:
        MetricUsage.__init__(self, Events.STARTED, Events.EPOCH_COMPLETED, Events.EPOCH_COMPLETED)


class BatchWise(MetricUsage):
    """One result per batch, of that batch."""

    usage_name: ClassVar[str] = "batch_wise"

    def __init__(self) -> None:
        self._from(Events.ITERATION_STARTED)

    def _from(self, started: Events) -> None:
        super().__init__(started, Events.ITERATION_COMPLETED, Events.ITERATION_COMPLETED)


class RunningBatchWise(BatchWise):
    """One result per batch, of all batches of the run so far."""

    usage_name: ClassVar[str] = "running_batch_wise"

    def __init__(self) -> None:
        self._from(Events.STARTED)


class SingleEpochRunningBatchWise(BatchWise):
    """One result per batch, of all batches of the epoch so far."""

    usage_name: ClassVar[str] = "single_epoch_running_batch_wise"

    def __init__(self) -> None:
        self._from(Events.EPOCH_STARTED)


class BatchFiltered(MetricUsage):
    """One result per epoch, of some of its batches.

    Args:
        args: of the filter of ``Events.ITERATION_COMPLETED``.
        kwargs: of the same: ``every``, ``once``, ``before``, ``after``, ``event_filter``.

    >>> BatchFiltered(every=2).COMPLETED
    Events.EPOCH_COMPLETED
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        batches = Events.ITERATION_COMPLETED(*args, **kwargs)
        super().__init__(Events.EPOCH_STARTED, Events.EPOCH_COMPLETED, batches)


_NAMED: tuple[type[EpochWise | BatchWise], ...] = (
    EpochWise,
    RunningEpochWise,
    BatchWise,
    RunningBatchWise,
    SingleEpochRunningBatchWise,
)
_BY_NAME = {usage.usage_name: usage for usage in _NAMED}


def parse_usage(usage: str | MetricUsage) -> MetricUsage:
    """Return the usage of that name; a :class:`MetricUsage` is returned as it is.

    Raises:
        ValueError: unknown name.
        TypeError: neither a name nor a usage.

    >>> parse_usage("batch_wise").STARTED
    Events.ITERATION_STARTED
    """
    if isinstance(usage, MetricUsage):
        return usage
    if not isinstance(usage, str):
        raise TypeError(f"usage= takes a MetricUsage object or a name, got {usage!r}.")
    if usage not in _BY_NAME:
        known = ", ".join(map(repr, _BY_NAME))
        raise ValueError(f"Unknown usage {usage!r}; use one of {known}, or a MetricUsage object.")
    return _BY_NAME[usage]()
