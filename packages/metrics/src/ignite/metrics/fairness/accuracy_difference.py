"""How different the accuracy is for groups of examples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from ignite.metrics._classification import Kind
from ignite.metrics.fairness._grouped import Grouped
from ignite.metrics.functional.fairness import Membership, group_accuracy_update
from ignite.metrics.metric import identity

__all__ = ["SubgroupAccuracyDifference"]


class SubgroupAccuracyDifference(Grouped):
    """The largest difference between the accuracies of two groups of examples.

    ``update`` takes ``(y_pred, y, group_labels)``, the first two as for :class:`Accuracy`, the last
    of shape ``(batch,)``. Examples of other groups are left out.

    Args:
        groups: their labels.
        is_multilabel: whether tensors of one shape are multilabel.
        output_transform: makes of ``engine.state.output`` what ``update`` takes.
        device: where the counts live.

    Raises:
        TypeError: labels that are no integers.
        ValueError: no groups, or one twice.

    >>> metric = SubgroupAccuracyDifference(groups=[0, 1])
    >>> y_pred, y = torch.tensor([1, 0, 1, 1]), torch.tensor([1, 1, 1, 1])
    >>> metric.update((y_pred, y, torch.tensor([0, 0, 1, 1])))
    >>> metric.compute()
    0.5
    """

    _num_correct: torch.Tensor

    def __init__(
        self,
        groups: Sequence[int],
        is_multilabel: bool = False,
        output_transform: Callable[[Any], Any] = identity,
        device: str | torch.device = "cpu",
    ) -> None:
        super().__init__(groups, is_multilabel, output_transform, device)
        self.declare_state("_num_correct", "sum", shape=(len(self._groups),))

    def _add(
        self,
        kind: Kind,
        num_classes: int,
        y_pred: torch.Tensor,
        y: torch.Tensor,
        members: Membership,
    ) -> None:
        predicted = torch.argmax(y_pred, dim=1) if kind == "multiclass" else y_pred
        is_right = predicted == y
        if kind == "multilabel":
            is_right = is_right.all(dim=1)
        group_accuracy_update(self._num_correct, is_right, members)

    def _counts_in_group(self) -> torch.Tensor:
        return self._num_correct.unsqueeze(1)
