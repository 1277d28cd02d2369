"""What the tensors given to a classification metric mean, told from their shapes."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

import torch

__all__ = ["Classification", "Kind", "changed", "classify", "moved"]

Kind: TypeAlias = Literal["binary", "multiclass", "multilabel"]


class Classification(NamedTuple):
    """A batch whose shapes were checked.

    Attributes:
        kind: ``binary`` and ``multilabel`` have 0 and 1 in both tensors, of one shape;
            ``multiclass`` has scores per class in ``y_pred``, and labels in ``y``.
        num_classes: the size of dimension 1 of ``y_pred``; 2 if ``binary``.
        y_pred: ``(batch, ...)``, or ``(batch, classes, ...)``.
        y: ``(batch, ...)``, or if ``multilabel`` ``(batch, classes, ...)``.
    """

    kind: Kind
    num_classes: int
    y_pred: torch.Tensor
    y: torch.Tensor


def classify(y_pred: torch.Tensor, y: torch.Tensor, is_multilabel: bool) -> Classification:
    """Return what the batch is; looks at shapes and dtypes, not at values.

    Raises:
        TypeError: not tensors, or of a dtype without order.
        ValueError: shapes that do not fit together.
    """
    if not (isinstance(y_pred, torch.Tensor) and isinstance(y, torch.Tensor)):
        raise TypeError(
            f"y_pred and y are tensors, got {type(y_pred).__name__} and {type(y).__name__}; "
            "choose them from the output with output_transform=."
        )
    if y_pred.is_complex() or y.is_complex():
        raise TypeError(f"y_pred and y are real, got {y_pred.dtype} and {y.dtype}.")
    predicted, target = y_pred.shape, y.shape
    has_classes = not is_multilabel and len(predicted) == len(target) + 1 > 1
    if has_classes and predicted[1] == 1:
        y_pred, has_classes = y_pred.squeeze(1), False
        predicted = y_pred.shape

    if has_classes:
        if predicted[1] > 0 and predicted[0] == target[0] and predicted[2:] == target[1:]:
            if y_pred.dtype is torch.bool:
                raise TypeError(
                    "y_pred holds scores, got torch.bool; convert it with y_pred.byte()."
                )
            return Classification("multiclass", predicted[1], y_pred, y)
    elif predicted == target:
        if not is_multilabel:
            return Classification("binary", 2, y_pred, y)
        if len(target) > 1 and target[1] > 1:
            return Classification("multilabel", target[1], y_pred, y)
    expected = (
        "y_pred and y of one shape (batch, classes, ...), with at least 2 classes"
        if is_multilabel
        else "y_pred (batch, classes, ...) with y (batch, ...), or both of one shape"
    )
    raise ValueError(f"Expected {expected}; got y_pred {tuple(predicted)} and y {tuple(target)}.")


def changed(seen: tuple[Kind, int], given: tuple[Kind, int]) -> Exception:
    """Return the error of a batch whose kind or number of classes is not that of those before."""
    cause = f"A {given[0]} batch of {given[1]} classes came after {seen[0]} ones of {seen[1]}"
    error = ValueError if seen[0] == given[0] else RuntimeError
    return error(f"{cause}; call reset, or use a metric for each.")


def moved(tensor: torch.Tensor, device: torch.device) -> torch.Tensor:
    """Return the tensor on a device; faster than ``to`` where it is there already."""
    return tensor if tensor.device == device else tensor.to(device)
