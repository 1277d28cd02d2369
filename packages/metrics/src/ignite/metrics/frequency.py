"""How many examples are processed per second."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Integral
from time import perf_counter_ns
from typing import Any

import torch

from ignite.events.interface import Events, EventSource
from ignite.metrics.metric import Metric, identity
from ignite.metrics.usage import MetricUsage

__all__ = ["Frequency"]


class Frequency(Metric):
    """How many examples are processed per second, by all ranks together.

    ``update`` takes their number. The time is that from the last reset to the last update, in the
    mean over the ranks that had any.

    Args:
        output_transform: makes of ``engine.state.output`` the number of examples.
        device: has no effect, as time and numbers are kept on the host.
        skip_unrolling: as in :class:`Metric`.

    >>> metric = Frequency(output_transform=lambda output: output["num_tokens"])
    >>> metric.update(512)
    >>> metric.compute() > 0
    True
    """

    _num_examples: int
    _nanoseconds: int
    _num_ranks: int

    def __init__(
        self,
        output_transform: Callable[[Any], Any] = identity,
        device: str | torch.device = "cpu",
        skip_unrolling: bool = False,
    ) -> None:
        super().__init__(output_transform, device, skip_unrolling)
        self.declare_state("_num_examples", "sum", int)
        self.declare_state("_nanoseconds", "sum", int)
        self.declare_examples("_num_ranks")

    def reset(self) -> None:
        """Forget all batches, and start the clock."""
        self._since = perf_counter_ns()
        super().reset()

    def update(self, output: int) -> None:
        """Take in the number of examples of a batch.

        Raises:
            TypeError: no whole number.
            ValueError: a negative one.
        """
        if not isinstance(output, (int, Integral)):  # the first is found faster
            raise TypeError(
                f"Frequency takes a whole number of examples, got {type(output).__name__}; return "
                "one from output_transform=, such as len(y)."
            )
        if output < 0:
            raise ValueError(f"A number of examples is not negative, got {output}.")
        now = perf_counter_ns()
        self._nanoseconds += now - self._since
        self._since = now
        self._num_ranks = self._num_ranks or 1
        self._num_examples += int(output)

    def compute(self) -> float:
        """Return the examples of all ranks per second (collective).

        Raises:
            NotComputableError: no rank was updated.
        """
        nanoseconds = max(self._nanoseconds, 1)  # the clock may be too coarse to have moved
        return self._num_examples * self._num_ranks * 1e9 / nanoseconds

    def attach(
        self, engine: EventSource, name: str, event_name: Any = Events.ITERATION_COMPLETED
    ) -> None:
        """Follow each epoch, and leave results as whole numbers in ``engine.state.metrics[name]``.

        Args:
            engine: any event source.
            name: the key of the result.
            event_name: when to give it; each time is a collective operation.
        """
        super().attach(engine, name, _until(event_name))

    def detach(self, engine: EventSource, event_name: Any = Events.ITERATION_COMPLETED) -> None:
        """Stop following the run at this event; harmless if it did not."""
        super().detach(engine, _until(event_name))

    def is_attached(
        self, engine: EventSource, event_name: Any = Events.ITERATION_COMPLETED
    ) -> bool:
        """Return whether it gives results to this run at this event."""
        return super().is_attached(engine, _until(event_name))

    def completed(self, engine: EventSource, name: str) -> None:
        """Leave the result in ``engine.state.metrics``, rounded down."""
        super().completed(engine, name)
        engine.state.metrics[name] = int(engine.state.metrics[name])


def _until(event_name: Any) -> MetricUsage:
    return MetricUsage(Events.EPOCH_STARTED, event_name, Events.ITERATION_COMPLETED)
