"""When an attached metric starts, takes in a batch, and gives its result."""

from __future__ import annotations

from typing import Any, ClassVar

from ignite.events.interface import Events

__all__ = ["BatchWise", "EpochWise", "MetricUsage", "parse_usage"]


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
    """One result per epoch."""

    usage_name: ClassVar[str] = "epoch_wise"

    def __init__(self) -> None:
        super().__init__(Events.EPOCH_STARTED, Events.EPOCH_COMPLETED, Events.ITERATION_COMPLETED)


class BatchWise(MetricUsage):
    """One result per batch."""

    usage_name: ClassVar[str] = "batch_wise"

    def __init__(self) -> None:
        super().__init__(
            Events.ITERATION_STARTED, Events.ITERATION_COMPLETED, Events.ITERATION_COMPLETED
        )


_BY_NAME: dict[str, type[EpochWise | BatchWise]] = {
    usage.usage_name: usage for usage in (EpochWise, BatchWise)
}


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
