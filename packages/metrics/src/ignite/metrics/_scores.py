"""Metrics of scores against labels, over all thresholds: examples kept, or counted in bins."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

import torch

from ignite.metrics._constants import HoldsConstants
from ignite.metrics._plot import axes_or_new
from ignite.metrics._sync import synced
from ignite.metrics.epoch_metric import EpochMetric
from ignite.metrics.errors import InvalidValuesError
from ignite.metrics.functional.score_counts import (
    binned_score_counts_update,
    one_against_rest,
    score_counts,
)
from ignite.metrics.metric import Metric, identity

__all__ = ["ScoreMetric", "checked", "columns", "distinct_score_counts"]

REFUSED = (
    "{count} values are refused: scores that are NaN, or labels other than 0 and 1 (other than "
    "0..classes-1, if y has one label for several scores); correct them in output_transform=."
)


class ScoreMetric(HoldsConstants, EpochMetric):
    """A value over all thresholds, of examples that are kept or counted between thresholds.

    A subclass computes it from :meth:`score_counts`, or from :meth:`curve_counts`.

    Args:
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        check_compute_fn: whether to try ``compute_fn`` on the first batch, and to warn if it fails.
        device: where the examples or counts live.
        skip_unrolling: as in :class:`Metric`.
        max_examples: as in :class:`EpochMetric`.
        thresholds: None to keep all examples; else how many from 0 to 1, or which.
        num_classes: with ``thresholds``, of how many columns ``y_pred`` is, if not of one.

    Raises:
        TypeError: ``thresholds`` that are neither a number nor a tensor.
        ValueError: fewer than two, or not in ascending order; or a bad ``num_classes``.
    """

    _counts: torch.Tensor
    _num_examples: int
    _num_refused: torch.Tensor
    _thresholds: torch.Tensor | None = None

    takes_columns = True
    """Whether ``y_pred`` may have several columns."""

    of_all: Callable[[torch.Tensor, torch.Tensor], Any]
    """Returns the value of all scores and labels."""

    def __init__(
        self,
        output_transform: Callable[[Any], Any] = identity,
        check_compute_fn: bool = False,
        device: str | torch.device = "cpu",
        skip_unrolling: bool = False,
        *,
        max_examples: int | None = None,
        thresholds: int | torch.Tensor | None = None,
        num_classes: int | None = None,
    ) -> None:
        _check_number(num_classes, self.takes_columns)
        self._num_classes = num_classes
        self._max_examples = max_examples
        if thresholds is None:
            super().__init__(
                self.of_all,
                output_transform,
                check_compute_fn,
                device,
                skip_unrolling,
                max_examples=max_examples,
            )
            return
        # Not that of EpochMetric, which declares the rows.
        self.compute_fn, self._check_compute_fn = self.of_all, False
        Metric.__init__(self, output_transform, device, skip_unrolling)
        ascending = _ascending(thresholds)
        self.hold("_thresholds", ascending)
        self.declare_state("_counts", "sum", shape=(num_classes or 1, 2, len(ascending) + 1))
        self.declare_examples()
        self.declare_invalid("_num_refused", REFUSED)

    def update(self, output: Sequence[torch.Tensor]) -> None:
        """Take in ``(y_pred, y)``.

        Raises:
            TypeError: not real tensors.
            ValueError: shapes other than said, or other shapes or dtypes than before.
            CapacityExceeded: there are too many examples.
        """
        y_pred, y = self.checked(output)
        if self._thresholds is None:
            self.keep(y_pred, y)
        else:
            self._count(y_pred.detach().to(self._device), y.detach().to(self._device))

    def checked(self, output: Sequence[torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
        """Return scores ``(batch,)`` or ``(batch, columns)``, and labels, alike or ``(batch,)``.

        Raises:
            TypeError: not real tensors.
            ValueError: shapes that are not taken.
        """
        return checked(output, self.takes_columns)

    def _count(self, y_pred: torch.Tensor, y: torch.Tensor) -> None:
        assert self._thresholds is not None
        num_columns = y_pred.shape[1] if y_pred.dim() > 1 else None
        if num_columns != self._num_classes:
            raise ValueError(
                f"With thresholds num_classes says how many columns y_pred has, here "
                f"{self._num_classes}; got y_pred {tuple(y_pred.shape)}."
            )
        scores = y_pred if y_pred.is_floating_point() else y_pred.to(self._thresholds.dtype)
        is_positive, num_refused = one_against_rest(y, scores)
        self._num_refused += num_refused.add_(torch.count_nonzero(scores != scores))
        binned_score_counts_update(self._counts, scores, is_positive, self._thresholds)
        self._num_examples += len(y)

    def score_counts(self) -> torch.Tensor:
        """Return counts ``(columns, 2, n)``, highest score first."""
        if self._thresholds is None:
            return score_counts(*columns(self._predictions.tensor(), self._targets.tensor()))[1]
        return self._counts.flip(-1)

    def curve_counts(self) -> list[tuple[torch.Tensor, torch.Tensor]]:
        """Return counts ``(2, n)`` and scores of each column, highest first.

        With thresholds, these are the scores; there is one count more, of what is below.
        """
        if self._thresholds is None:
            kept = columns(self._predictions.tensor(), self._targets.tensor())
            return [distinct_score_counts(*column) for column in zip(*kept, strict=True)]
        thresholds = self._thresholds.flip(0)
        return [(counts, thresholds) for counts in self._counts.flip(-1)]

    def draw_columns(
        self, axes: Any | None, draw: Callable[[Any, torch.Tensor, torch.Tensor, str], None]
    ) -> Any:
        """Draw a curve for each column (collective), and return the axes.

        Args:
            axes: of matplotlib, to draw in; None for those of a new figure.
            draw: is given axes, counts and scores as of :meth:`curve_counts`, and what the label
                begins with.
        """
        with synced(self):
            self.check_computable()
            found = self.curve_counts()
        axes = axes_or_new(axes)
        for number, (counts, scores) in enumerate(found):
            draw(axes, counts, scores, f"class {number}: " if len(found) > 1 else "")
        axes.legend()
        return axes

    def sharing_key(self) -> Hashable | None:
        """Return what those have in common that keep or count the same."""
        if self._check_compute_fn:
            return None
        if self._thresholds is None:
            return ScoreMetric, self._max_examples
        return ScoreMetric, self._num_classes, tuple(self._thresholds.tolist())


def columns(y_pred: torch.Tensor, y: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return scores, and which are of positives, as ``(columns, examples)``.

    Raises:
        TypeError: not real tensors.
        ValueError: shapes that do not fit together.
        InvalidValuesError: scores that are NaN, or labels that are none.
    """
    y_pred, y = checked((y_pred, y), takes_columns=True)
    is_positive, num_refused = one_against_rest(y, y_pred)
    if count := int(num_refused + torch.count_nonzero(y_pred != y_pred)):
        raise InvalidValuesError(REFUSED.format(count=count))
    if y_pred.dim() == 1:
        return y_pred.unsqueeze(0), is_positive.unsqueeze(0)
    return y_pred.t().contiguous(), is_positive.t().contiguous()


