"""The confusion matrix of each of several labels."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

import torch

from ignite.metrics._class_counts import ClassCounts, CountsClasses
from ignite.metrics._classification import classify, moved
from ignite.metrics.functional._shares import share
from ignite.metrics.functional.multilabel_confusion_matrix import (
    multilabel_confusion_matrix_compute,
)
from ignite.metrics.functional.precision_recall import multilabel_counts_update
from ignite.metrics.functional.validation import count_non_binary
from ignite.metrics.metric import identity

__all__ = ["MultiLabelConfusionMatrix"]


class MultiLabelConfusionMatrix(CountsClasses):
    """For each of several labels how often it was there, and was predicted.

    ``update`` takes ``(y_pred, y)``, both of 0 and 1 and of one shape ``(batch, classes, ...)``.

    Args:
        num_classes: at least 2.
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        device: where the counts live.
        normalized: whether to give shares of all examples instead of counts.
        skip_unrolling: as in :class:`Metric`.

    Raises:
        ValueError: a bad ``num_classes``.

    >>> metric = MultiLabelConfusionMatrix(num_classes=2)
    >>> metric.update((torch.tensor([[0, 1], [1, 1]]), torch.tensor([[0, 1], [1, 0]])))
    >>> metric.compute()
    tensor([[[1, 0],
             [0, 1]],
    <BLANKLINE>
            [[0, 1],
             [0, 1]]])
    """

    _counts: torch.Tensor
    _num_examples: int
    _num_non_binary: torch.Tensor
    _is_multilabel = True

    def __init__(
        self,
        num_classes: int,
        output_transform: Callable[[Any], Any] = identity,
        device: str | torch.device = "cpu",
        normalized: bool = False,
        skip_unrolling: bool = False,
    ) -> None:
        if not isinstance(num_classes, int) or num_classes < 2:
            raise ValueError(f"num_classes must be an integer of at least 2, got {num_classes!r}.")
        self.num_classes = num_classes
        self.normalized = normalized
        super().__init__(output_transform, device, skip_unrolling)
        self.declare_state("_counts", "sum", shape=(3, num_classes))
        self.declare_examples()
        self.declare_invalid(
            "_num_non_binary",
            "At {count} positions y_pred or y is neither 0 nor 1; round probabilities in "
            "output_transform=.",
        )

    def sharing_key(self) -> Hashable:
        """Two of the same classes accumulate alike."""
        return MultiLabelConfusionMatrix, self.num_classes

    def class_counts(self) -> ClassCounts:
        """Return what was counted."""
        return ClassCounts(self._counts, self._num_examples, self._num_non_binary, True)

    @property
    def confusion_matrix(self) -> torch.Tensor:
        """The counts of this rank, int64, ``(classes, 2, 2)``."""
        return multilabel_confusion_matrix_compute(self._counts, self._num_examples)

    def update(self, output: Sequence[torch.Tensor]) -> None:
        """Take in ``(y_pred, y)``.

        Raises:
            TypeError: not real tensors.
            ValueError: shapes that do not fit together or to ``num_classes``.
        """
        y_pred, y = output
        _, num_classes, y_pred, y = classify(y_pred, y, is_multilabel=True)
        if num_classes != self.num_classes:
            raise ValueError(
                f"Expected y_pred and y of {self.num_classes} classes in dimension 1, got "
                f"{tuple(y.shape)}."
            )
        self._counts += moved(multilabel_counts_update(y_pred, y), self._device)
        self._num_non_binary += moved(count_non_binary(y_pred, y), self._device)
        self._num_examples += y.numel() // num_classes

    def compute(self) -> torch.Tensor:
        """Return for each class the true and false negatives and positives (collective).

        Returns:
            For each class ``[[true negatives, false positives], [false negatives, true
            positives]]``, int64, ``(classes, 2, 2)``; float64 if ``normalized``.

        Raises:
            NotComputableError: no example was given on any rank.
            InvalidValuesError: values other than 0 and 1.
        """
        matrix = self.confusion_matrix
        return share(matrix, matrix.sum(dim=(1, 2), keepdim=True)) if self.normalized else matrix
