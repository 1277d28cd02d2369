"""Object detection by the protocol of COCO: which detections are right, and what that comes to.

Lin et al., "Microsoft COCO: Common Objects in Context", 2014, and
https://cocodataset.org/#detection-eval.
"""

from __future__ import annotations

import torch

from ignite.metrics.functional._precision import double

__all__ = [
    "FALSE",
    "IGNORED",
    "TRUE",
    "detection_precision",
    "detection_recall",
    "match_detections",
]

IGNORED, FALSE, TRUE = 0, 1, 2
"""What a detection may come to: nothing, a false positive, a true positive."""

_LEAST = 2.0**-60  # no overlap counts as less, so that 0 is that of no box
_BEHIND = 2.0**-64  # puts an ignored box behind all others, and rounds nothing


def match_detections(
    iou: torch.Tensor,
    iou_thresholds: torch.Tensor,
    is_crowd: torch.Tensor,
    is_ignored: torch.Tensor,
    is_counted: torch.Tensor,
) -> torch.Tensor:
    """Return what each detection comes to, for each threshold and in each range of areas.

    In their order, the detections of an image take one true box each: of those that overlap by
    the threshold and that no detection before has taken, the one that overlaps most (of equal ones
    the last), and one that is ignored only if there is no other. Any number may take a crowd.

    Args:
        iou: float32 or float64, ``(images, detections, boxes)``; negative for pairs that do not
            match whatever the threshold.
        iou_thresholds: of the same dtype, from 0 to 1, ``(thresholds,)``.
        is_crowd: bool, ``(images, boxes)``.
        is_ignored: whether to take this true box comes to nothing: bool, ``(images, ranges,
            boxes)``.
        is_counted: whether to take none is wrong: bool, ``(images, detections, ranges)``.

    Returns:
        :data:`IGNORED`, :data:`FALSE` or :data:`TRUE`: uint8, ``(images, detections, ranges,
        thresholds)``.

    >>> iou = torch.tensor([[[0.6, 0.7], [0.2, 0.9]]])
    >>> no, yes = torch.zeros(1, 2, dtype=torch.bool), torch.ones(1, 2, dtype=torch.bool)
    >>> thresholds = torch.tensor([0.5, 0.8])
    >>> match_detections(iou, thresholds, no, no[:, None], yes[..., None]).flatten(1, 2)
    tensor([[[2, 1],
             [1, 2]]], dtype=torch.uint8)
    """
    shape = (len(iou), is_ignored.shape[1], len(iou_thresholds), iou.shape[2] + 1)
    # All thresholds and ranges at once, (images, ranges, thresholds, boxes): of what a detection
    # may take, the most preferred is the largest. Before the boxes stands none, 0 and always free.
    # The boxes themselves are in reverse, for of equal ones max finds the first.
    rank = torch.where(is_ignored, _BEHIND, 1.0).to(iou.dtype)
    preferences = _after_none(iou.clamp(_LEAST, 1)[:, :, None] * rank[:, None])
    overlaps = _after_none((iou[:, :, None] >= iou_thresholds[:, None]).to(iou.dtype))
    stays_free = _after_none(is_crowd.to(iou.dtype))[:, None, None].expand(shape)
    is_free = iou.new_ones(shape)
    taken = [iou.new_empty(*shape[:3], 0)]
    for preference, overlap in zip(
        preferences[:, :, :, None].unbind(1), overlaps[:, :, None].unbind(1), strict=True
    ):
        best, box = (preference * overlap).mul_(is_free).max(dim=-1, keepdim=True)
        is_free.scatter_(-1, box, stays_free.gather(-1, box))
        taken.append(best)
    preferred = torch.cat(taken, dim=-1).movedim(-1, 1)
    is_wrong = (preferred == 0).logical_and_(is_counted[..., None])
    return (preferred >= _LEAST).byte().mul_(TRUE).add_(is_wrong, alpha=FALSE)


