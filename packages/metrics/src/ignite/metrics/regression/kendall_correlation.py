"""Kendall's rank correlation."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Literal

import torch

from ignite.metrics._regression import KeptPairs
from ignite.metrics.functional.rank_correlation import kendall_rank_correlation
from ignite.metrics.metric import identity

__all__ = ["KendallRankCorrelation"]


class KendallRankCorrelation(KeptPairs):
    """Kendall's correlation of ranks: of the pairs of examples, how many more agree in order.

    NaN if all predictions or all targets are equal. Kendall: The treatment of ties in ranking
    problems, Biometrika 33 (1945); Stuart: The estimation and comparison of strengths of
    association in contingency tables, Biometrika 40 (1953). **Every example is kept**, on every
    rank those of all ranks when the value is computed.

    ``update`` takes ``(y_pred, y)``, each ``(batch,)`` or ``(batch, 1)``, of any real dtype.

    Args:
        variant: ``"b"``, which allows for ties; or ``"c"``, for numbers of distinct values that
            differ between predictions and targets.
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        check_compute_fn: has no effect, as the function takes any data.
        device: where the examples are kept.
        skip_unrolling: as in :class:`Metric`.
        max_examples: how many a rank may keep; None for any number.

    Raises:
        ValueError: another ``variant``.

    >>> metric = KendallRankCorrelation()
    >>> metric.update((torch.tensor([1.0, 2.0, 9.0]), torch.tensor([2.0, 4.0, 3.0])))
    >>> round(metric.compute(), 4)
    0.3333
    """

    def __init__(
        self,
        variant: Literal["b", "c"] = "b",
        output_transform: Callable[[Any], Any] = identity,
        check_compute_fn: bool = True,
        device: str | torch.device = "cpu",
        skip_unrolling: bool = False,
        *,
        max_examples: int | None = None,
    ) -> None:
        if variant not in ("b", "c"):
            raise ValueError(f"Unknown variant {variant!r}; use 'b' or 'c'.")
        value = partial(_value, variant=variant)
        super().__init__(value, output_transform, device, skip_unrolling, max_examples=max_examples)


def _value(y_pred: torch.Tensor, y: torch.Tensor, variant: Literal["b", "c"]) -> float:
    return kendall_rank_correlation(y_pred, y, variant).item()
