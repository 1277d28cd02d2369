"""The median absolute error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from ignite.metrics._regression import KeptPairs, as_pair
from ignite.metrics.functional.relative_error import median_absolute_error
from ignite.metrics.metric import identity

__all__ = ["MedianAbsoluteError", "median_absolute_error_compute_fn"]


def median_absolute_error_compute_fn(y_pred: torch.Tensor, y: torch.Tensor) -> float:
    """Return the median absolute error of all elements of two tensors of one shape."""
    return median_absolute_error(y_pred, y).item()


class MedianAbsoluteError(KeptPairs):
    """The median absolute error ``median |y - y_pred|``.

    **Every example is kept**, on every rank those of all ranks when the value is computed.

    ``update`` takes ``(y_pred, y)``, each ``(batch,)`` or ``(batch, columns)``, of any real dtype.
    The median is over all elements; of an even number it is the mean of the middle two.

    Args:
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        device: where the examples are kept.
        skip_unrolling: as in :class:`Metric`.
        max_examples: how many a rank may keep; None for any number.

    >>> metric = MedianAbsoluteError()
    >>> metric.update((torch.tensor([1.0, 2.0, 9.0]), torch.tensor([2.0, 4.0, 3.0])))
    >>> round(metric.compute(), 4)
    2.0
    """

    _as_pair = staticmethod(as_pair)

    def __init__(
        self,
        output_transform: Callable[[Any], Any] = identity,
        device: str | torch.device = "cpu",
        skip_unrolling: bool = False,
        *,
        max_examples: int | None = None,
    ) -> None:
        super().__init__(
            median_absolute_error_compute_fn,
            output_transform,
            device,
            skip_unrolling,
            max_examples=max_examples,
        )
