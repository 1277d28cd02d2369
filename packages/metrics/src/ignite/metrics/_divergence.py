"""What the divergences of predicted distributions from others have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, Literal

import torch

from ignite.metrics._logits import count_distributions
from ignite.metrics.metric import Metric, identity

__all__ = ["Divergence"]


class Divergence(Metric):
    """The mean divergence of pairs of distributions, which are given as logits."""

    _sum_of_kl: torch.Tensor
    _num_examples: int

    def __init__(
        self,
        output_transform: Callable[[Any], Any] = identity,
        device: str | torch.device = "cpu",
        skip_unrolling: bool = False,
        metrics_result_mode: Literal["flatten", "named", "both"] = "both",
    ) -> None:
        super().__init__(output_transform, device, skip_unrolling, metrics_result_mode)
        self.declare_sum("_sum_of_kl")
        self.declare_examples()

    @staticmethod
    @abstractmethod
    def divergence(y_pred: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """Return the sum of the divergences of a batch, ``()``."""

    def update(self, output: Sequence[torch.Tensor]) -> None:
        """Take in ``(y_pred, y)``: logits, both ``(batch, classes, ...)``.

        Raises:
            TypeError: not floating tensors.
            ValueError: other shapes.
        """
        y_pred, y = output
        num_examples = count_distributions(y_pred)
        count_distributions(y)
        if y_pred.shape != y.shape:
            raise ValueError(
                f"y_pred and y are of one shape, got {tuple(y_pred.shape)} and {tuple(y.shape)}."
            )
        self.accumulate("_sum_of_kl", self.divergence(y_pred, y).detach())
        self._num_examples += num_examples

    def compute(self) -> float:
        """Return the mean divergence, in nats (collective).

        Raises:
            NotComputableError: no example was given on any rank.
        """
        return self._sum_of_kl.item() / self._num_examples
