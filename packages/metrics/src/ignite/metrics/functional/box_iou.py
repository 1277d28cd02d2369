"""Areas of boxes and how far boxes overlap."""

from __future__ import annotations

import torch

from ignite.metrics.functional._precision import double

__all__ = ["box_area", "box_iou"]


def box_area(boxes: torch.Tensor) -> torch.Tensor:
    """Return the areas of boxes.

    Args:
        boxes: ``(x1, y1, x2, y2)`` with ``x1 <= x2`` and ``y1 <= y2``: ``(..., 4)``, any real
            dtype.

    Returns:
        float64, ``(...)``.

    >>> box_area(torch.tensor([[0, 0, 2, 3], [1, 1, 1, 5]]))
    tensor([6., 0.], dtype=torch.float64)
    """
    x1, y1, x2, y2 = double(boxes).unbind(-1)
    return (x2 - x1) * (y2 - y1)


def box_iou(
    boxes: torch.Tensor, others: torch.Tensor, is_crowd: torch.Tensor | None = None
) -> torch.Tensor:
    """Return the intersection over union of each box with each other one.

    With a crowd, a box that stands for many objects, the intersection is divided by the area of
    the first box alone, as in COCO (Lin et al., "Microsoft COCO: Common Objects in Context",
    2014). Where nothing overlaps it is 0, also for boxes without area.

    Args:
        boxes: ``(x1, y1, x2, y2)`` with ``x1 <= x2`` and ``y1 <= y2``: ``(..., n, 4)``, any real
            dtype.
        others: such boxes ``(..., m, 4)``.
        is_crowd: which of ``others`` are crowds, bool, ``(..., m)``; None for none.

    Returns:
        float64, ``(..., n, m)``.

    >>> box_iou(torch.tensor([[0, 0, 2, 2]]), torch.tensor([[0, 0, 2, 1], [1, 1, 3, 3]]))
    tensor([[0.5000, 0.1429]], dtype=torch.float64)
    """
    x1, y1, x2, y2 = double(boxes)[..., None, :].unbind(-1)
    u1, v1, u2, v2 = double(others)[..., None, :, :].unbind(-1)
    width = torch.minimum(x2, u2).sub_(torch.maximum(x1, u1)).clamp_(min=0)
    height = torch.minimum(y2, v2).sub_(torch.maximum(y1, v1)).clamp_(min=0)
    area = (x2 - x1) * (y2 - y1)
    intersection = width.mul_(height)
    union = (area + (u2 - u1) * (v2 - v1)).sub_(intersection)
    if is_crowd is not None:
        union = torch.where(is_crowd[..., None, :], area, union)
    # Not 0, that 0 / 0 be 0.
    return intersection.div_(union.clamp_(min=torch.finfo(union.dtype).tiny))
