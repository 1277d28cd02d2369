"""A case for each metric: its update with one batch, again and again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from benchmarks.metrics.data import batch
from benchmarks.timing import Case, timed

__all__ = ["Metrics", "cases_of"]

Metrics = Mapping[str, tuple[str, Callable[[], Any]]]
"""For each name the kind of its data, and what makes the metric."""


def cases_of(metrics: Metrics, *, in_one: bool) -> Callable[[str], Case]:
    """Return the ``__getattr__`` of a module whose cases are these metrics.

    Args:
        metrics: the metrics.
        in_one: whether ``update`` takes predictions and targets as one tuple.
    """

    def case(name: str) -> Case:
        if name not in metrics:
            raise AttributeError(name)
        return timed(partial(_update, *metrics[name], in_one))

    return case


def _update(kind: str, factory: Callable[[], Any], in_one: bool) -> Callable[[int], object]:
    metric, output = factory(), batch(kind)
    arguments = output if isinstance(output, tuple) and not in_one else (output,)

    def run(iterations: int) -> None:
        metric.reset()  # so that what keeps rows keeps those of one sample
        for _ in range(iterations):
            metric.update(*arguments)

    return run
