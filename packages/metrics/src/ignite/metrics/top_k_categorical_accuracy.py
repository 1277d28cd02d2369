"""Top-k accuracy."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

import torch

from ignite.metrics._classification import classify, moved
from ignite.metrics.functional.accuracy import accuracy_compute
from ignite.metrics.functional.top_k_categorical_accuracy import top_k_accuracy_update
from ignite.metrics.metric import Metric, identity

__all__ = ["TopKCategoricalAccuracy"]


class TopKCategoricalAccuracy(Metric):
    """The share of labels that are among the classes of the k highest scores.

    ``update`` takes ``(y_pred, y)``: scores ``(batch, classes, ...)`` of at least k classes, and
    labels ``(batch, ...)``. A label outside 0..classes-1 counts as missed. Of classes with equal
    scores at the border, :func:`torch.topk` chooses which are among them.

    Args:
        k: at least 1.
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        device: where the counts live.
        skip_unrolling: as in :class:`Metric`.

    Raises:
        ValueError: a bad ``k``.

    >>> metric = TopKCategoricalAccuracy(k=2)
    >>> metric.update((torch.tensor([[0.1, 0.3, 0.6], [0.5, 0.3, 0.2]]), torch.tensor([1, 2])))
    >>> metric.compute()
    0.5
    """

    _num_correct: torch.Tensor
    _num_examples: int

    def __init__(
        self,
        k: int = 5,
        output_transform: Callable[[Any], Any] = identity,
        device: str | torch.device = "cpu",
        skip_unrolling: bool = False,
    ) -> None:
        if not isinstance(k, int) or k < 1:
            raise ValueError(f"k must be an integer of at least 1, got {k!r}.")
        self._k = k
        super().__init__(output_transform, device, skip_unrolling)
        self.declare_state("_num_correct", "sum")
        self.declare_examples()

    def sharing_key(self) -> Hashable:
        """Two with one k accumulate alike."""
        return TopKCategoricalAccuracy, self._k

    def update(self, output: Sequence[torch.Tensor]) -> None:
        """Take in ``(y_pred, y)``.

        Raises:
            TypeError: not real tensors.
            ValueError: shapes that do not fit together, or fewer than k classes.
        """
        y_pred, y = output
        kind, num_classes, y_pred, y = classify(y_pred, y, is_multilabel=False)
        if kind != "multiclass" or num_classes < self._k:
            raise ValueError(
                f"Expected y_pred (batch, classes, ...) of at least {self._k} classes, with y "
                f"(batch, ...); got y_pred {tuple(y_pred.shape)} and y {tuple(y.shape)}."
            )
        self._num_correct += moved(top_k_accuracy_update(y_pred, y, self._k), self._device)
        self._num_examples += y.numel()

    def compute(self) -> float:
        """Return the share of labels among the k highest scores (collective).

        Raises:
            NotComputableError: no example was given on any rank.
        """
        return accuracy_compute(self._num_correct, self._num_examples)
