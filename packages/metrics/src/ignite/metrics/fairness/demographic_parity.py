"""Which share of the predictions is of each class, and how different it is for groups."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

import torch

from ignite.metrics._classification import Kind, classify, moved
from ignite.metrics._tables import table_in, total_of
from ignite.metrics.fairness._grouped import Grouped
from ignite.metrics.functional._shares import share
from ignite.metrics.functional.fairness import (
    Membership,
    group_selection_update,
    multiclass_group_selection_update,
)
from ignite.metrics.functional.selection_rate import (
    multiclass_selection_update,
    multilabel_selection_update,
)
from ignite.metrics.functional.validation import count_non_binary
from ignite.metrics.interface import Rows
from ignite.metrics.metric import Metric, identity

__all__ = ["DemographicParityDifference", "SelectionRate"]


class SelectionRate(Metric):
    """Which share of the predictions is of each class.

    ``update`` takes ``(y_pred, y)`` as :class:`Accuracy` does; of ``y`` only the shape matters, and
    if not multiclass that it is of 0 and 1.

    Args:
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        is_multilabel: whether tensors of one shape are multilabel.
        device: where the counts live.
        skip_unrolling: as in :class:`Metric`.

    >>> metric = SelectionRate()
    >>> metric.update((torch.tensor([1, 0, 1, 1]), torch.tensor([1, 1, 1, 1])))
    >>> metric.compute()
    tensor([0.2500, 0.7500], dtype=torch.float64)
    """

    _counts: Rows
    _num_examples: int
    _num_non_binary: torch.Tensor

    def __init__(
        self,
        output_transform: Callable[[Any], Any] = identity,
        is_multilabel: bool = False,
        device: str | torch.device = "cpu",
        skip_unrolling: bool = False,
    ) -> None:
        self._is_multilabel = is_multilabel
        super().__init__(output_transform, device, skip_unrolling)
        self.declare_state("_counts", "cat", torch.int64, shape=None)
        self.declare_examples()
        self.declare_invalid(
            "_num_non_binary",
            "At {count} positions y_pred or y is neither 0 nor 1; round probabilities in "
            "output_transform=, or give scores as (batch, classes, ...).",
        )

    def sharing_key(self) -> Hashable:
        """Any two accumulate alike."""
        return SelectionRate, self._is_multilabel

    def update(self, output: Sequence[torch.Tensor]) -> None:
        """Take in ``(y_pred, y)``.

        Raises:
            TypeError: not real tensors.
            ValueError: shapes that do not fit together, or another number of classes.
            RuntimeError: another kind than before.
        """
        y_pred, y = output
        kind, num_classes, y_pred, y = classify(y_pred, y, self._is_multilabel)
        counts = table_in(self._counts, _shape(kind, num_classes), kind)
        if kind == "multiclass":
            multiclass_selection_update(counts[0], y_pred)
        else:
            flags = y_pred.reshape(-1, 1) if kind == "binary" else y_pred
            counts += moved(multilabel_selection_update(flags), self._device)
            self._num_non_binary += moved(count_non_binary(y_pred, y), self._device)
        self._num_examples += y.numel() // num_classes if kind == "multilabel" else y.numel()

    def compute(self) -> torch.Tensor:
        """Return the share of each class (collective).

        Returns:
            float64, ``(classes,)``; of binary data those of 0 and 1.

        Raises:
            NotComputableError: no example was given on any rank.
            InvalidValuesError: binary or multilabel values other than 0 and 1.
        """
        counts = total_of(self._counts)
        assert counts is not None
        total = torch.full_like(counts, self._num_examples)
        shares = share(counts, total)
        return torch.cat([1 - shares, shares]) if len(counts) == 1 else shares


class DemographicParityDifference(Grouped):
    """The largest difference between the selection rates of two groups, in any class.

    After Dwork and others, "Fairness through awareness", 2012. ``update`` takes ``(y_pred, y,
    group_labels)``, the first two as for :class:`SelectionRate`, the last of shape ``(batch,)``.
    Examples of other groups are left out.

    Args:
        groups: their labels.
        is_multilabel: whether tensors of one shape are multilabel.
        output_transform: makes of ``engine.state.output`` what ``update`` takes.
        device: where the counts live.

    Raises:
        TypeError: labels that are no integers.
        ValueError: no groups, or one twice.

    >>> metric = DemographicParityDifference(groups=[0, 1])
    >>> y_pred, y = torch.tensor([1, 0, 1, 1]), torch.tensor([1, 1, 1, 1])
    >>> metric.update((y_pred, y, torch.tensor([0, 0, 1, 1])))
    >>> metric.compute()
    0.5
    """

    _counts: Rows

    def __init__(
        self,
        groups: Sequence[int],
        is_multilabel: bool = False,
        output_transform: Callable[[Any], Any] = identity,
        device: str | torch.device = "cpu",
    ) -> None:
        super().__init__(groups, is_multilabel, output_transform, device)
        self.declare_state("_counts", "cat", torch.int64, shape=None)

    def _add(
        self,
        kind: Kind,
        num_classes: int,
        y_pred: torch.Tensor,
        y: torch.Tensor,
        members: Membership,
    ) -> None:
        shape = (len(self._groups), *_shape(kind, num_classes))
        counts = table_in(self._counts, shape, kind)[0]
        if kind == "multiclass":
            multiclass_group_selection_update(counts, y_pred, members)
        else:
            flags = y_pred.unsqueeze(1) if kind == "binary" else y_pred
            group_selection_update(counts, flags, members)

    def _counts_in_group(self) -> torch.Tensor:
        counts = total_of(self._counts)
        assert counts is not None
        return counts


def _shape(kind: Kind, num_classes: int) -> tuple[int]:
    return (1 if kind == "binary" else num_classes,)
