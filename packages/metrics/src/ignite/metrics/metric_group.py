"""Several metrics as one: updated together, and computed with the collectives of one."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from itertools import chain
from typing import Any

from ignite.metrics._composite import Composite
from ignite.metrics._sync import as_synced
from ignite.metrics.metric import Metric, identity

__all__ = ["MetricGroup"]


class MetricGroup(Composite):
    """Several metrics as one, whose value is a mapping of theirs.

    Metrics that accumulate alike (see :meth:`Metric.sharing_key`) are updated once for all. The
    states of all travel together when the values are computed.

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
                states = {name: getattr(leader, name) for name in leader.state_specs}
                stack.enter_context(as_synced(follower, states))
            return {name: metric.compute() for name, metric in self.metrics.items()}

    def state_dict(self) -> OrderedDict[str, Any]:
        """Return the state dict of each metric by its name (collective)."""
        for follower, leader in self._followers:
            follower.reset()
            follower.merge_state([leader])
        return super().state_dict()


def _divided(metrics: Iterable[Metric]) -> tuple[list[Metric], list[tuple[Metric, Metric]]]:
    """Return the metrics to update, and others with the one that each takes its states from."""
    leaders: dict[Hashable, Metric] = {}
    followers: dict[int, tuple[Metric, Metric]] = {}
    for metric in chain.from_iterable(metric.sources() for metric in metrics):
        own = metric.sharing_key()
        key: Hashable = id(metric) if own is None else (own, metric._output_transform)
        leader = leaders.setdefault(key, metric)
        if leader is not metric:
            followers[id(metric)] = metric, leader
    return list(leaders.values()), list(followers.values())