def _after_none(boxes: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.pad(boxes.flip(-1), (1, 0))


def detection_recall(
    outcomes: torch.Tensor, labels: torch.Tensor, num_boxes: torch.Tensor
) -> torch.Tensor:
    """Return which share of the true boxes is detected; 0 where there are none.

    Args:
        outcomes: of each detection, in each range of areas and for each threshold, as of
            :func:`match_detections`: ``(n, ranges, thresholds)``.
        labels: of each, integer, ``(n,)``.
        num_boxes: how many true boxes count: int64, ``(classes, ranges)``.

    Returns:
        float64, ``(classes, ranges, thresholds)``.

    >>> outcomes = torch.tensor([TRUE, FALSE, TRUE])[:, None, None]
    >>> detection_recall(outcomes, torch.tensor([0, 0, 1]), torch.tensor([[2], [1]]))[:, 0, 0]
    tensor([0.5000, 1.0000], dtype=torch.float64)
    """
    counts = double(outcomes == TRUE)
    found = counts.new_zeros(len(num_boxes), *outcomes.shape[1:]).index_add_(0, labels, counts)
    return found.div_(num_boxes.clamp(min=1)[..., None])


def detection_precision(
    outcomes: torch.Tensor,
    scores: torch.Tensor,
    labels: torch.Tensor,
    num_boxes: torch.Tensor,
    recalls: torch.Tensor,
) -> torch.Tensor:
    """Return the highest precision at which at least such a share of the true boxes is detected.

    Args:
        outcomes: as for :func:`detection_recall`, ``(n, ranges, thresholds)``.
        scores: of each detection, floating, ``(n,)``; of equal ones the first comes first.
        labels: of each, integer, ``(n,)``.
        num_boxes: how many true boxes count: int64, ``(classes, ranges)``.
        recalls: shares, ascending, float64: ``(recalls,)``.

    Returns:
        float64, ``(classes, ranges, thresholds, recalls)``; 0 where so many are never detected.

    >>> outcomes = torch.tensor([TRUE, FALSE, TRUE])[:, None, None]
    >>> scores, labels = torch.tensor([0.9, 0.8, 0.7]), torch.tensor([0, 0, 0])
    >>> recalls = torch.tensor([0.0, 0.5, 1.0], dtype=torch.float64)
    >>> detection_precision(outcomes, scores, labels, torch.tensor([[2]]), recalls)[0, 0, 0]
    tensor([1.0000, 1.0000, 0.6667], dtype=torch.float64)
    """
    order = torch.argsort(scores, descending=True, stable=True)
    order = order[torch.argsort(labels[order], stable=True)]
    labels = labels[order].long()
    starts = torch.searchsorted(labels, torch.arange(len(num_boxes), device=labels.device))
    # As (ranges, thresholds, n), for what is summed up lies side by side.
    outcomes = outcomes[order].permute(1, 2, 0).contiguous()
    precisions = []
    for of_range, num_of_range in zip(outcomes, num_boxes.unbind(1), strict=True):
        true = _since_start(of_range == TRUE, labels, starts)
        precision = true / _since_start(of_range != IGNORED, labels, starts).clamp_(min=1)
        recall = true.div_(num_of_range.clamp(min=1)[labels])
        # For each class and each number of recalls reached, the best precision.
        best = recall.new_zeros(len(recall), len(num_boxes), len(recalls) + 1)
        place = torch.searchsorted(recalls, recall, right=True).add_(labels * best.shape[2])
        best.flatten(1).scatter_reduce_(1, place, precision, "amax")
        or_more = best.flip(-1).cummax(-1).values.flip(-1)
        precisions.append(or_more[..., 1:].transpose(0, 1))
    return torch.stack(precisions, dim=1)


def _since_start(flags: torch.Tensor, labels: torch.Tensor, starts: torch.Tensor) -> torch.Tensor:
    """Return how many are set up to each one, of its class; ``(thresholds, n)``."""
    counts = double(flags).cumsum(1)
    before = torch.nn.functional.pad(counts, (1, 0))[:, starts]
    return counts.sub_(before[:, labels])
