"""The mean of a loss over all examples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from numbers import Integral
from typing import Any

import torch

from ignite.metrics.metric import Metric, identity

__all__ = ["Loss"]


class Loss(Metric):
    """The mean of a loss over all examples, from its mean over each batch.

    ``update`` takes ``(y_pred, y)`` or ``(y_pred, y, kwargs)``, a mapping the keys
    ``y_pred``, ``y`` and ``criterion_kwargs``.

    Args:
        loss_fn: ``loss_fn(y_pred, y, **kwargs)`` returns the mean loss of the batch, ``()``.
        output_transform: makes of ``engine.state.output`` what ``update`` takes.
        batch_size: ``batch_size(y)`` returns over how many examples the mean was taken,
            as an int, or as a tensor ``()`` if it depends on values.
        device: where the sum lives.
        skip_unrolling: as in :class:`Metric`.

    >>> metric = Loss(torch.nn.functional.mse_loss)
    >>> metric.update((torch.tensor([1.0, 3.0]), torch.tensor([1.0, 1.0])))
    >>> metric.update((torch.tensor([5.0]), torch.tensor([1.0])))
    >>> round(metric.compute(), 4)  # (0 + 4 + 16) / 3
    6.6667
    """

    required_output_keys = ("y_pred", "y", "criterion_kwargs")

    _sum: torch.Tensor
    _num_examples: Any

    def __init__(
        self,
        loss_fn: Callable[..., torch.Tensor],
        output_transform: Callable[[Any], Any] = identity,
        batch_size: Callable[[Any], int | torch.Tensor] = len,
        device: str | torch.device = "cpu",
        skip_unrolling: bool = False,
    ) -> None:
        self._loss_fn = loss_fn
        self._batch_size = batch_size
        super().__init__(output_transform, device, skip_unrolling)
        self.declare_sum("_sum")
        self.declare_examples()

    def update(self, output: Sequence[Any]) -> None:
        """Take in ``(y_pred, y)`` or ``(y_pred, y, kwargs)``.

        Raises:
            TypeError: ``loss_fn`` did not return a tensor, or ``batch_size`` no integer.
            ValueError: it did not return a single mean.
        """
        y_pred, y, *kwargs = output
        loss = self._loss_fn(y_pred, y, **(kwargs[0] if kwargs else {}))
        if not isinstance(loss, torch.Tensor):
            raise TypeError(f"loss_fn must return a tensor, got {type(loss).__name__}.")
        if loss.dim() > 0:
            raise ValueError(
                f"loss_fn must return the mean loss, of shape (), got {tuple(loss.shape)}; "
                "set its reduction='mean'."
            )
        loss, size = loss.detach().to(self._device), self._batch_size(y)
        # The mean over no example is NaN, and no part of the whole.
        if isinstance(size, torch.Tensor) and not size.is_floating_point():
            size = size.to(self._device)
            self.accumulate("_sum", torch.where(size == 0, 0, loss.to(self._sum.dtype) * size))
        elif not isinstance(size, Integral):
            raise TypeError(f"batch_size must return a whole number, got {size!r}.")
        elif size > 0:
            self.accumulate("_sum", loss, size)
        self._num_examples += size

    def compute(self) -> float:
        """Return the mean loss (collective).

        Raises:
            NotComputableError: no example was given on any rank.
        """
        return self._sum.item() / int(self._num_examples)
