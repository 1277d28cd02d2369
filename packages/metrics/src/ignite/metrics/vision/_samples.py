"""What a detection metric is given: for each image what was detected and what is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import torch

__all__ = ["Sample", "read_samples"]

_SPELLINGS = {"scores": "confidence", "labels": "class"}


class Sample(NamedTuple):
    """An image with ``n`` detections and ``m`` true boxes, whose shapes were checked.

    Attributes:
        boxes: those detected, ``(n, 4)``.
        scores: ``(n,)``.
        labels: ``(n,)``.
        true_boxes: ``(m, 4)``.
        true_labels: ``(m,)``.
        is_crowd: which true boxes are crowds, 0 or 1, ``(m,)``; None for none.
        areas: of the true boxes, ``(m,)``; None for those that the boxes enclose.
        image_id: an integer, or a tensor of one.
    """

    boxes: torch.Tensor
    scores: torch.Tensor
    labels: torch.Tensor
    true_boxes: torch.Tensor
    true_labels: torch.Tensor
    is_crowd: torch.Tensor | None
    areas: torch.Tensor | None
    image_id: int | torch.Tensor


def read_samples(output: Sequence[Any]) -> list[Sample]:
    """Return the images of ``(y_pred, y)``.

    Raises:
        TypeError: not sequences of mappings of tensors.
        ValueError: missing keys, or lengths and shapes that do not fit together.
    """
    y_pred, y = output
    for name, images in (("y_pred", y_pred), ("y", y)):
        if not isinstance(images, (list, tuple)):
            raise TypeError(
                f"{name} must be a list with a mapping for each image, got {type(images).__name__}."
            )
    if len(y_pred) != len(y):
        raise ValueError(f"y_pred has {len(y_pred)} images and y {len(y)}; give as many.")
    return [_sample(predicted, true) for predicted, true in zip(y_pred, y, strict=True)]


def _sample(predicted: Any, true: Any) -> Sample:
    boxes = _boxes("y_pred", predicted)
    scores = _column("y_pred", predicted, "scores", boxes)
    labels = _column("y_pred", predicted, "labels", boxes)
    true_boxes = _boxes("y", true)
    true_labels = _column("y", true, "labels", true_boxes)
    is_crowd = _column("y", true, "iscrowd", true_boxes) if "iscrowd" in true else None
    areas = _column("y", true, "area", true_boxes) if "area" in true else None
    image_id = true.get("image_id", 0)
    if isinstance(image_id, torch.Tensor):
        is_number = image_id.numel() == 1 and not image_id.is_floating_point()
    else:
        is_number = isinstance(image_id, int)
    if not is_number:
        raise TypeError(f"y['image_id'] must be an integer, got {image_id!r}.")
    return Sample(boxes, scores, labels, true_boxes, true_labels, is_crowd, areas, image_id)


def _boxes(name: str, image: Any) -> torch.Tensor:
    if not isinstance(image, Mapping):
        raise TypeError(
            f"{name} must hold a mapping for each image, got {type(image).__name__}; tensors are "
            "taken with output_transform=coco_tensor_list_to_dict_list."
        )
    boxes = _entry(name, image, "bbox")
    if boxes.shape == (0,):
        boxes = boxes.reshape(0, 4)
    if boxes.dim() != 2 or boxes.shape[1] != 4:
        raise ValueError(
            f"{name}['bbox'] must be (x1, y1, x2, y2) of shape (n, 4), got {tuple(boxes.shape)}."
        )
    return boxes


def _column(name: str, image: Mapping[str, Any], key: str, boxes: torch.Tensor) -> torch.Tensor:
    column = _entry(name, image, key)
    if column.shape != boxes.shape[:1]:
        raise ValueError(
            f"{name}[{key!r}] must be of shape ({len(boxes)},), one for each box, got "
            f"{tuple(column.shape)}."
        )
    return column


def _entry(name: str, image: Mapping[str, Any], key: str) -> torch.Tensor:
    found = image.get(key)
    if found is None:
        found = image.get(_SPELLINGS.get(key, key))
    if found is None:
        other = f" (or {_SPELLINGS[key]!r})" if key in _SPELLINGS else ""
        raise ValueError(f"{name} needs the key {key!r}{other} for each image, got {list(image)}.")
    if not isinstance(found, torch.Tensor):
        raise TypeError(f"{name}[{key!r}] must be a tensor, got {type(found).__name__}.")
    if found.is_complex():
        raise TypeError(f"{name}[{key!r}] must be real, got {found.dtype}.")
    return found
