"""Metrics that give their results at one event of a run: their states travel together."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakKeyDictionary

import torch

from ignite.distributed.interface import current_backend
from ignite.events.interface import EventSource
from ignite.metrics._sync import as_synced, states_over_the_world
from ignite.metrics.interface import Rows
from ignite.metrics.usage import MetricUsage

if TYPE_CHECKING:
    from ignite.metrics.metric import Metric

__all__ = ["forget", "note", "synced_together"]


class _Attached(NamedTuple):
    metric: Metric
    name: str
    event: Any
    is_updated_there: bool


@dataclass
class _Run:
    """What is known of a run.

    Attributes:
        attached: the metrics that give it their results.
        merged: for each source its mark, and its states over all ranks, as an earlier result at
            the same event needed them.
    """

    attached: list[_Attached] = field(default_factory=list)
    merged: dict[Metric, tuple[Hashable, dict[str, Any]]] = field(default_factory=dict)


_runs: WeakKeyDictionary[EventSource, _Run] = WeakKeyDictionary()


def note(engine: EventSource, usage: MetricUsage, metric: Metric, name: str) -> None:
    """Note that a metric gives its results to a run under a name."""
    updated_there = usage.ITERATION_COMPLETED == usage.COMPLETED
    entry = _Attached(metric, name, usage.COMPLETED, updated_there)
    _runs.setdefault(engine, _Run()).attached.append(entry)


def forget(engine: EventSource, usage: MetricUsage, metric: Metric) -> None:
    """Forget that it does, in this usage."""
    run = _runs.get(engine, _Run())
    run.attached[:] = [
        entry
        for entry in run.attached
        if entry.metric is not metric or entry.event != usage.COMPLETED
    ]
    run.merged.clear()


@contextmanager
def synced_together(engine: EventSource, metric: Metric, name: str) -> Iterator[None]:
    """Do as ``synced`` for a metric that gives its result to a run (collective).

    With its states travel those of all metrics that will give their results at the same event,
    which need not ask again unless they have changed by then. Metrics that are updated at
    that event are left out, since their turn to be updated may still come.
    """
    run = _runs.get(engine)
    if run is None or current_backend().world_size == 1:
        yield
        return
    sources = list(metric.sources())
    if any(run.merged.get(source, (None,))[0] != _mark(engine, source) for source in sources):
        together = _due_with(run, metric, name)
        merged = zip(together, states_over_the_world(together), strict=True)
        run.merged = {source: (_mark(engine, source), states) for source, states in merged}
    with ExitStack() as stack:
        for source in sources:
            if source in run.merged:
                stack.enter_context(as_synced(source, run.merged[source][1]))
        yield


def _due_with(run: _Run, metric: Metric, name: str) -> list[Metric]:
    """Return the sources of all metrics whose results are due when this one's is."""
    events = [entry.event for entry in run.attached if entry[:2] == (metric, name)]
    if len(events) != 1:  # in several usages: which of them it is cannot be told
        return list(metric.sources())
    due = [
        entry.metric
        for entry in run.attached
        if entry.event == events[0] and (entry.metric is metric or not entry.is_updated_there)
    ]
    return list(dict.fromkeys(source for each in due for source in each.sources()))


def _mark(engine: EventSource, source: Metric) -> Hashable:
    """Return what differs once the metric has changed, or the run has gone on."""
    states = [getattr(source, name) for name in source.state_specs]
    return engine.state.epoch, engine.state.iteration, *map(_mark_of, states)


def _mark_of(state: Any) -> Hashable:
    if isinstance(state, torch.Tensor):
        return id(state), state._version
    return (id(state), len(state)) if isinstance(state, Rows) else state
