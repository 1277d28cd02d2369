"""Matthews' correlation coefficient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from ignite.metrics._label_pairs import LabelPairs, matrix_of_labels
from ignite.metrics.functional.matthews_corrcoef import matthews_corrcoef_compute
from ignite.metrics.metric import identity

__all__ = ["MatthewsCorrCoef", "matthews_corrcoef_compute_fn"]


class MatthewsCorrCoef(LabelPairs):
    """The correlation of predicted labels and labels, of two or more classes.

    After Matthews, "Comparison of the predicted and observed secondary structure of T4 phage
    lysozyme", 1975, and Gorodkin, "Comparing two K-category assignments by a K-category correlation
    coefficient", 2004. 1 is full agreement; the value is 0 where either are of one class.

    ``update`` takes ``(y_pred, y)``, labels of shape ``(batch,)`` or ``(batch, 1)``. With
    ``num_classes`` only counts are kept. Without, **every pair is kept**, on every rank those of
    all ranks when the value is computed.

    Args:
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        check_compute_fn: has no effect, for any labels have a value.
        device: where the counts or pairs live.
        skip_unrolling: as in :class:`Metric`.
        num_classes: at least 2, of labels 0..num_classes-1; None for any labels.
        max_examples: how many pairs a rank may keep; None for any number.

    Raises:
        ValueError: a bad ``num_classes``, or one with ``max_examples``.

    >>> metric = MatthewsCorrCoef()
    >>> metric.update((torch.tensor([0, 0, 1, 1, 1]), torch.tensor([0, 0, 0, 1, 1])))
    >>> round(metric.compute(), 4)
    0.6667
    """

    def __init__(
        self,
        output_transform: Callable[[Any], Any] = identity,
        check_compute_fn: bool = False,
        device: str | torch.device = "cpu",
        skip_unrolling: bool = False,
        *,
        num_classes: int | None = None,
        max_examples: int | None = None,
    ) -> None:
        super().__init__(output_transform, device, skip_unrolling, num_classes, max_examples)

    def compute(self) -> float:
        """Return the coefficient (collective).

        Raises:
            NotComputableError: no example was given on any rank.
            InvalidValuesError: with ``num_classes``, labels outside 0..num_classes-1.
        """
        return matthews_corrcoef_compute(self.pairs()).item()


def matthews_corrcoef_compute_fn(y_preds: torch.Tensor, y_targets: torch.Tensor) -> float:
    """Return the coefficient of predicted labels and labels, each ``(n,)``.

    >>> matthews_corrcoef_compute_fn(torch.tensor([0, 1, 1]), torch.tensor([0, 1, 1]))
    1.0
    """
    return matthews_corrcoef_compute(matrix_of_labels(torch.stack([y_targets, y_preds]))).item()
