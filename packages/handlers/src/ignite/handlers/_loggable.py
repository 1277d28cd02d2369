"""What of a run's outputs, metrics and attributes can be logged."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from numbers import Number
from typing import Any

from torch import Tensor

from ignite.events.interface import EventSource

__all__ = ["Loggable", "Path"]

Path = tuple[str, ...]
"""A value's name, from the outer part to the inner: ``("loss",)``, ``("f1", "0")``."""


class Loggable:
    """Chooses values of an event source, and takes them apart into numbers.

    Vectors, lists and mappings give one number per element. What is neither those nor a
    number or a string gives a warning.

    Args:
        metric_names: names in ``state.metrics``, or ``"all"``.
        output_transform: what to log of ``state.output``: a mapping by name, or anything
            else under the name ``output``.
        state_attributes: names of attributes of the state.

    Raises:
        TypeError: an argument is of the wrong type.
        ValueError: none is given.
    """

    def __init__(
        self,
        metric_names: str | Sequence[str] | None,
        output_transform: Callable[[Any], Any] | None,
        state_attributes: Sequence[str] | None,
    ) -> None:
        if isinstance(metric_names, str) and metric_names != "all":
            raise TypeError(f"metric_names= is a list of names or 'all', got {metric_names!r}.")
        if not isinstance(metric_names, (str, list, tuple, type(None))):
            raise TypeError(f"metric_names= is a list of names or 'all', got {metric_names!r}.")
        if output_transform is not None and not callable(output_transform):
            raise TypeError(f"output_transform= takes a function, got {output_transform!r}.")
        if isinstance(state_attributes, str):
            raise TypeError(f"state_attributes= is a list of names, got {state_attributes!r}.")
        self._metric_names = metric_names
        self._output_transform = output_transform
        self._state_attributes = state_attributes or ()

    def read(self, source: EventSource) -> Iterator[tuple[Path, Any]]:
        """Yield names and values, which are numbers or strings."""
        for name, value in self._chosen(source):
            yield from _take_apart((name,), value)

    def _chosen(self, source: EventSource) -> Iterator[tuple[str, Any]]:
        state = source.state
        if self._output_transform is not None:
            output = self._output_transform(state.output)
            yield from output.items() if isinstance(output, Mapping) else [("output", output)]
        metrics = state.metrics
        for name in metrics if self._metric_names == "all" else self._metric_names or ():
            if name in metrics:
                yield name, metrics[name]
            else:
                _warn(f"There is no metric {name!r} to log, only {list(metrics)}.")
        for name in self._state_attributes:
            if hasattr(state, name):
                yield name, getattr(state, name)
            else:
                _warn(f"The state has no attribute {name!r} to log.")


def _take_apart(path: Path, value: Any) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, Tensor) and value.ndim < 2:
        value = value.tolist()
    if isinstance(value, (Number, str)):
        yield path, value
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield from _take_apart((*path, str(name)), part)
    elif isinstance(value, Sequence):
        for index, part in enumerate(value):
            yield from _take_apart((*path, str(index)), part)
    else:
        _warn(
            f"{'/'.join(path)!r} is {type(value).__name__}, which cannot be logged; "
            "log numbers, vectors or mappings of them."
        )


def _warn(message: str) -> None:
    warnings.warn(message, stacklevel=3)
