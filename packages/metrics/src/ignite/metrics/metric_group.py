"""Several metrics as one: updated together, and computed with the collectives of one."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from itertools import chain
from typing import Any

from ignite.metrics._composite import Composite
from ignite.metrics._derived import Derivable, speaks_for_update
from ignite.metrics._sync import as_synced
from ignite.metrics.interface import Rows, StateValue
from ignite.metrics.metric import Metric, identity

__all__ = ["MetricGroup"]


class MetricGroup(Composite):
    """Several metrics as one, whose value is a mapping of theirs.

    Metrics that accumulate alike (see :meth:`Metric.sharing_key`) are updated once for all, and
    those whose states follow from another's not at all: accuracy, precision, recall and F-measure
    cost nothing beside a confusion matrix of the same output. The states of all travel together
    when the values are computed.

    Args:
        metrics: by name. They belong to the group from now on, which resets and updates them.
        output_transform: makes of ``engine.state.output`` what the metrics' own
            ``output_transform`` gets.
        skip_unrolling: as in :class:`Metric`.

    Attributes:
        metrics: by name.

    Raises:
        TypeError: not a mapping of metrics.

    >>> import torch
    >>> from ignite.metrics import Accuracy, ConfusionMatrix
    >>> group = MetricGroup({"accuracy": Accuracy(), "matrix": ConfusionMatrix(2)})
    >>> group.update((torch.tensor([[0.9, 0.1], [0.2, 0.8]]), torch.tensor([0, 0])))
    >>> group.compute()
    {'accuracy': 0.5, 'matrix': tensor([[1, 1],
            [0, 0]])}
    """

    def __init__(
        self,
        metrics: Mapping[str, Metric],
        output_transform: Callable[[Any], Any] = identity,
        skip_unrolling: bool = False,
    ) -> None:
        if not isinstance(metrics, Mapping) or not all(
            isinstance(metric, Metric) for metric in metrics.values()
        ):
            raise TypeError(f"metrics must be a mapping of names to metrics, got {metrics!r}.")
        self.metrics = dict(metrics)
        self._leaders, self._followers = _divided(self.metrics.values())
        super().__init__(output_transform, skip_unrolling=skip_unrolling)

    def sources(self) -> Iterator[Metric]:
        """Yield the metrics that accumulate, one of those that accumulate alike."""
        yield from self._leaders

    def parts(self) -> Mapping[str, Metric]:
        """Return the metrics by name."""
        return self.metrics

    def compute(self) -> dict[str, Any]:
        """Return the value of each metric by its name (collective).

        Raises:
            NotComputableError: no rank has seen any example.
        """
        with ExitStack() as stack:
            for follower, leader in self._followers:
                stack.enter_context(as_synced(follower, _states(follower, leader)))
            return {name: metric.compute() for name, metric in self.metrics.items()}

    def state_dict(self) -> OrderedDict[str, Any]:
        """Return the state dict of each metric by its name (collective)."""
        for follower, leader in self._followers:
            follower.reset()
            follower._load([_values(follower, leader)])
        return super().state_dict()


def _divided(metrics: Iterable[Metric]) -> tuple[list[Metric], list[tuple[Metric, Metric]]]:
    """Return the metrics to update, and others with the one that each takes its states from."""
    sources = list(dict.fromkeys(chain.from_iterable(metric.sources() for metric in metrics)))
    first: dict[Hashable, Metric] = {}
    for source in sources:
        first.setdefault(_key(source), source)
    distinct = list(first.values())
    # Those that take their states from others may serve as many others, but not for these.
    basic = [one for one in distinct if not any(_is_derived(one, other) for other in distinct)]
    leaders, followers = [], []
    for source in sources:
        leader = next((one for one in basic if _is_derived(source, one)), first[_key(source)])
        if leader is source:
            leaders.append(source)
        else:
            followers.append((source, leader))
    return leaders, followers


def _key(metric: Metric) -> Hashable:
    """Return what is equal for metrics that come to equal states."""
    own = metric.sharing_key() if speaks_for_update(metric, "sharing_key") else None
    if own is None:
        return id(metric)
    return own, _taken(metric), metric._skip_unrolling, metric._device


def _taken(metric: Metric) -> Hashable:
    """Return what is equal for metrics that take the same of an output."""
    return metric._output_transform, metric.required_output_keys


def _is_derived(metric: Metric, other: Metric) -> bool:
    """Return whether a metric's states follow from those of another."""
    return (
        isinstance(metric, Derivable)
        and metric is not other
        and _taken(metric) == _taken(other)
        and speaks_for_update(metric, "states_from")
        and metric.states_from(other) is not None
    )


def _values(follower: Metric, leader: Metric) -> Mapping[str, StateValue]:
    """Return what the states of a metric come to that was not updated."""
    if _key(follower) == _key(leader):
        return leader.state_values()
    assert isinstance(follower, Derivable)
    values = follower.states_from(leader)
    assert values is not None
    return values


def _states(follower: Metric, leader: Metric) -> dict[str, Any]:
    """Return what the attributes of a metric are to hold that was not updated."""
    states: dict[str, Any] = dict(_values(follower, leader))
    for name, spec in follower.state_specs.items():
        if spec.reduction == "cat":
            states[name] = Rows.of(states[name], follower._device)
    return states
