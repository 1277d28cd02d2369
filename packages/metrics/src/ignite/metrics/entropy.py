"""The entropy of predicted distributions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import torch

from ignite.metrics._logits import count_distributions
from ignite.metrics.functional.entropy import entropy_update
from ignite.metrics.metric import Metric, identity

__all__ = ["Entropy"]


class Entropy(Metric):
    """The mean entropy of predicted distributions, in nats.

    It is the sum over classes of -p log p, where 0 log 0 is 0 (Shannon, "A mathematical theory of
    communication", 1948). ``update`` takes ``(y_pred, ...)``: logits ``(batch, classes, ...)``, of
    which -inf is probability 0, and what else it does not look at.

    Args:
        output_transform: makes of ``engine.state.output`` what ``update`` takes.
        device: where the sum lives.
        skip_unrolling: as in :class:`Metric`.
        metrics_result_mode: as in :class:`Metric`.

    >>> metric = Entropy()
    >>> metric.update((torch.zeros(3, 2),))
    >>> round(metric.compute(), 4)
    0.6931
    """

    _sum_of_entropies: torch.Tensor
    _num_examples: int

    def __init__(
        self,
        output_transform: Callable[[Any], Any] = identity,
        device: str | torch.device = "cpu",
        skip_unrolling: bool = False,
        metrics_result_mode: Literal["flatten", "named", "both"] = "both",
    ) -> None:
        super().__init__(output_transform, device, skip_unrolling, metrics_result_mode)
        self.declare_sum("_sum_of_entropies")
        self.declare_examples()

    def update(self, output: Sequence[torch.Tensor]) -> None:
        """Take in ``(y_pred, ...)``: logits ``(batch, classes, ...)``, and anything.

        Raises:
            TypeError: not a floating tensor.
            ValueError: another shape.
        """
        y_pred = output[0]
        num_examples = count_distributions(y_pred)
        self.accumulate("_sum_of_entropies", entropy_update(y_pred).detach())
        self._num_examples += num_examples

    def compute(self) -> float:
        """Return the mean entropy, in nats (collective).

        Raises:
            NotComputableError: no example was given on any rank.
        """
        return self._sum_of_entropies.item() / self._num_examples
