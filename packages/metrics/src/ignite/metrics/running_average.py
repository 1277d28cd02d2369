"""An exponential moving average of outputs, or of another metric's values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from ignite.distributed.interface import current_backend
from ignite.events.interface import EventSource
from ignite.metrics._sync import carried
from ignite.metrics.interface import NotComputableError
from ignite.metrics.metric import Metric
from ignite.metrics.usage import MetricUsage, RunningBatchWise, SingleEpochRunningBatchWise

__all__ = ["RunningAverage"]


class RunningAverage(Metric):
    """The average ``alpha * average + (1 - alpha) * value``, beginning with the first value.

    The values are outputs, averaged over all ranks, or those of a metric for each batch alone.

    Args:
        src: the metric; None for outputs.
        alpha: how much of the past is kept, ``0 < alpha <= 1``.
        output_transform: for outputs, makes a number or a tensor of ``engine.state.output``.
        epoch_bound: whether to begin anew in each epoch; the same as attaching it with the
            usage ``SingleEpochRunningBatchWise``, which is to be preferred.
        device: for outputs, where the average lives.
        skip_unrolling: as in :class:`Metric`.

    Raises:
        TypeError: ``src`` is no metric.
        ValueError: ``alpha`` out of range, or arguments of a metric's together with those of
            outputs.

    >>> average = RunningAverage(alpha=0.5, output_transform=lambda output: output)
    >>> for value in (1.0, 2.0, 4.0):
    ...     average.update(value)
    >>> average.compute()
    2.75
    """

    _state_dict_all_req_keys = ("_average",)

    def __init__(
        self,
        src: Metric | None = None,
        alpha: float = 0.98,
        output_transform: Callable[[Any], Any] | None = None,
        epoch_bound: bool | None = None,
        device: str | torch.device | None = None,
        skip_unrolling: bool = False,
    ) -> None:
        if not (isinstance(src, Metric) or src is None):
            raise TypeError(f"src must be a metric or None, got {src!r}.")
        if not 0.0 < alpha <= 1.0:
            raise ValueError(f"alpha must hold 0 < alpha <= 1, got {alpha}.")
        given = {"output_transform": output_transform, "device": device}
        unused = [name for name, value in given.items() if value is not None]
        if src is not None and unused:
            raise ValueError(f"{', '.join(unused)} is for outputs; give it to the metric instead.")
        if src is None and output_transform is None:
            raise ValueError("Without src, give output_transform=: what is to be averaged.")
        self.src = src
        self.alpha = alpha
        self.epoch_bound = epoch_bound
        if src is None:
            assert output_transform is not None
            self.required_output_keys = None
            super().__init__(output_transform, device or "cpu", skip_unrolling)
        else:
            self.required_output_keys = src.required_output_keys
            super().__init__(src._output_transform, src._device, src._skip_unrolling)

    def reset(self) -> None:
        """Forget the average, and what the metric has seen."""
        self._average: Any = None
        self._has_news = False
        if self.src is not None:
            self.src.reset()
        super().reset()

    def update(self, output: Any) -> None:
        """Take in an output; a metric takes it in, and its value counts at the next compute."""
        if self.src is None:
            self._take_in(_on_its_own(output, self._device))
        else:
            self.src.update(output)
            self._has_news = True

    def compute(self) -> Any:
        """Return the average, for outputs the mean of all ranks' (collective).

        Raises:
            NotComputableError: there was no value yet.
        """
        if self.src is not None and self._has_news:
            self._take_in(_on_its_own(self.src.compute(), self._device))
            self.src.reset()
            self._has_news = False
        if self._average is None:
            raise NotComputableError("RunningAverage has seen no value; call update first.")
        backend = current_backend()
        if self.src is not None or backend.world_size == 1:
            return self._average
        # The mean over ranks of averages is the average of means.
        mean = backend.all_reduce(carried(torch.as_tensor(self._average), backend), "MEAN")
        return mean.to(self._device) if isinstance(self._average, torch.Tensor) else mean.item()

    def attach(
        self, engine: EventSource, name: str, usage: str | MetricUsage | None = None
    ) -> None:
        """Follow a run and leave results in ``engine.state.metrics[name]``.

        Args:
            engine: any event source.
            name: the key of the result.
            usage: as for :meth:`Metric.attach`; None is ``RunningBatchWise``, or
                ``SingleEpochRunningBatchWise`` with ``epoch_bound``.
        """
        super().attach(engine, name, self._usage(usage))

    def detach(self, engine: EventSource, usage: str | MetricUsage | None = None) -> None:
        """Stop following the run in this usage; see :meth:`attach`."""
        super().detach(engine, self._usage(usage))

    def is_attached(self, engine: EventSource, usage: str | MetricUsage | None = None) -> bool:
        """Return whether it gives results to this run in this usage; see :meth:`attach`."""
        return super().is_attached(engine, self._usage(usage))

    def _usage(self, usage: str | MetricUsage | None) -> str | MetricUsage:
        if usage is not None:
            return usage
        return SingleEpochRunningBatchWise() if self.epoch_bound else RunningBatchWise()

    def _take_in(self, value: Any) -> None:
        past = self._average
        self._average = value if past is None else self.alpha * past + (1 - self.alpha) * value


def _on_its_own(value: Any, device: torch.device) -> Any:
    """Return a floating value that nobody else changes."""
    if not isinstance(value, torch.Tensor):
        return float(value)
    floating = value.dtype if value.is_floating_point() else torch.get_default_dtype()
    return value.detach().to(device, floating, copy=True)
