"""Images evaluated one by one: what each of their detections comes to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch

from ignite.metrics.functional._precision import double
from ignite.metrics.functional.box_iou import box_area, box_iou
from ignite.metrics.functional.object_detection import match_detections
from ignite.metrics.vision._samples import Sample

__all__ = ["Criteria", "Evaluation", "divided", "evaluate"]

_MOST_PAIRS = 2**18  # of a detection and a true box, in as many images as are evaluated at once


class Criteria(NamedTuple):
    """By what detections are judged.

    Attributes:
        iou_thresholds: ascending.
        area_ranges: the least and the largest area that count, both included.
        num_classes: labels are less.
        max_detections: how many of an image count for each class.
    """

    iou_thresholds: tuple[float, ...]
    area_ranges: tuple[tuple[float, float], ...]
    num_classes: int
    max_detections: int


class Evaluation(NamedTuple):
    """What ``n`` detections, in their order, come to.

    Attributes:
        scores: floating, ``(n,)``.
        labels: int64, ``(n,)``; those outside the classes are replaced.
        ranks: how many of the image and the class come before: int64, ``(n,)``.
        image_ids: int64, ``(n,)``.
        outcomes: as of ``match_detections``: ``(n, ranges, thresholds)``.
        num_boxes: how many true boxes count: int64, ``(classes, ranges)``.
        num_invalid: how many detections and true boxes cannot be judged: int64, ``()``.
    """

    scores: torch.Tensor
    labels: torch.Tensor
    ranks: torch.Tensor
    image_ids: torch.Tensor
    outcomes: torch.Tensor
    num_boxes: torch.Tensor
    num_invalid: torch.Tensor


def divided(samples: Sequence[Sample]) -> Iterator[Sequence[Sample]]:
    """Yield the images in parts that are evaluated at once without much memory."""
    most = max(len(sample.boxes) for sample in samples)
    most_true = max(len(sample.true_boxes) for sample in samples)
    if len(samples) * most * most_true <= _MOST_PAIRS or len(samples) == 1:
        yield samples
        return
    half = len(samples) // 2
    yield from divided(samples[:half])
    yield from divided(samples[half:])


def evaluate(samples: Sequence[Sample], criteria: Criteria) -> Evaluation:
    """Return what the detections of at least one image come to; waits for no device."""
    boxes = _joined([sample.boxes for sample in samples])
    scores = _joined([sample.scores for sample in samples])
    labels, is_other = _as_classes([sample.labels for sample in samples], criteria)
    true_boxes = _joined([sample.true_boxes for sample in samples])
    true_labels, is_other_true = _as_classes([sample.true_labels for sample in samples], criteria)
    is_crowd = torch.cat([_is_crowd(sample) for sample in samples])
    areas = _areas(samples, true_boxes)
    is_invalid = is_other | _is_no_box(boxes) | scores.isnan()
    is_invalid_true = is_other_true | _is_no_box(true_boxes) | ~(areas >= 0)
    is_ignored = ~_is_inside(areas, criteria) | is_crowd[:, None]

    places, ranks = _ordered(samples, scores, labels)
    true_places = _places([len(sample.true_boxes) for sample in samples], true_boxes.device)
    is_within = ranks < criteria.max_detections
    crowds = _at(true_places, is_crowd)
    iou = box_iou(_at(places, boxes), _at(true_places, true_boxes), crowds)
    # Other classes of padding on both sides, that it matches nothing.
    own, others = _at(places, labels, padding=-1), _at(true_places, true_labels, padding=-2)
    may_match = (own[:, :, None] == others[:, None]) & is_within[:, :, None]
    outcomes = match_detections(
        torch.where(may_match, iou, -1.0),
        _sent(criteria.iou_thresholds, iou),
        crowds,
        _at(true_places, is_ignored).transpose(1, 2),
        _at(places, _is_inside(box_area(boxes), criteria)) & is_within[:, :, None],
    )
    num_boxes = torch.zeros(
        criteria.num_classes, len(criteria.area_ranges), dtype=torch.int64, device=boxes.device
    ).index_add_(0, true_labels, (~is_ignored).long())
    return Evaluation(
        scores,
        labels,
        _taken_back(places, ranks, len(boxes)),
        torch.cat([_image_ids(sample) for sample in samples]),
        _taken_back(places, outcomes, len(boxes)),
        num_boxes,
        is_invalid.sum() + is_invalid_true.sum(),
    )


def _joined(parts: Sequence[torch.Tensor]) -> torch.Tensor:
    return double(torch.cat(list(parts)).detach())


def _as_classes(
    parts: Sequence[torch.Tensor], criteria: Criteria
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return labels as int64, and which are none of the classes and were replaced."""
    given = torch.cat(list(parts))
    labels = given.long().clamp(0, criteria.num_classes - 1)
    return labels, labels != given


