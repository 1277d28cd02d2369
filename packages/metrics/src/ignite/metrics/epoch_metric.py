"""A function of all predictions and targets, which are kept until it is called."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import torch

from ignite.metrics.interface import Rows
from ignite.metrics.metric import Metric, identity

__all__ = ["EpochMetric", "EpochMetricWarning"]


class EpochMetricWarning(UserWarning):
    """The function failed on the first batch alone, and may fail on all data."""


class EpochMetric(Metric):
    """The value of a function of all predictions and targets.

    ``update`` takes ``(y_pred, y)``, each of shape ``(batch,)`` or ``(batch, columns)``; ``(batch,
    1)`` is taken as ``(batch,)``. **Every example is kept**, on every rank those of all ranks when
    the value is computed.

    Args:
        compute_fn: called with all predictions and all targets.
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        check_compute_fn: whether to try the function on the first batch, and to warn if it fails.
        device: where the examples are kept.
        skip_unrolling: as in :class:`Metric`.
        max_examples: how many a rank may keep; None for any number.

    Raises:
        TypeError: ``compute_fn`` cannot be called.

    >>> metric = EpochMetric(lambda y_pred, y: (y_pred - y).abs().median().item())
    >>> metric.update((torch.tensor([1.0, 2.0]), torch.tensor([0.0, 0.0])))
    >>> metric.update((torch.tensor([7.0]), torch.tensor([0.0])))
    >>> metric.compute()
    2.0
    """

    _predictions: Rows
    _targets: Rows

    def __init__(
        self,
        compute_fn: Callable[[torch.Tensor, torch.Tensor], Any],
        output_transform: Callable[[Any], Any] = identity,
        check_compute_fn: bool = True,
        device: str | torch.device = "cpu",
        skip_unrolling: bool = False,
        *,
        max_examples: int | None = None,
    ) -> None:
        if not callable(compute_fn):
            raise TypeError(f"compute_fn must be callable, got {compute_fn!r}.")
        self.compute_fn = compute_fn
        self._check_compute_fn = check_compute_fn
        super().__init__(output_transform, device, skip_unrolling)
        for name in ("_predictions", "_targets"):
            self.declare_state(name, "cat", dtype=None, shape=None, limit=max_examples)
        self.declare_examples("_predictions")

    def update(self, output: Sequence[torch.Tensor]) -> None:
        """Keep ``(y_pred, y)``.

        Raises:
            ValueError: tensors of other shapes or dtypes than said, or than before.
            CapacityExceeded: there are too many examples.
        """
        y_pred, y = output
        y_pred, y = _as_rows("y_pred", y_pred), _as_rows("y", y)
        if len(y_pred) != len(y):
            raise ValueError(f"y_pred has {len(y_pred)} examples and y {len(y)}; give as many.")
        self.keep(y_pred, y)

    def keep(self, y_pred: torch.Tensor, y: torch.Tensor) -> None:
        """Keep as many rows of both.

        Raises:
            ValueError: tensors of other shapes or dtypes than before.
            CapacityExceeded: there are too many examples.
        """
        self._targets.check(y, "y")
        self._predictions.check(y_pred, "y_pred")
        is_first = len(self._predictions) == 0
        self._predictions.keep(y_pred)
        self._targets.keep(y)
        if is_first and self._check_compute_fn:
            self._try(y_pred.detach(), y.detach())

    def compute(self) -> Any:
        """Return what the function makes of the examples of all ranks (collective).

        Raises:
            NotComputableError: no example was given on any rank.
        """
        return self.compute_fn(self._predictions.tensor(), self._targets.tensor())

    def _try(self, y_pred: torch.Tensor, y: torch.Tensor) -> None:
        try:
            self.compute_fn(y_pred, y)
        except Exception as error:  # noqa: BLE001 - whatever it is, compute may raise it again
            warnings.warn(
                f"compute_fn fails on the first batch: {error!r}. If it needs more data than "
                "that, set check_compute_fn=False.",
                EpochMetricWarning,
                stacklevel=3,
            )


def _as_rows(name: str, x: torch.Tensor) -> torch.Tensor:
    if x.dim() not in (1, 2):
        raise ValueError(
            f"{name} must be of shape (batch,) or (batch, columns), got {tuple(x.shape)}."
        )
    return x.squeeze(1) if x.dim() == 2 and x.shape[1] == 1 else x
