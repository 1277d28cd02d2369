"""Spearman's rank correlation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from ignite.metrics._regression import KeptPairs
from ignite.metrics.functional.rank_correlation import spearman_rank_correlation
from ignite.metrics.metric import identity

__all__ = ["SpearmanRankCorrelation"]


class SpearmanRankCorrelation(KeptPairs):
    """Spearman's correlation of ranks, where equal values share the mean of their ranks.

    NaN if all predictions or all targets are equal. Spearman: The proof and measurement of
    association between two things, American Journal of Psychology 15 (1904). **Every example is
    kept**, on every rank those of all ranks when the value is computed.

    ``update`` takes ``(y_pred, y)``, each ``(batch,)`` or ``(batch, 1)``, of any real dtype.

    Args:
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        check_compute_fn: has no effect, as the function takes any data.
        device: where the examples are kept.
        skip_unrolling: as in :class:`Metric`.
        max_examples: how many a rank may keep; None for any number.

    >>> metric = SpearmanRankCorrelation()
    >>> metric.update((torch.tensor([1.0, 2.0, 9.0]), torch.tensor([2.0, 4.0, 3.0])))
    >>> metric.compute()
    0.5
    """

    def __init__(
        self,
        output_transform: Callable[[Any], Any] = identity,
        check_compute_fn: bool = True,
        device: str | torch.device = "cpu",
        skip_unrolling: bool = False,
        *,
        max_examples: int | None = None,
    ) -> None:
        super().__init__(
            _value, output_transform, device, skip_unrolling, max_examples=max_examples
        )


def _value(y_pred: torch.Tensor, y: torch.Tensor) -> float:
    return spearman_rank_correlation(y_pred, y).item()
