"""A metric, the data it is made for, and what its value should be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    import numpy as np

    from ignite.metrics import Metric

__all__ = ["Bad", "Data", "Draw", "MetricCase", "length", "taken"]

Data: TypeAlias = Any
"""A column, or a tuple of columns of one length; a column is a tensor or a list, with an
item for each example. A slice of it is what ``update`` takes."""

Draw: TypeAlias = "Callable[[np.random.Generator, int], Data]"
"""Returns the data of so many examples."""


class Bad(NamedTuple):
    """An output that ``update`` must refuse.

    Attributes:
        output: what ``update`` is given.
        error: what it raises.
    """

    output: Any
    error: type[Exception]


@dataclass(frozen=True)
class MetricCase:
    """A metric as it is constructed once, and all that the suites need to know of it.

    Attributes:
        metric: returns a new metric; must be picklable, as a class or a ``functools.partial`` is.
        draws: ways to make data, by name: ordinary data, and what is hard for the metric, such
            as ties, a class that is missing, values far apart.
        oracle: returns the value of the data by another way than the metric: a scalar, an array
            or a tensor, or a mapping or sequence of them. It is given arrays for tensors, and lists
            for tuples.
        least: how few examples have a value.
        most: of how many examples the suites draw data at most.
        tolerance: relative and absolute difference to the oracle that rounding explains.
        is_ordered: whether the value depends on the order of the examples.
        is_batchwise: whether the value depends on how examples are cut into batches; then
            ``oracle`` is called with the list of batches.
        keeps_rows: whether it must keep data, so that its states grow.
        looks_at_values: whether an update may wait for the device; for metrics of what is no
            tensor, such as text.
        bad: outputs that are refused, by name.

    >>> import torch
    >>> from ignite.metrics import Accuracy
    >>> case = MetricCase(
    ...     Accuracy,
    ...     {"any": lambda rng, n: tuple(torch.tensor(rng.integers(0, 2, (2, n))))},
    ...     oracle=lambda data: (data[0] == data[1]).mean(),
    ... )
    """

    metric: Callable[[], Metric]
    draws: Mapping[str, Draw]
    oracle: Callable[[Any], Any]
    least: int = 1
    most: int = 16
    tolerance: float = 1e-6
    is_ordered: bool = False
    is_batchwise: bool = False
    keeps_rows: bool = False
    looks_at_values: bool = False
    bad: Mapping[str, Bad] = field(default_factory=dict)

    def expected(self, batches: Sequence[Data]) -> Any:
        """Return what the oracle makes of the batches."""
        from ignite_contracts.metric.values import plain

        return self.oracle(plain(list(batches) if self.is_batchwise else joined(batches)))


def length(data: Data) -> int:
    """Return the number of examples."""
    return len(data[0]) if isinstance(data, tuple) else len(data)


def taken(data: Data, indices: Sequence[int]) -> Data:
    """Return the examples at these places, in that order."""
    if isinstance(data, tuple):
        return tuple(taken(column, indices) for column in data)
    if isinstance(data, list):
        return [data[index] for index in indices]
    return data[list(indices)]


def joined(batches: Sequence[Data]) -> Data:
    """Return the examples of all batches as one."""
    first = batches[0]
    if isinstance(first, tuple):
        return tuple(joined(column) for column in zip(*batches, strict=True))
    if isinstance(first, list):
        return [example for batch in batches for example in batch]
    import torch

    return torch.cat(list(batches))
