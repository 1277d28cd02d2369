"""Accuracy."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

import torch

from ignite.metrics._class_counts import counted
from ignite.metrics._classification import Kind, changed, classify, moved
from ignite.metrics._derived import Derivable
from ignite.metrics.functional.accuracy import (
    accuracy_compute,
    binary_accuracy_update,
    multiclass_accuracy_update,
    multilabel_accuracy_update,
)
from ignite.metrics.functional.validation import count_non_binary
from ignite.metrics.interface import StateValue
from ignite.metrics.metric import Metric, identity

__all__ = ["Accuracy"]

_UPDATES: dict[Kind, Callable[[torch.Tensor, torch.Tensor], torch.Tensor]] = {
    "binary": binary_accuracy_update,
    "multiclass": multiclass_accuracy_update,
    "multilabel": multilabel_accuracy_update,
}


class Accuracy(Derivable):
    """The share of right predictions: binary, multiclass or multilabel.

    ``update`` takes ``(y_pred, y)``, whose shapes say what they are:

    ============  ==============================  =======================================
    kind          ``y_pred``                      ``y``
    ============  ==============================  =======================================
    binary        0 and 1, as ``y`` or with a     0 and 1, ``(batch, ...)``
                  dimension 1 of size 1 more
    multiclass    scores                          labels 0..classes-1, ``(batch, ...)``
                  ``(batch, classes, ...)``
    multilabel    0 and 1, as ``y``               0 and 1, ``(batch, classes, ...)``
    ============  ==============================  =======================================

    A multilabel example counts as right when all its classes are, and a label outside
    0..classes-1 as wrong. Round the probabilities of a binary or multilabel model in
    ``output_transform``.

    Args:
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        is_multilabel: whether tensors of one shape are multilabel.
        device: where the counts live.
        skip_unrolling: as in :class:`Metric`.

    >>> metric = Accuracy()
    >>> metric.update((torch.tensor([[0.1, 0.9], [0.8, 0.2]]), torch.tensor([1, 1])))
    >>> metric.compute()
    0.5
    """

    _num_correct: torch.Tensor
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
        self.declare_state("_num_correct", "sum")
        self.declare_examples()
        self.declare_invalid(
            "_num_non_binary",
            "At {count} positions y_pred or y is neither 0 nor 1; round probabilities in "
            "output_transform=, or give scores as (batch, classes, ...).",
        )

    def reset(self) -> None:
        """Forget all batches, and which kind they were of."""
        self._seen: tuple[Kind, int] | None = None
        super().reset()

    def sharing_key(self) -> Hashable:
        """Any two accumulate alike."""
        return Accuracy, self._is_multilabel

    def states_from(self, other: Metric) -> Mapping[str, StateValue] | None:
        """Return the states, from any metric that counts the same classes."""
        found = None if self._is_multilabel else counted(other, is_multilabel=False)
        if found is None:
            return None
        return {
            "_num_correct": found.num_correct(),
            "_num_examples": found.num_examples,
            "_num_non_binary": found.num_non_binary,
        }

    def update(self, output: Sequence[torch.Tensor]) -> None:
        """Take in ``(y_pred, y)``.

        Raises:
            TypeError: not real tensors.
            ValueError: shapes that do not fit together or another number of classes.
            RuntimeError: another kind than before.
        """
        y_pred, y = output
        kind, num_classes, y_pred, y = classify(y_pred, y, self._is_multilabel)
        if self._seen is not None and self._seen != (kind, num_classes):
            raise changed(self._seen, (kind, num_classes))
        num_correct = moved(_UPDATES[kind](y_pred, y), self._device)
        if kind != "multiclass":
            self._num_non_binary += moved(count_non_binary(y_pred, y), self._device)
        self._num_correct += num_correct
        self._num_examples += y.numel() // num_classes if kind == "multilabel" else y.numel()
        self._seen = kind, num_classes

    def compute(self) -> float:
        """Return the share of right predictions (collective).

        Raises:
            NotComputableError: no example was given on any rank.
            InvalidValuesError: binary or multilabel values other than 0 and 1.
        """
        return accuracy_compute(self._num_correct, self._num_examples)
