"""The base of metrics that count for all groups at once."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar

import torch

from ignite.metrics._classification import Kind, classify, moved
from ignite.metrics.fairness._groups import check_labels, check_several, checked_groups
from ignite.metrics.functional._shares import share
from ignite.metrics.functional.fairness import Membership, group_membership, largest_difference
from ignite.metrics.functional.validation import count_non_binary
from ignite.metrics.metric import Metric, identity

__all__ = ["Grouped"]

Self = TypeVar("Self", bound="Grouped")


class Grouped(Metric):
    """A metric of the largest difference between shares in groups.

    Args:
        groups: their labels.
        is_multilabel: whether tensors of one shape are multilabel.
        output_transform: makes of ``engine.state.output`` what ``update`` takes.
        device: where the counts live.
    """

    required_output_keys = ("y_pred", "y", "group_labels")

    _num_examples: int
    _num_in_group: torch.Tensor
    _num_non_binary: torch.Tensor

    def __init__(
        self,
        groups: Sequence[int],
        is_multilabel: bool = False,
        output_transform: Callable[[Any], Any] = identity,
        device: str | torch.device = "cpu",
    ) -> None:
        self._groups = checked_groups(groups)
        self._is_multilabel = is_multilabel
        super().__init__(output_transform, device)
        self._labels = torch.tensor(self._groups, device=self._device)
        self.declare_state("_num_in_group", "sum", shape=(len(self._groups),))
        self.declare_examples()
        self.declare_invalid(
            "_num_non_binary",
            "At {count} positions y_pred or y is neither 0 nor 1; round probabilities in "
            "output_transform=, or give scores as (batch, classes, ...).",
        )

    def sharing_key(self) -> Hashable:
        """Two of the same groups accumulate alike."""
        return type(self), tuple(self._groups), self._is_multilabel

    def to(self: Self, device: str | torch.device) -> Self:
        """Move the states to another device, and return this metric."""
        self._labels = self._labels.to(device)
        return super().to(device)

    def update(self, output: Sequence[torch.Tensor]) -> None:
        """Take in ``(y_pred, y, group_labels)``.

        Raises:
            TypeError: not real tensors.
            ValueError: shapes that do not fit together, or another number of classes.
            RuntimeError: another kind than before.
        """
        y_pred, y, labels = output
        kind, num_classes, y_pred, y = classify(y_pred, y, self._is_multilabel)
        labels = check_labels(labels, len(y))
        group, is_member = group_membership(labels, moved(self._labels, labels.device))
        members = Membership(moved(group, self._device), moved(is_member, self._device))
        y_pred, y = moved(y_pred, self._device), moved(y, self._device)
        self._add(kind, num_classes, y_pred, y, members)
        if kind != "multiclass":
            self._num_non_binary += count_non_binary(y_pred, y)
        examples = y.numel() // num_classes if kind == "multilabel" else y.numel()
        positions = examples // max(len(y), 1)  # of one example
        self._num_in_group.index_add_(0, members.group, members.is_member, alpha=positions)
        self._num_examples += examples

    def compute(self) -> float:
        """Return the largest difference between two groups (collective).

        Raises:
            NotComputableError: there are no examples of two groups.
            InvalidValuesError: binary or multilabel values other than 0 and 1.
        """
        has_examples = self._num_in_group > 0
        check_several(int(has_examples.sum()))
        shares = share(
            self._counts_in_group()[has_examples], self._num_in_group[has_examples, None]
        )
        return largest_difference(shares).item()

    @abstractmethod
    def _add(
        self,
        kind: Kind,
        num_classes: int,
        y_pred: torch.Tensor,
        y: torch.Tensor,
        members: Membership,
    ) -> None:
        """Count a batch."""

    @abstractmethod
    def _counts_in_group(self) -> torch.Tensor:
        """Return what was counted, ``(groups, values)``."""
