"""What metrics of regression have in common: pairs of predictions and targets of one shape."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Literal

import torch

from ignite.metrics.functional._precision import full_precision
from ignite.metrics.functional.regression import count_zeros
from ignite.metrics.interface import Rows
from ignite.metrics.metric import Metric, identity

__all__ = [
    "KeptPairs",
    "MeanOfPairs",
    "MeanRelativeToTarget",
    "as_flat_pair",
    "as_pair",
]


def as_pair(output: Sequence[torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
    """Return ``y_pred`` and ``y`` in the shape of ``y_pred``, detached.

    Raises:
        TypeError: not tensors.
        ValueError: shapes that differ by more than dimensions of size 1 after the batch's.
    """
    y_pred, y = output
    if not (isinstance(y_pred, torch.Tensor) and isinstance(y, torch.Tensor)):
        raise TypeError(
            f"y_pred and y are tensors, got {type(y_pred).__name__} and {type(y).__name__}; "
            "choose them from the output with output_transform=."
        )
    predicted, target = y_pred.shape, y.shape
    if predicted != target:
        if not predicted or _essential(predicted) != _essential(target):
            raise ValueError(
                "Expected y_pred and y of one shape (batch, ...), got y_pred "
                f"{tuple(predicted)} and y {tuple(target)}."
            )
        y = y.reshape(predicted)
    elif not predicted:
        raise ValueError("Expected y_pred and y of shape (batch, ...), got single numbers.")
    if y_pred.requires_grad or y.requires_grad:
        return y_pred.detach(), y.detach()
    return y_pred, y


def as_flat_pair(output: Sequence[torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
    """Return ``y_pred`` and ``y`` as ``(batch,)``, detached.

    Raises:
        TypeError: not tensors.
        ValueError: shapes other than ``(batch,)`` and ``(batch, 1)``, or of other lengths.
    """
    y_pred, y = as_pair(output)
    shape = y_pred.shape
    if len(shape) == 1:
        return y_pred, y
    if len(shape) == 2 and shape[1] == 1:
        return y_pred.squeeze(1), y.squeeze(1)
    raise ValueError(
        "Expected y_pred and y of shape (batch,) or (batch, 1), got y_pred "
        f"{tuple(shape)} and y {tuple(output[1].shape)}; use a metric for each column."
    )


def _essential(shape: torch.Size) -> tuple[int, ...]:
    return (*shape[:1], *(size for size in shape[1:] if size != 1))


class MeanOfPairs(Metric):
    """The mean over examples of what each pair of a prediction and a target adds."""

    _total: Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
    """What a batch adds."""
    _as_pair: Callable[[Any], tuple[torch.Tensor, torch.Tensor]] = staticmethod(as_flat_pair)

    _sum: torch.Tensor
    _num_examples: int

    def __init__(
        self,
        output_transform: Callable[[Any], Any] = identity,
        device: str | torch.device = "cpu",
        skip_unrolling: bool = False,
        metrics_result_mode: Literal["flatten", "named", "both"] = "both",
    ) -> None:
        super().__init__(output_transform, device, skip_unrolling, metrics_result_mode)
        self.declare_sum("_sum")
        self.declare_examples()

    def update(self, output: Sequence[torch.Tensor]) -> None:
        """Take in ``(y_pred, y)``.

        Raises:
            TypeError: not real tensors.
            ValueError: shapes that do not fit.
        """
        y_pred, y = self._as_pair(output)
        self.accumulate("_sum", self._total(y_pred, y))
        self._num_examples += y.shape[0]

    def compute(self) -> float:
        """Return the mean over the examples of all ranks (collective).

        Raises:
            NotComputableError: no example was given on any rank.
        """
        return self._sum.item() / self._num_examples


class MeanRelativeToTarget(MeanOfPairs):
    """The mean over examples of errors divided by the target, which must not be zero."""

    _num_zeros: torch.Tensor

    def __init__(
        self,
        output_transform: Callable[[Any], Any] = identity,
        device: str | torch.device = "cpu",
        skip_unrolling: bool = False,
        metrics_result_mode: Literal["flatten", "named", "both"] = "both",
    ) -> None:
        super().__init__(output_transform, device, skip_unrolling, metrics_result_mode)
        self.declare_invalid(
            "_num_zeros",
            "At {count} positions y is zero, by which the error would be divided; leave them out "
            "in output_transform=, or use CanberraMetric or FractionalAbsoluteError.",
        )

    def update(self, output: Sequence[torch.Tensor]) -> None:
        """Take in ``(y_pred, y)``, each ``(batch,)`` or ``(batch, 1)``.

        Raises:
            TypeError: not real tensors.
            ValueError: shapes that do not fit.
        """
        y_pred, y = self._as_pair(output)
        total, num_zeros = self._total(y_pred, y), count_zeros(y)
        self.accumulate("_sum", total)
        self._num_zeros += num_zeros.to(self._device)
        self._num_examples += y.shape[0]

    def compute(self) -> float:
        """Return the mean over the examples of all ranks (collective).

        Raises:
            NotComputableError: no example was given on any rank.
            InvalidValuesError: a target is zero.
        """
        return super().compute()


class KeptPairs(Metric):
    """A function of all pairs of a prediction and a target, which are kept."""

    _as_pair: Callable[[Any], tuple[torch.Tensor, torch.Tensor]] = staticmethod(as_flat_pair)

    _pairs: Rows

    def __init__(
        self,
        compute_fn: Callable[[torch.Tensor, torch.Tensor], float],
        output_transform: Callable[[Any], Any] = identity,
        device: str | torch.device = "cpu",
        skip_unrolling: bool = False,
        metrics_result_mode: Literal["flatten", "named", "both"] = "both",
        *,
        max_examples: int | None = None,
    ) -> None:
        super().__init__(output_transform, device, skip_unrolling, metrics_result_mode)
        self.compute_fn = compute_fn
        self.declare_state("_pairs", "cat", dtype=None, shape=None, limit=max_examples)
        self.declare_examples("_pairs")

    def update(self, output: Sequence[torch.Tensor]) -> None:
        """Keep ``(y_pred, y)``.

        Raises:
            TypeError: not real tensors.
            ValueError: shapes that do not fit, or another shape or dtype than before.
            CapacityExceeded: there are too many examples.
        """
        y_pred, y = self._as_pair(output)
        if y_pred.dtype is not y.dtype or y.is_complex():
            y_pred, y = full_precision(y_pred, y)
        pairs = torch.stack((y_pred, y), 1)
        self._pairs.check(pairs)
        self._pairs.keep(pairs, copy=False)

    def compute(self) -> float:
        """Return the value of the function of the examples of all ranks (collective).

        Raises:
            NotComputableError: no example was given on any rank.
        """
        y_pred, y = self._pairs.tensor().unbind(1)
        return self.compute_fn(y_pred, y)

    def sharing_key(self) -> Hashable:
        """Return what metrics that keep equal pairs have in common."""
        return KeptPairs, self._as_pair, self._pairs.limit
