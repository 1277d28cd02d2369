"""Metrics of which labels come together."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

import torch

from ignite.metrics.functional.cohen_kappa import label_pairs_update
from ignite.metrics.interface import InvalidValuesError, Rows
from ignite.metrics.metric import Metric, identity

__all__ = ["LabelPairs", "matrix_of_labels"]


class LabelPairs(Metric):
    """The base of metrics of predicted labels and labels.

    If the number of classes is given, what is kept is how often which pair occurs, for labels
    0..classes-1. Otherwise **every pair is kept**, on every rank those of all ranks when the value
    is computed, and labels may be any numbers.

    Args:
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        device: where the pairs live.
        skip_unrolling: as in :class:`Metric`.
        num_classes: at least 2; None for any labels.
        max_examples: how many pairs a rank may keep; None for any number.

    Raises:
        ValueError: a bad ``num_classes``, or one together with ``max_examples``.
    """

    _matrix: torch.Tensor
    _pairs: Rows
    _num_examples: int

    def __init__(
        self,
        output_transform: Callable[[Any], Any] = identity,
        device: str | torch.device = "cpu",
        skip_unrolling: bool = False,
        num_classes: int | None = None,
        max_examples: int | None = None,
    ) -> None:
        if num_classes is not None:
            if not isinstance(num_classes, int) or num_classes < 2:
                raise ValueError(
                    f"num_classes must be an integer of at least 2, or None, got {num_classes!r}."
                )
            if max_examples is not None:
                raise ValueError("With num_classes no example is kept; leave max_examples out.")
        self._num_classes, self._max_examples = num_classes, max_examples
        super().__init__(output_transform, device, skip_unrolling)
        if num_classes is not None:
            self.declare_state("_matrix", "sum", shape=(num_classes, num_classes))
        else:
            self.declare_state("_pairs", "cat", dtype=None, shape=(2,), limit=max_examples)
        self.declare_examples()

    def sharing_key(self) -> Hashable:
        """Whatever is computed of the pairs, they accumulate alike."""
        return LabelPairs, self._num_classes, self._max_examples

    def update(self, output: Sequence[torch.Tensor]) -> None:
        """Take in ``(y_pred, y)``, labels of shape ``(batch,)`` or ``(batch, 1)``.

        Raises:
            TypeError: not real tensors.
            ValueError: other shapes, or without ``num_classes`` other dtypes than before.
            CapacityExceeded: there are too many examples.
        """
        y_pred, y = output
        y_pred, y = _as_labels("y_pred", y_pred), _as_labels("y", y)
        if len(y_pred) != len(y):
            raise ValueError(f"y_pred has {len(y_pred)} labels and y {len(y)}; give as many.")
        if self._num_classes is not None:
            label_pairs_update(self._matrix, y_pred, y)
        else:
            pairs = torch.stack([y, y_pred], dim=1)
            self._pairs.check(pairs)
            self._pairs.keep(pairs, copy=False)
        self._num_examples += len(y)

    def pairs(self) -> torch.Tensor:
        """Return how often which labels come together, int64, ``(classes, classes)``.

        Raises:
            InvalidValuesError: labels outside 0..classes-1.
        """
        if self._num_classes is None:
            return matrix_of_labels(self._pairs.tensor().t())
        outside = self._num_examples - int(self._matrix.sum())
        if outside:
            raise InvalidValuesError(
                f"{outside} pairs have a label outside 0..{self._num_classes - 1}; leave them out "
                "in output_transform=, or construct the metric with more classes."
            )
        return self._matrix


def matrix_of_labels(pairs: torch.Tensor) -> torch.Tensor:
    """Return how often which labels come together, for the labels that occur, in their order.

    Args:
        pairs: ``y`` and ``y_pred``, ``(2, n)``, any real dtype.

    Returns:
        int64, ``(classes, classes)``; row: ``y``, column: ``y_pred``.
    """
    classes, index = torch.unique(pairs, return_inverse=True)
    size = len(classes)
    cells = torch.bincount(index[0] * size + index[1], minlength=size * size)
    return cells.reshape(size, size)


def _as_labels(name: str, x: torch.Tensor) -> torch.Tensor:
    if not isinstance(x, torch.Tensor) or x.is_complex():
        found = x.dtype if isinstance(x, torch.Tensor) else type(x).__name__
        raise TypeError(f"{name} must be a tensor of labels, got {found}.")
    if x.dim() == 2 and x.shape[1] == 1:
        return x.squeeze(1)
    if x.dim() != 1:
        raise ValueError(
            f"{name} must be labels of shape (batch,), got {tuple(x.shape)}; take the class of the "
            "highest score in output_transform=."
        )
    return x
