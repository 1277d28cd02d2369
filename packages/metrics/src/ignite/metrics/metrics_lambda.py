"""A value that is computed from those of other metrics."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import Any, Literal

import torch

from ignite.events.interface import EventSource
from ignite.metrics._composite import Composite
from ignite.metrics.metric import Metric
from ignite.metrics.usage import MetricUsage, parse_usage

__all__ = ["MetricsLambda"]


class MetricsLambda(Composite):
    """A function of the values of other metrics, which it resets and updates.

    Arithmetic with metrics, indexing, and methods of tensors give such metrics too.

    Args:
        f: called with the values of the arguments; tensors are on the CPU.
        args: its arguments; metrics stand for their values.
        skip_unrolling: as in :class:`Metric`.
        metrics_result_mode: as in :class:`Metric`.
        kwargs: its keyword arguments.

    Attributes:
        function: ``f``.
        args: its arguments.
        kwargs: its keyword arguments.

    Raises:
        TypeError: ``f`` cannot be called.

    >>> from ignite.metrics import Accuracy
    >>> error = MetricsLambda(lambda accuracy: 1 - accuracy, Accuracy())
    >>> error.update((torch.tensor([1, 1, 0, 0]), torch.tensor([1, 1, 1, 0])))
    >>> error.compute()
    0.25
    """

    def __init__(
        self,
        f: Callable[..., Any],
        *args: Any,
        skip_unrolling: bool = False,
        metrics_result_mode: Literal["flatten", "named", "both"] = "both",
        **kwargs: Any,
    ) -> None:
        if not callable(f):
            raise TypeError(f"f must be callable, got {f!r}.")
        self.function = f
        self.args = args
        self.kwargs = kwargs
        super().__init__(skip_unrolling=skip_unrolling, metrics_result_mode=metrics_result_mode)

    def sources(self) -> Iterator[Metric]:
        """Yield the metrics that accumulate, each once."""
        arguments = chain(self.args, self.kwargs.values())
        metrics = (argument for argument in arguments if isinstance(argument, Metric))
        yield from dict.fromkeys(source for metric in metrics for source in metric.sources())

    def parts(self) -> Mapping[str, Metric]:
        """Return the metrics that accumulate, numbered in the order of the arguments."""
        return {str(number): source for number, source in enumerate(self.sources())}

    def compute(self) -> Any:
        """Return the function's value (collective)."""
        args = [_value(argument) for argument in self.args]
        return self.function(*args, **{name: _value(each) for name, each in self.kwargs.items()})

    def attach(
        self, engine: EventSource, name: str, usage: str | MetricUsage = "epoch_wise"
    ) -> None:
        """Follow a run as :meth:`Metric.attach` does; metrics that follow it already go on once."""
        usage = parse_usage(usage)
        for source in self.sources():
            source.follow(engine, usage)
        self.give_results(engine, usage, name)


def _value(argument: Any) -> Any:
    value = argument.compute() if isinstance(argument, Metric) else argument
    return value.cpu() if isinstance(value, torch.Tensor) else value
