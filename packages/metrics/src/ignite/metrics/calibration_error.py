"""The calibration error: whether a prediction is as often right as it is confident."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Literal

import torch

from ignite.metrics._classification import classify
from ignite.metrics._constants import HoldsConstants
from ignite.metrics._plot import axes_or_new
from ignite.metrics._sync import synced
from ignite.metrics.functional.calibration_error import (
    calibration_error_compute,
    calibration_error_update,
    calibration_inner_edges,
)
from ignite.metrics.metric import identity

__all__ = ["CalibrationError"]


class CalibrationError(HoldsConstants):
    r"""How far the confidence of predictions is from their accuracy.

    Predictions are put into bins of equal width by their confidence. With the share :math:`w_b`
    of predictions in bin :math:`b`, and the difference :math:`d_b` between the share of right
    ones there and their mean confidence, it is :math:`\sum_b w_b |d_b|`, the expected calibration
    error (Guo et al., "On calibration of modern neural networks", 2017); ``norm`` gives others.
    ``update`` takes ``(y_pred, y)``:

    ============  ================================  ======================================
    kind          ``y_pred``                        ``y``
    ============  ================================  ======================================
    binary        probabilities, as ``y`` or with   0 and 1, ``(batch, ...)``
                  a dimension 1 of size 1 more
    multiclass    probabilities                     labels 0..classes-1, ``(batch, ...)``
                  ``(batch, classes, ...)``
    ============  ================================  ======================================

    Confidence is the probability of the positive class, and it is right if the label is 1; in a
    multiclass problem it is the highest probability, and right if the label is its class. A label
    outside 0..classes-1 counts as wrong.

    Args:
        num_bins: how many bins there are from 0 to 1. Each is open below and closed above; the
            first takes in 0.
        norm: ``"l1"`` for the expected, ``"max"`` for the maximum :math:`\max_b |d_b|`, ``"l2"``
            for the root mean square calibration error :math:`\sqrt{\sum_b w_b d_b^2}`.
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        device: where the counts and sums live.
        skip_unrolling: as in :class:`Metric`.

    Raises:
        ValueError: a bad ``num_bins`` or ``norm``.

    >>> metric = CalibrationError(num_bins=2)
    >>> metric.update((torch.tensor([0.25, 0.75, 1.0]), torch.tensor([0, 1, 1])))
    >>> round(metric.compute(), 4)
    0.1667
    """

    _counts: torch.Tensor
    _confidence: torch.Tensor
    _num_examples: int
    _num_refused: torch.Tensor
    _inner_edges: torch.Tensor

    def __init__(
        self,
        num_bins: int = 15,
        norm: Literal["l1", "l2", "max"] = "l1",
        output_transform: Callable[[Any], Any] = identity,
        device: str | torch.device = "cpu",
        skip_unrolling: bool = False,
    ) -> None:
        if not isinstance(num_bins, int) or num_bins < 1:
            raise ValueError(f"num_bins must be a positive integer, got {num_bins!r}.")
        if norm not in ("l1", "l2", "max"):
            raise ValueError(f"Unknown norm {norm!r}; use 'l1', 'l2' or 'max'.")
        self.num_bins = num_bins
        self.norm = norm
        super().__init__(output_transform, device, skip_unrolling)
        self.declare_state("_counts", "sum", shape=(2, num_bins))
        self.declare_sum("_confidence", (num_bins,))
        self.declare_examples()
        self.declare_invalid(
            "_num_refused",
            "{count} values are refused: probabilities outside 0..1, or binary labels other than 0 "
            "and 1; apply softmax or sigmoid to logits in output_transform=.",
        )
        self.hold("_inner_edges", calibration_inner_edges(num_bins))

    def update(self, output: Sequence[torch.Tensor]) -> None:
        """Take in ``(y_pred, y)``.

        Raises:
            TypeError: not real tensors, or probabilities that are not floating.
            ValueError: shapes that do not fit together.
        """
        y_pred, y = output
        kind, _, y_pred, y = classify(y_pred, y, is_multilabel=False)
        if not y_pred.is_floating_point():
            raise TypeError(f"y_pred holds probabilities, got {y_pred.dtype}; give them as floats.")
        y_pred, y = y_pred.detach().to(self._device), y.to(self._device)
        if kind == "multiclass":
            confidence, predicted = y_pred.max(dim=1)
            is_correct = predicted == y
        else:
            confidence, is_correct = y_pred, y == 1
        is_refused = confidence.clamp(0, 1) != confidence  # true of NaN too
        if kind == "binary":
            is_refused |= is_correct != y
        self._num_refused += torch.count_nonzero(is_refused)
        sums = calibration_error_update(
            self._counts, confidence.reshape(-1), is_correct.reshape(-1), self._inner_edges
        )
        self.accumulate("_confidence", sums)
        self._num_examples += y.numel()

    def compute(self) -> float:
        """Return the calibration error (collective).

        Raises:
            NotComputableError: no example was given on any rank.
            InvalidValuesError: probabilities outside 0..1, or binary labels other than 0 and 1.
        """
        return float(calibration_error_compute(self._counts, self._confidence, self.norm))

    def sharing_key(self) -> Hashable:
        """Return what those have in common that count into the same bins."""
        return CalibrationError, self.num_bins

    def plot(self, axes: Any | None = None) -> Any:
        """Draw the reliability diagram (collective), and return the axes.

        There is a bar for each bin with predictions, as high as the share of right ones, and a mark
        at their mean confidence.
        """
        with synced(self):
            error = self.compute()
            counts, confidence = self._counts.cpu(), self._confidence.cpu()
        sizes, width = counts.sum(0), 1 / self.num_bins
        filled = sizes > 0
        accuracy = (counts[1] / sizes)[filled].numpy()
        centers = ((torch.arange(self.num_bins) + 0.5) * width)[filled].numpy()
        axes = axes_or_new(axes)
        axes.bar(centers, accuracy, width, edgecolor="black", label="accuracy")
        axes.plot(
            (confidence / sizes)[filled].numpy(), accuracy, "o", color="black", label="confidence"
        )
        axes.axline((0, 0), (1, 1), linestyle=":", color="gray")
        axes.set(xlabel="Confidence", ylabel="Accuracy", xlim=(0, 1), ylim=(0, 1.05))
        axes.set_title(f"Calibration error ({self.norm}) {error:.3f}")
        axes.legend()
        return axes
