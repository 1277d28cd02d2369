"""The base of all metrics: how one accumulates, and how it follows a run."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import ExitStack
from copy import deepcopy
from functools import wraps
from typing import Any, Literal

import torch

from ignite.events.interface import EventSource
from ignite.metrics._arithmetic import Arithmetic
from ignite.metrics._decorators import reinit__is_reduced, sync_all_reduce
from ignite.metrics._stateful import Stateful
from ignite.metrics._sync import as_synced, replaced, synced
from ignite.metrics._together import forget, note, synced_together
from ignite.metrics.usage import (
    BatchFiltered,
    BatchWise,
    EpochWise,
    MetricUsage,
    RunningBatchWise,
    RunningEpochWise,
    SingleEpochRunningBatchWise,
    parse_usage,
)

__all__ = [
    "BatchFiltered",
    "BatchWise",
    "EpochWise",
    "Metric",
    "MetricUsage",
    "RunningBatchWise",
    "RunningEpochWise",
    "SingleEpochRunningBatchWise",
    "identity",
    "reinit__is_reduced",
    "sync_all_reduce",
]


def identity(output: Any) -> Any:
    """Return the output as it is: the ``output_transform`` that is used by default."""
    return output


class Metric(Stateful, Arithmetic, ABC):
    """A value over data that comes in batches, perhaps to several ranks.

    A metric declares its states in ``__init__`` (:meth:`declare_state`), adds to them
    in ``update`` and reads them in ``compute``. The rest follows from the declaration:
    reset, moving to a device, merging, saving, and ``compute`` over all ranks, which
    sees every state merged over the world and leaves each rank's own as it was.

    Args:
        output_transform: makes of ``engine.state.output`` what ``update`` takes.
        device: where the states live. If it is not the device of the data, each update
            waits for a transfer.
        skip_unrolling: pass an output of several lists, such as
            ``([pred1, pred2], [y1, y2])``, to ``update`` as it is; otherwise it is
            taken as one update per position: ``(pred1, y1)``, ``(pred2, y2)``.
        metrics_result_mode: where a result that is a mapping goes in
            ``engine.state.metrics``: ``"flatten"``, each item under its own key;
            ``"named"``, whole under the metric's name; ``"both"``.

    Attributes:
        required_output_keys: if the transformed output is a mapping, the keys of what
            is passed to ``update``, as a tuple; None if the metric takes no mapping.

    Raises:
        ValueError: unknown ``metrics_result_mode``.

    >>> class Mean(Metric):
    ...     def __init__(self, **kwargs):
    ...         super().__init__(**kwargs)
    ...         self.declare_state("total", "sum", torch.float64)
    ...         self.declare_state("count", "sum", int)
    ...
    ...     def update(self, output):
    ...         self.total += output.sum()
    ...         self.count += output.numel()
    ...
    ...     def compute(self):
    ...         return self.total.item() / self.count
    >>> metric = Mean()
    >>> metric.update(torch.tensor([1.0, 2.0]))
    >>> metric.update(torch.tensor([6.0]))
    >>> metric.compute()
    3.0
    """

    required_output_keys: tuple[str, ...] | None = ("y_pred", "y")

    _is_synced = False
    _takes_mappings = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        # Here, so that no metric can forget to sync.
        if "compute" in vars(cls):
            cls.compute = _over_the_world(vars(cls)["compute"])  # type: ignore[method-assign]

    def __init__(
        self,
        output_transform: Callable[[Any], Any] = identity,
        device: str | torch.device = "cpu",
        skip_unrolling: bool = False,
        metrics_result_mode: Literal["flatten", "named", "both"] = "both",
    ) -> None:
        if metrics_result_mode not in ("flatten", "named", "both"):
            raise ValueError(
                f"Unknown metrics_result_mode {metrics_result_mode!r}; "
                "use 'flatten', 'named' or 'both'."
            )
        super().__init__(device)
        self._output_transform = output_transform
        self._skip_unrolling = skip_unrolling
        self._metrics_result_mode = metrics_result_mode
        self.reset()

    # -- accumulation ---------------------------------------------------------------

    @abstractmethod
    def update(self, output: Any) -> None:
        """Take in one batch.

        An update that raises leaves the states as they were.
        """

    @abstractmethod
    def compute(self) -> Any:
        """Return the value over all batches since the last reset, of all ranks (collective).

        The states stay as they are: it may be called again, and updates may follow.

        Raises:
            NotComputableError: no rank has seen any example.
        """

    def __call__(self, *output: Any) -> Any:
        """Return the value of one batch, on this rank alone; the metric stays as it is.

        Args:
            output: what ``update`` takes, or its items.

        >>> from ignite.metrics import Accuracy
        >>> Accuracy()(torch.tensor([[0.1, 0.9], [0.8, 0.2]]), torch.tensor([1, 1]))
        0.5
        """
        # What has been accumulated may be large, and modules are not changed: neither is copied.
        metrics = dict.fromkeys([self, *self.sources()])
        shared = [value for metric in metrics for value in vars(metric).values()]
        memo: dict[int, Any] = {id(v): v for v in shared if isinstance(v, torch.nn.Module)}
        memo.update(
            (id(buffer), metric.state_specs[name].storage(metric._device))
            for metric in metrics
            for name, buffer in metric._state_buffers.items()
        )
        alone = deepcopy(self, memo)
        alone.reset()
        with torch.no_grad(), ExitStack() as stack:
            for metric in dict.fromkeys([alone, *alone.sources()]):
                stack.enter_context(as_synced(metric, {}))
            alone.update(output if len(output) > 1 else output[0])
            return alone.compute()

    def sources(self) -> Iterator[Metric]:
        """Yield the metrics whose states this one's value is computed from: itself, as a rule."""
        yield self

    def sharing_key(self) -> Hashable | None:
        """Return what metrics have in common that accumulate alike; None if no other does.

        Two with one key, of one class or not, come from equal outputs to equal states, of the
        same names; in a :class:`MetricGroup` only one of them is updated.
        """
        return None

    # -- following a run ------------------------------------------------------------

    def attach(
        self, engine: EventSource, name: str, usage: str | MetricUsage = "epoch_wise"
    ) -> None:
        """Follow a run and leave results in ``engine.state.metrics[name]``.

        Under a second name or usage the metric is still updated once per event.

        Args:
            engine: any event source.
            name: the key of the result.
            usage: when to reset, update and compute: a :class:`MetricUsage`, or one of
                ``"epoch_wise"``, ``"running_epoch_wise"``, ``"batch_wise"``,
                ``"running_batch_wise"`` and ``"single_epoch_running_batch_wise"``.

        Raises:
            ValueError: unknown name of a usage.
            TypeError: neither a name nor a usage.

        >>> from ignite.events.interface import EventEmitter, Events
        >>> from ignite.metrics import Accuracy
        >>> loop = EventEmitter()
        >>> Accuracy().attach(loop, "accuracy")
        >>> loop.fire_event(Events.EPOCH_STARTED)
        >>> loop.state.output = torch.tensor([[0.9, 0.1], [0.6, 0.4]]), torch.tensor([0, 1])
        >>> loop.fire_event(Events.ITERATION_COMPLETED)
        >>> loop.fire_event(Events.EPOCH_COMPLETED)
        >>> loop.state.metrics["accuracy"]
        0.5
        """
        usage = parse_usage(usage)
        self.follow(engine, usage)
        self.give_results(engine, usage, name)

    def give_results(self, engine: EventSource, usage: MetricUsage, name: str) -> None:
        """Leave results in ``engine.state.metrics[name]``, at ``usage.COMPLETED``."""
        engine.add_event_handler(usage.COMPLETED, self.completed, name)
        note(engine, usage, self, name)

    def follow(self, engine: EventSource, usage: MetricUsage) -> None:
        """Be reset and updated by a run, once however often this is called; without results."""
        if not engine.has_event_handler(self.started, usage.STARTED):
            engine.add_event_handler(usage.STARTED, self.started)
        if not engine.has_event_handler(self.iteration_completed, usage.ITERATION_COMPLETED):
            engine.add_event_handler(usage.ITERATION_COMPLETED, self.iteration_completed)

    def detach(self, engine: EventSource, usage: str | MetricUsage = "epoch_wise") -> None:
        """Stop following the run in this usage, under all names; harmless if it did not."""
        usage = parse_usage(usage)
        for event, handler in (
            (usage.STARTED, self.started),
            (usage.ITERATION_COMPLETED, self.iteration_completed),
            (usage.COMPLETED, self.completed),
        ):
            if engine.has_event_handler(handler, event):
                engine.remove_event_handler(handler, event)
        forget(engine, usage, self)

    def is_attached(self, engine: EventSource, usage: str | MetricUsage = "epoch_wise") -> bool:
        """Return whether the metric gives results to this run in this usage."""
        return engine.has_event_handler(self.completed, parse_usage(usage).COMPLETED)

    def started(self, engine: EventSource) -> None:
        """Reset: the handler of ``usage.STARTED``."""
        self.reset()

    def iteration_completed(self, engine: EventSource) -> None:
        """Update with the output of the run: the handler of ``usage.ITERATION_COMPLETED``.

        Raises:
            TypeError: the output is a mapping and the metric takes none.
            ValueError: the mapping lacks keys, or lists in the output differ in length.
        """
        self.take_in(engine.state.output)

    def take_in(self, output: Any) -> None:
        """Update with what ``output_transform`` makes of an output of a run.

        Raises:
            TypeError: the output is a mapping and the metric takes none.
            ValueError: the mapping lacks keys, or lists in the output differ in length.
        """
        with torch.no_grad():
            output = self._output_transform(output)
            if isinstance(output, Mapping) and not self._takes_mappings:
                output = self._picked(output)
            if self._skip_unrolling or not _is_unrollable(output):
                self.update(output)
            else:
                for item in _unrolled(output):
                    self.update(item)

    def completed(self, engine: EventSource, name: str) -> None:
        """Leave the result in ``engine.state.metrics``: the handler of ``usage.COMPLETED``.

        A 0-dim tensor becomes a Python number; for mappings see ``metrics_result_mode``.

        Raises:
            ValueError: a mapping that goes under ``name`` also has that key.
        """
        with synced_together(engine, self, name):
            result = self.compute()
        results = engine.state.metrics
        if not isinstance(result, Mapping):
            is_scalar = isinstance(result, torch.Tensor) and result.dim() == 0
            results[name] = result.item() if is_scalar else result
            return
        if self._metrics_result_mode != "flatten":
            if name in result:
                raise ValueError(
                    f"The metric is attached as {name!r}, and its result has that key too; "
                    "attach it under another name."
                )
            results[name] = result
        if self._metrics_result_mode != "named":
            results.update(result)

    def _picked(self, output: Mapping[str, Any]) -> tuple[Any, ...]:
        keys = self.required_output_keys
        if keys is None:
            raise TypeError(
                f"{type(self).__name__} takes no mapping; let output_transform= return a tuple, "
                "or set required_output_keys."
            )
        missing = [key for key in keys if key not in output]
        if missing:
            raise ValueError(
                f"{type(self).__name__} needs the keys {keys} of the output, which has "
                f"{list(output)}; give what is missing, {missing}, or change it with "
                "output_transform=."
            )
        return tuple(output[key] for key in keys)


def _over_the_world(compute: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(compute)
    def synced_compute(self: Metric, *args: Any, **kwargs: Any) -> Any:
        with synced(*self.sources()):
            self.check_computable()
            if not self._compensated:
                return compute(self, *args, **kwargs)
            with replaced(self, self.compensated()):
                return compute(self, *args, **kwargs)

    return synced_compute


def _is_unrollable(output: Any) -> bool:
    if not isinstance(output, (list, tuple)) or not output:
        return False
    return all(isinstance(part, (list, tuple)) for part in output)


def _unrolled(parts: list[Any] | tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    lengths = [len(part) for part in parts]
    if len(set(lengths)) > 1:
        raise ValueError(
            f"The lists in the output have the lengths {lengths}; give them one length, "
            "or set skip_unrolling=True to take them as they are."
        )
    for items in zip(*parts, strict=True):
        yield tuple(_batch_of_one(item) for item in items)


def _batch_of_one(item: Any) -> Any:
    if isinstance(item, (int, float)):
        return torch.tensor([item])
    return item.reshape(1) if isinstance(item, torch.Tensor) and item.dim() == 0 else item