def _is_crowd(sample: Sample) -> torch.Tensor:
    if sample.is_crowd is None:
        return sample.true_labels.new_zeros(len(sample.true_labels), dtype=torch.bool)
    return sample.is_crowd != 0


def _areas(samples: Sequence[Sample], true_boxes: torch.Tensor) -> torch.Tensor:
    if all(sample.areas is None for sample in samples):
        return box_area(true_boxes)
    return _joined(
        [
            box_area(sample.true_boxes) if sample.areas is None else sample.areas
            for sample in samples
        ]
    )


def _is_no_box(boxes: torch.Tensor) -> torch.Tensor:
    sides = boxes[:, 2:] - boxes[:, :2]
    return ~((sides >= 0) & (sides < float("inf"))).all(dim=1)


def _is_inside(areas: torch.Tensor, criteria: Criteria) -> torch.Tensor:
    """Return bool, ``(n, ranges)``."""
    ranges = criteria.area_ranges
    return torch.stack([(areas >= least) & (areas <= most) for least, most in ranges], dim=1)


def _ordered(
    samples: Sequence[Sample], scores: torch.Tensor, labels: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the places of each image's detections by class and score, and their ranks."""
    places = _places([len(sample.boxes) for sample in samples], scores.device)
    order = torch.argsort(_at(places, scores), descending=True, stable=True)
    places = places.gather(1, order)
    order = torch.argsort(_at(places, labels, padding=-1), stable=True)
    places = places.gather(1, order)
    ordered = _at(places, labels, padding=-1)
    first = torch.searchsorted(ordered, ordered)
    return places, torch.arange(ordered.shape[1], device=first.device) - first


def _places(sizes: Sequence[int], device: torch.device) -> torch.Tensor:
    """Return where the rows of each image are, ``(images, most)``; padded with the row behind all.

    >>> _places([1, 2], torch.device("cpu"))
    tensor([[0, 3],
            [1, 2]])
    """
    counts = _sent(sizes, torch.empty(0, dtype=torch.int64, device=device))[:, None]
    position = torch.arange(max(sizes), device=device)
    return torch.where(position < counts, counts.cumsum(0) - counts + position, sum(sizes))


def _at(places: torch.Tensor, rows: torch.Tensor, padding: float = 0) -> torch.Tensor:
    """Return the rows at these places."""
    return torch.cat([rows, rows.new_full((1, *rows.shape[1:]), padding)])[places]


def _taken_back(places: torch.Tensor, rows: torch.Tensor, size: int) -> torch.Tensor:
    """Return the rows in the order that they had before they were put to these places."""
    found = rows.new_empty(size + 1, *rows.shape[2:])
    return found.index_copy_(0, places.flatten(), rows.flatten(0, 1))[:size]


def _image_ids(sample: Sample) -> torch.Tensor:
    if isinstance(sample.image_id, torch.Tensor):
        return sample.image_id.reshape(1).to(sample.labels.device).long().expand(len(sample.labels))
    return sample.labels.new_full(sample.labels.shape, sample.image_id, dtype=torch.int64)


def _sent(values: Sequence[float], like: torch.Tensor) -> torch.Tensor:
    """Return the values as a tensor there, for which nothing waits."""
    return torch.tensor(values, dtype=like.dtype).to(like.device, non_blocking=True)
