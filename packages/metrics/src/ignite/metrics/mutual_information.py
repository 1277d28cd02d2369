"""The mutual information of examples and predicted classes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import torch

from ignite.metrics._logits import count_distributions
from ignite.metrics.functional.mutual_information import (
    mutual_information_compute,
    mutual_information_update,
)
from ignite.metrics.interface import Rows
from ignite.metrics.metric import Metric, identity

__all__ = ["MutualInformation"]


class MutualInformation(Metric):
    """How much an example tells of its predicted class, in nats.

    It is the entropy of the mean of all predicted distributions, less the mean of their entropies
    (Bridle, Heading and MacKay, "Unsupervised classifiers, mutual information and 'phantom
    targets'", 1991). ``update`` takes ``(y_pred, ...)``: logits ``(batch, classes, ...)``, of which
    -inf is probability 0, and what else it does not look at.

    Args:
        output_transform: makes of ``engine.state.output`` what ``update`` takes.
        device: where the sums live.
        skip_unrolling: as in :class:`Metric`.
        metrics_result_mode: as in :class:`Metric`.

    >>> metric = MutualInformation()
    >>> metric.update((torch.tensor([[1.0, 0.0], [0.0, 1.0]]).log(),))
    >>> round(metric.compute(), 4)
    0.6931
    """

    _sums: Rows
    _num_examples: int

    def __init__(
        self,
        output_transform: Callable[[Any], Any] = identity,
        device: str | torch.device = "cpu",
        skip_unrolling: bool = False,
        metrics_result_mode: Literal["flatten", "named", "both"] = "both",
    ) -> None:
        super().__init__(output_transform, device, skip_unrolling, metrics_result_mode)
        # One row, of the sums of p log p and of p: the data says how many classes there are.
        self.declare_state("_sums", "cat", torch.float64, shape=None)
        self.declare_examples()

    def update(self, output: Sequence[torch.Tensor]) -> None:
        """Take in ``(y_pred, ...)``: logits ``(batch, classes, ...)``, and anything.

        Raises:
            TypeError: not a floating tensor.
            ValueError: another shape, or another number of classes than before.
        """
        y_pred = output[0]
        num_examples = count_distributions(y_pred)
        sums = torch.stack(mutual_information_update(y_pred.detach()))
        if len(self._sums):
            total = self._sums.tensor()[0]
            if total.shape != sums.shape:
                raise ValueError(
                    f"There were {total.shape[1]} classes before, and now there are "
                    f"{sums.shape[1]}; call reset first if the data has changed."
                )
            total.add_(sums if sums.device == total.device else sums.to(total))
        else:
            self._sums.append(sums[None].to(self._sums.device, self._sums.tensor().dtype))
        self._num_examples += num_examples

    def compute(self) -> float:
        """Return the mutual information, in nats (collective).

        Raises:
            NotComputableError: no example was given on any rank.
        """
        sums = self._sums.tensor().sum(0)
        return mutual_information_compute(sums[0], sums[1], self._num_examples).item()
