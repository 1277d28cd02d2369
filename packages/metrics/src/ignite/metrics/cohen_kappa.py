"""Cohen's kappa."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import torch

from ignite.metrics._label_pairs import LabelPairs
from ignite.metrics.functional.cohen_kappa import cohen_kappa_compute
from ignite.metrics.metric import identity

__all__ = ["CohenKappa"]


class CohenKappa(LabelPairs):
    """By how much predicted labels and labels disagree less than by chance.

    After Cohen, "A coefficient of agreement for nominal scales", 1960; with weights, "Weighted
    kappa", 1968. 1 is full agreement; the value is 0 where all are one and the same label.

    ``update`` takes ``(y_pred, y)``, labels of shape ``(batch,)`` or ``(batch, 1)``. With
    ``num_classes`` only counts are kept. Without, **every pair is kept**, on every rank those of
    all ranks when the value is computed, and the classes are the labels that occur.

    Args:
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        weights: of a disagreement: None, 1; ``"linear"``, by how many classes the labels differ;
            ``"quadratic"``, its square.
        check_compute_fn: has no effect, for any labels have a value.
        device: where the counts or pairs live.
        skip_unrolling: as in :class:`Metric`.
        num_classes: at least 2, of labels 0..num_classes-1; None for any labels.
        max_examples: how many pairs a rank may keep; None for any number.

    Raises:
        ValueError: unknown ``weights``, a bad ``num_classes``, or one with ``max_examples``.

    >>> metric = CohenKappa(num_classes=2)
    >>> metric.update((torch.tensor([0, 0, 1, 1, 1]), torch.tensor([0, 0, 0, 1, 1])))
    >>> round(metric.compute(), 4)
    0.6154
    """

    def __init__(
        self,
        output_transform: Callable[[Any], Any] = identity,
        weights: Literal["linear", "quadratic"] | None = None,
        check_compute_fn: bool = False,
        device: str | torch.device = "cpu",
        skip_unrolling: bool = False,
        num_classes: int | None = None,
        *,
        max_examples: int | None = None,
    ) -> None:
        if weights not in (None, "linear", "quadratic"):
            raise ValueError(f"Unknown weights {weights!r}; use None, 'linear' or 'quadratic'.")
        self.weights = weights
        super().__init__(output_transform, device, skip_unrolling, num_classes, max_examples)

    def compute(self) -> float:
        """Return the coefficient (collective).

        Raises:
            NotComputableError: no example was given on any rank.
            InvalidValuesError: with ``num_classes``, labels outside 0..num_classes-1.
        """
        return cohen_kappa_compute(self.pairs(), self.weights).item()
