"""Any metric, for each group of examples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from copy import deepcopy
from itertools import chain
from typing import Any, TypeVar

import torch

from ignite.metrics._classification import moved
from ignite.metrics._sync import as_synced
from ignite.metrics.fairness._groups import check_labels, check_several, checked_groups
from ignite.metrics.functional._precision import double
from ignite.metrics.functional.fairness import largest_difference
from ignite.metrics.interface import NotComputableError
from ignite.metrics.metric import Metric, identity

__all__ = ["SubgroupDifference", "SubgroupMetric"]

Self = TypeVar("Self", bound="SubgroupMetric")


class SubgroupMetric(Metric):
    """The value of a metric for each group of examples.

    ``update`` takes ``(y_pred, y, group_labels)``, the last of shape ``(batch,)``. Examples of
    other groups are left out. How many examples a group has in a batch decides the shapes of what
    the metric gets, so an update waits for the device.

    Args:
        base_metric: copied; its ``update`` takes ``(y_pred, y)``, and its own ``output_transform``
            is not called. It keeps rows for each group if it keeps any.
        groups: their labels.
        output_transform: makes of ``engine.state.output`` what ``update`` takes.
        device: where the states live, instead of that of ``base_metric``.

    Raises:
        TypeError: no metric, one that declares no states, or labels that are no integers.
        ValueError: no groups, or one twice.

    >>> from ignite.metrics import Accuracy
    >>> metric = SubgroupMetric(Accuracy(), groups=[0, 1])
    >>> y_pred, y = torch.tensor([1, 0, 1, 1]), torch.tensor([1, 1, 1, 1])
    >>> metric.update((y_pred, y, torch.tensor([0, 0, 1, 1])))
    >>> metric.compute()
    {0: 0.5, 1: 1.0}
    """

    required_output_keys = ("y_pred", "y", "group_labels")

    def __init__(
        self,
        base_metric: Metric,
        groups: Sequence[Any],
        output_transform: Callable[[Any], Any] = identity,
        device: str | torch.device = "cpu",
    ) -> None:
        if not isinstance(base_metric, Metric):
            raise TypeError(f"base_metric must be a metric, got {type(base_metric).__name__}.")
        self._groups = checked_groups(groups)
        self._base = deepcopy(base_metric)
        super().__init__(output_transform, device)
        self._labels = torch.tensor(self._groups, device=self._device)
        # The states of all groups are this metric's, and lent to the copy in turn.
        sources = [source.to(self._device) for source in self._base.sources()]
        self._lent = {
            group: [
                (source, {name: f"group_{group}_{place}_{name}" for name in source.state_specs})
                for place, source in enumerate(sources)
            ]
            for group in self._groups
        }
        for source, names in chain.from_iterable(self._lent.values()):
            for name, own in names.items():
                spec = source.state_specs[name]
                self.declare_state(own, spec.reduction, spec.dtype, spec.shape, spec.limit)
        if not self.state_specs:
            raise TypeError(
                f"{type(base_metric).__name__} declares no states, which would be needed for each "
                "group; use declare_state in it."
            )

    def reset(self) -> None:
        """Forget all batches."""
        self._seen: set[int] = set()
        self._base.reset()
        super().reset()

    def to(self: Self, device: str | torch.device) -> Self:
        """Move the states to another device, and return this metric."""
        for source in self._base.sources():
            source.to(device)
        self._labels = self._labels.to(device)
        return super().to(device)

    def update(self, output: Sequence[torch.Tensor]) -> None:
        """Take in ``(y_pred, y, group_labels)``.

        Raises:
            TypeError: ``group_labels`` is no tensor.
            ValueError: different lengths.
            Exception: what the metric raises.
        """
        y_pred, y, labels = output
        labels = check_labels(labels, len(y_pred))
        if len(y) != len(y_pred):
            raise ValueError(f"y_pred has {len(y_pred)} examples and y {len(y)}; give as many.")
        labels = double(labels) if labels.is_floating_point() else labels.long()
        labels, order = torch.sort(labels, stable=True)
        groups = self._labels.to(labels)
        starts = torch.searchsorted(labels, groups).tolist()
        stops = torch.searchsorted(labels, groups, right=True).tolist()
        y_pred, y = (moved(x, order.device).index_select(0, order) for x in (y_pred, y))
        there = [
            (group, slice(start, stop))
            for group, start, stop in zip(self._groups, starts, stops, strict=True)
            if start < stop
        ]
        # A shape that is refused for one group is for all if those come first that know of others.
        for group, examples in sorted(there, key=lambda part: part[0] not in self._seen):
            for source, names in self._lent[group]:
                vars(source).update({name: getattr(self, own) for name, own in names.items()})
            self._base.update((y_pred[examples], y[examples]))
            for source, names in self._lent[group]:
                vars(self).update({own: getattr(source, name) for name, own in names.items()})
            self._seen.add(group)

    def compute(self) -> Any:
        """Return the value of each group that has examples, by its label (collective).

        Raises:
            NotComputableError: no rank has seen an example of any group.
        """
        values = {}
        for group, lent in self._lent.items():
            with ExitStack() as stack, suppress(NotComputableError):
                for source, names in lent:
                    states = {name: getattr(self, own) for name, own in names.items()}
                    stack.enter_context(as_synced(source, states))
                values[group] = self._base.compute()
        if not values:
            raise NotComputableError(
                f"{type(self).__name__} has seen no example of the groups {self._groups}; call "
                "update first."
            )
        return values


class SubgroupDifference(SubgroupMetric):
    """The largest difference between the values of a metric for two groups of examples.

    Args:
        base_metric: as for :class:`SubgroupMetric`; its value is a number, or a tensor, whose
            elements are compared one by one.
        groups: their labels.
        output_transform: makes of ``engine.state.output`` what ``update`` takes.
        device: where the states live, instead of that of ``base_metric``.

    Raises:
        TypeError: no metric, one that declares no states, or labels that are no integers.
        ValueError: no groups, or one twice.

    >>> from ignite.metrics import Accuracy
    >>> metric = SubgroupDifference(Accuracy(), groups=[0, 1])
    >>> y_pred, y = torch.tensor([1, 0, 1, 1]), torch.tensor([1, 1, 1, 1])
    >>> metric.update((y_pred, y, torch.tensor([0, 0, 1, 1])))
    >>> metric.compute()
    0.5
    """

    def compute(self) -> float:
        """Return the largest difference (collective).

        Raises:
            NotComputableError: there are no examples of two groups.
            TypeError: the metric's value is neither a number nor a tensor.
        """
        values = list(super().compute().values())
        check_several(len(values))
        if not all(isinstance(value, (int, float, torch.Tensor)) for value in values):
            raise TypeError(
                f"A difference is one of numbers or tensors, got {type(values[0]).__name__}; use "
                "SubgroupMetric."
            )
        return largest_difference(torch.stack([_float64(value) for value in values])).item()


def _float64(value: float | torch.Tensor) -> torch.Tensor:
    return torch.as_tensor(value).cpu().double()
