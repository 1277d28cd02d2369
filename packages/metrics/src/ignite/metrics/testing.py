"""What the tests of a metric need on several ranks, in a module that ranks can import."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from typing import Any, NamedTuple

import torch

from ignite.distributed.interface import current_backend
from ignite.events.interface import EventEmitter, Events
from ignite.metrics.metric import Metric, reinit__is_reduced, sync_all_reduce

__all__ = [
    "DecoratedMean",
    "Observation",
    "Spread",
    "counted_collectives",
    "follow_on_rank",
    "observe_on_rank",
]


class Observation(NamedTuple):
    """What a metric gave on one rank.

    Attributes:
        value: the result.
        again: the result of a second call of ``compute``.
        resumed: the result of a metric that went on from a state dict in mid-way.
        collectives: the operations that one ``compute`` called.
    """

    value: Any
    again: Any
    resumed: Any
    collectives: list[str]


def observe_on_rank(
    metric: Metric, examples: Sequence[Sequence[Sequence[Any]]]
) -> list[Observation]:
    """Give copies of ``metric`` each example's batches for this rank (collective).

    Args:
        metric: constructed alike on every rank.
        examples: for each example, for each rank, its batches; a rank may have none.

    >>> from ignite.metrics import Accuracy
    >>> batch = torch.tensor([[0.1, 0.9], [0.8, 0.2]]), torch.tensor([1, 1])
    >>> observe_on_rank(Accuracy(), [[[batch]]])
    [Observation(value=0.5, again=0.5, resumed=0.5, collectives=[])]
    """
    return [_observe(deepcopy(metric), shards[current_backend().rank]) for shards in examples]


def _observe(metric: Metric, batches: Sequence[Any]) -> Observation:
    half, resumed = len(batches) // 2, deepcopy(metric)
    for batch in batches[:half]:
        metric.update(batch)
    resumed.load_state_dict(metric.state_dict())
    for batch in batches[half:]:
        metric.update(batch)
        resumed.update(batch)
    with counted_collectives() as collectives:
        value = metric.compute()
    return Observation(value, metric.compute(), resumed.compute(), collectives)


def follow_on_rank(
    metrics: Mapping[str, Metric], examples: Sequence[Sequence[Sequence[Any]]]
) -> list[tuple[dict[str, Any], list[str]]]:
    """Attach copies of metrics to a run over each example's batches for this rank (collective).

    Args:
        metrics: by name, constructed alike on every rank.
        examples: as for :func:`observe_on_rank`.

    Returns:
        For each example the results by name, and the operations that the end of the epoch called.
    """
    return [_follow(deepcopy(metrics), shards[current_backend().rank]) for shards in examples]


def _follow(metrics: Mapping[str, Metric], batches: Sequence[Any]) -> tuple[Any, list[str]]:
    loop = EventEmitter()
    for name, metric in metrics.items():
        metric.attach(loop, name)
    loop.fire_event(Events.EPOCH_STARTED)
    for batch in batches:
        loop.state.output = batch
        loop.fire_event(Events.ITERATION_COMPLETED)
    with counted_collectives() as collectives:
        loop.fire_event(Events.EPOCH_COMPLETED)
    return dict(loop.state.metrics), collectives


@contextmanager
def counted_collectives() -> Iterator[list[str]]:
    """Yield a list that grows by the name of every collective that is called."""
    backend, names = current_backend(), []

    def recorded(name: str) -> Any:
        original = getattr(backend, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            names.append(name)
            return original(*args, **kwargs)

        return call

    operations = ("all_reduce", "all_gather", "all_gather_coalesced", "broadcast", "barrier")
    vars(backend).update({name: recorded(name) for name in operations})
    try:
        yield names
    finally:
        for name in operations:
            del vars(backend)[name]


class Spread(Metric):
    """The lowest, the highest and the mean value: a state of each reduction.

    >>> metric = Spread()
    >>> metric.update(torch.tensor([3.0, -1.0, 4.0]))
    >>> metric.compute()
    {'lowest': -1.0, 'highest': 4.0, 'mean': 2.0}
    """

    lowest: torch.Tensor
    highest: torch.Tensor
    total: torch.Tensor
    count: int

    def __init__(self, device: str | torch.device = "cpu") -> None:
        super().__init__(device=device)
        self.declare_state("lowest", "min", torch.float64)
        self.declare_state("highest", "max", torch.float64)
        self.declare_state("total", "sum", torch.float64)
        self.declare_state("count", "sum", int)

    def update(self, output: torch.Tensor) -> None:
        """Take in a tensor of any shape with at least one element."""
        lowest, highest = torch.aminmax(output.to(self.lowest))
        self.lowest.clamp_(max=lowest)
        self.highest.clamp_(min=highest)
        self.total += output.sum()
        self.count += output.numel()

    def compute(self) -> dict[str, float]:
        """Return ``{"lowest", "highest", "mean"}`` (collective)."""
        return {
            "lowest": self.lowest.item(),
            "highest": self.highest.item(),
            "mean": self.total.item() / self.count,
        }


class DecoratedMean(Metric):
    """A mean, written as for PyTorch-Ignite.

    >>> metric = DecoratedMean()
    >>> metric.update(torch.tensor([3.0, -1.0, 4.0]))
    >>> metric.compute()
    2.0
    """

    @reinit__is_reduced
    def reset(self) -> None:
        """Forget all batches."""
        self._sum = torch.tensor(0.0, device=self._device)
        self._n = 0

    @reinit__is_reduced
    def update(self, output: torch.Tensor) -> None:
        """Take in a tensor of any shape."""
        self._sum += output.sum()
        self._n += output.numel()

    @sync_all_reduce("_sum", "_n:SUM")
    def compute(self) -> float:
        """Return the mean (collective)."""
        return self._sum.item() / self._n
