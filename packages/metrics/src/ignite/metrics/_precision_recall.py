"""What precision and recall share: all but the formula."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Hashable, Mapping
from typing import Any

import torch

from ignite.metrics._class_counts import ClassCounts
from ignite.metrics._class_table import ClassTable
from ignite.metrics._classification import Kind
from ignite.metrics.interface import StateValue
from ignite.metrics.metric import Metric, identity

__all__ = ["PrecisionRecall"]


class PrecisionRecall(ClassTable):
    """The base of :class:`Precision` and :class:`Recall`, which says what the arguments are.

    Any average follows from the same counts, but for that over samples, whose values are summed.
    """

    _sum: torch.Tensor

    def __init__(
        self,
        output_transform: Callable[[Any], Any] = identity,
        average: bool | str | None = False,
        is_multilabel: bool = False,
        device: str | torch.device = "cpu",
        skip_unrolling: bool = False,
    ) -> None:
        averages = ("macro", "micro", "weighted", "samples")
        if not (average is None or isinstance(average, bool) or average in averages):
            raise ValueError(
                f"Unknown average {average!r}; use None, a bool, or one of {averages}."
            )
        if average == "samples" and not is_multilabel:
            raise ValueError("The average over samples is of multilabel data; set is_multilabel.")
        self._average = "macro" if average is True else average
        super().__init__(output_transform, is_multilabel, device, skip_unrolling)

    def sharing_key(self) -> Hashable:
        """Precision and recall accumulate alike, but for the values of samples."""
        return type(self) if self._average == "samples" else super().sharing_key()

    def states_from(self, other: Metric) -> Mapping[str, StateValue] | None:
        """Return the states, from any metric that counts the same classes."""
        return None if self._average == "samples" else super().states_from(other)

    def class_counts(self) -> ClassCounts | None:
        """Return what was counted; None if the average is over samples."""
        return None if self._average == "samples" else super().class_counts()

    def compute(self) -> torch.Tensor | float:
        """Return the value (collective).

        Returns:
            With an average a float. Else float64, ``(classes,)``; of binary data ``()``, the value
            of class 1, or ``(2,)`` if ``average`` is None.

        Raises:
            NotComputableError: no example was given on any rank.
            InvalidValuesError: binary or multilabel values other than 0 and 1, or labels outside
                0..classes-1.
        """
        if self._average == "samples":
            return self._sum.item() / self._num_examples
        counts = self.counts(both=self._average is not False)
        value = self._compute(counts, self._average)
        if self._average:
            return value.item()
        return value.squeeze(0) if counts.shape[1] == 1 else value

    @staticmethod
    @abstractmethod
    def _compute(counts: torch.Tensor, average: bool | str | None) -> torch.Tensor:
        """Return the value of counts per class."""

    @staticmethod
    @abstractmethod
    def _sample_update(y_pred: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """Return the sum of the values of single examples."""

    def _declare_counts(self) -> None:
        if self._average == "samples":
            self.declare_sum("_sum")
        else:
            super()._declare_counts()

    def _add(self, kind: Kind, num_classes: int, y_pred: torch.Tensor, y: torch.Tensor) -> None:
        if self._average == "samples":
            self.accumulate("_sum", self._sample_update(y_pred, y))
        else:
            super()._add(kind, num_classes, y_pred, y)
