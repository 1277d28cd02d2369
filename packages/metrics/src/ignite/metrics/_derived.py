"""Metrics whose states follow from those of another that has seen the same."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping

from ignite.metrics.interface import StateValue
from ignite.metrics.metric import Metric

__all__ = ["Derivable", "speaks_for_update"]


class Derivable(Metric):
    """A metric that need not be updated where certain others are: see :class:`MetricGroup`."""

    @abstractmethod
    def states_from(self, other: Metric) -> Mapping[str, StateValue] | None:
        """Return this metric's states, had it seen what the other has; None if they do not follow.

        Whether it is None depends on how both were constructed alone, not on what they have seen.
        What ``other`` accepts, this metric must accept too; values that ``other`` refuses when it
        is computed do not matter.
        """


def speaks_for_update(metric: Metric, method: str) -> bool:
    """Return whether a method that tells what ``update`` does is meant for this ``update``.

    It is not if a subclass has another ``update``, and inherits the method.
    """
    order = type(metric).__mro__
    defined = {
        name: next(index for index, cls in enumerate(order) if name in vars(cls))
        for name in ("update", method)
    }
    return defined[method] <= defined["update"]