def distinct_score_counts(
    y_pred: torch.Tensor, y: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return counts ``(2, distinct scores)`` and the scores of one column, highest first.

    Raises:
        TypeError: not real tensors.
        ValueError: not both of the shape (batch,).
        InvalidValuesError: scores that are NaN, or labels other than 0 and 1.
    """
    scores, is_positive = columns(*checked((y_pred, y), takes_columns=False))
    distinct, counts = score_counts(scores[0], is_positive[0])
    size = int(torch.count_nonzero(counts.sum(0)))
    return counts[:, :size], distinct[:size]


def checked(
    output: Sequence[torch.Tensor], takes_columns: bool
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return ``(y_pred, y)`` without a last dimension of size 1, if their shapes fit."""
    y_pred, y = output
    if not (isinstance(y_pred, torch.Tensor) and isinstance(y, torch.Tensor)):
        raise TypeError(
            f"y_pred and y are tensors, got {type(y_pred).__name__} and {type(y).__name__}; "
            "choose them from the output with output_transform=."
        )
    if y_pred.is_complex() or y.is_complex():
        raise TypeError(f"y_pred and y are real, got {y_pred.dtype} and {y.dtype}.")
    scores, labels = _without_last(y_pred), _without_last(y)
    predicted, target = scores.shape, labels.shape
    is_fit = predicted == target or (takes_columns and predicted[:1] == target)
    if is_fit and 1 <= len(predicted) <= 1 + takes_columns:
        return scores, labels
    expected = "y_pred and y of shape (batch,)" + (
        ", both (batch, classes), or y_pred (batch, classes) with y (batch,)"
        if takes_columns
        else ""
    )
    raise ValueError(f"Expected {expected}; got y_pred {tuple(y_pred.shape)}, y {tuple(y.shape)}.")


def _check_number(num_classes: int | None, takes_columns: bool) -> None:
    if num_classes is None:
        return
    if not takes_columns:
        raise ValueError(f"The curve is of one column; leave out num_classes, got {num_classes!r}.")
    if not isinstance(num_classes, int) or num_classes < 2:
        raise ValueError(f"num_classes must be at least 2, or None, got {num_classes!r}.")


def _without_last(x: torch.Tensor) -> torch.Tensor:
    return x.squeeze(1) if x.dim() == 2 and x.shape[1] == 1 else x


def _ascending(thresholds: int | torch.Tensor) -> torch.Tensor:
    if isinstance(thresholds, torch.Tensor):
        chosen = thresholds.detach().double()
    elif isinstance(thresholds, int):
        # Not linspace, which does not round each to the number that one would write.
        chosen = torch.arange(thresholds, dtype=torch.float64) / (thresholds - 1 or 1)
    else:
        raise TypeError(f"thresholds is a number of them or a tensor, got {thresholds!r}.")
    if chosen.dim() != 1 or len(chosen) < 2 or not bool((chosen[1:] > chosen[:-1]).all()):
        raise ValueError(f"thresholds are at least two, in ascending order, got {thresholds!r}.")
    return chosen
