"""The perplexity of a language model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from ignite.metrics.functional.perplexity import perplexity_compute, perplexity_update
from ignite.metrics.metric import Metric, identity

__all__ = ["Perplexity"]


class Perplexity(Metric):
    """How surprised a language model is: the exponential of the mean cross-entropy of labels.

    1 for a model that is always right and sure, and the size of the vocabulary for one that finds
    all tokens equally likely (Jelinek et al., "Perplexity: a measure of the difficulty of speech
    recognition tasks", 1977). Every label has the same weight, however long the sequences are.

    ``update`` takes ``(y_pred, y)``: logits ``(batch, vocabulary, ...)``, floating, and integer
    labels ``(batch, ...)``, as :func:`torch.nn.functional.cross_entropy` does. Give logits
    ``(batch, sequence, vocabulary)`` as ``y_pred.movedim(-1, 1)``, which copies nothing and is
    as fast. Float16 and bfloat16 are computed in float32.

    Args:
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        device: where the sums live.
        ignore_index: the label of positions to leave out, such as padding.

    >>> metric = Perplexity()
    >>> metric.update((torch.zeros(2, 4, 3), torch.tensor([[0, 1, 3], [2, -100, -100]])))
    >>> round(metric.compute(), 6)
    4.0
    """

    _sum: torch.Tensor
    _num_labels: torch.Tensor
    _num_invalid: torch.Tensor

    def __init__(
        self,
        output_transform: Callable[[Any], Any] = identity,
        device: str | torch.device = "cpu",
        ignore_index: int = -100,
    ) -> None:
        self.ignore_index = ignore_index
        super().__init__(output_transform, device)
        self.declare_sum("_sum")
        self.declare_state("_num_labels", "sum")
        self.declare_examples("_num_labels")
        self.declare_invalid(
            "_num_invalid",
            "{count} labels lie outside 0..vocabulary-1 and are not ignore_index="
            f"{ignore_index}; give the label of padding as ignore_index=.",
        )

    def update(self, output: Sequence[torch.Tensor]) -> None:
        """Take in ``(y_pred, y)``.

        Raises:
            TypeError: logits that are not floating tensors, or labels that are no integers.
            ValueError: shapes that do not fit together.
        """
        y_pred, y = output
        _check(y_pred, y)
        total, num_labels, num_invalid = perplexity_update(y_pred.detach(), y, self.ignore_index)
        self.accumulate("_sum", total)
        self._num_labels += num_labels.to(self._device)
        self._num_invalid += num_invalid.to(self._device)

    def compute(self) -> float:
        """Return the perplexity (collective); infinite where it exceeds float64.

        Raises:
            NotComputableError: no label that is not ignored was given on any rank.
            InvalidValuesError: labels outside the vocabulary.
        """
        return perplexity_compute(self._sum, self._num_labels.to(self._sum.device)).item()


def _check(y_pred: torch.Tensor, y: torch.Tensor) -> None:
    if not (isinstance(y_pred, torch.Tensor) and isinstance(y, torch.Tensor)):
        raise TypeError(
            f"y_pred and y are tensors, got {type(y_pred).__name__} and {type(y).__name__}; "
            "choose them from the output with output_transform=."
        )
    logits, labels = y_pred.shape, y.shape
    if len(logits) < 2 or logits[1] == 0 or labels != logits[:1] + logits[2:]:
        raise ValueError(
            "Expected logits (batch, vocabulary, ...) with labels (batch, ...), got "
            f"{tuple(logits)} and {tuple(labels)}; give logits (batch, sequence, vocabulary) as "
            "y_pred.movedim(-1, 1)."
        )
    if not y_pred.is_floating_point() or y.is_floating_point() or y.is_complex():
        raise TypeError(
            f"Expected floating logits with integer labels, got {y_pred.dtype} and {y.dtype}; "
            "convert them with y_pred.float() and y.long()."
        )
