"""Average precision and recall of object detection, as COCO has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import torch

from ignite.metrics.metric import identity
from ignite.metrics.vision._detection_metric import DetectionMetric
from ignite.metrics.vision._evaluation import Criteria

__all__ = [
    "CommonObjectDetectionMetrics",
    "ObjectDetectionAvgPrecisionRecall",
    "coco_tensor_list_to_dict_list",
]

AREA_RANGES = {
    "all": (0.0, float("inf")),
    "small": (0.0, 32.0**2),
    "medium": (32.0**2, 96.0**2),
    "large": (96.0**2, float("inf")),
}
# Computed as COCO's own evaluation does: a value on a threshold is then on the same side of it.
IOU_THRESHOLDS = (*(0.5 + step * ((0.95 - 0.5) / 9) for step in range(9)), 0.95)
RECALLS = tuple(step * 0.01 for step in range(101))


class ObjectDetectionAvgPrecisionRecall(DetectionMetric):
    """The average precision and the average recall of object detection, as COCO has them.

    ``update`` takes ``(y_pred, y)``, lists with a mapping for each image:

    =====  ===============================  ====================================================
    of     key                              tensor
    =====  ===============================  ====================================================
    both   ``"bbox"``                       boxes ``(x1, y1, x2, y2)``, any real dtype, ``(n, 4)``
    both   ``"labels"`` (or ``"class"``)    0..classes-1, ``(n,)``
    pred   ``"scores"`` (``"confidence"``)  ``(n,)``
    y      ``"iscrowd"``, optional          whether it is a region of many objects, ``(n,)``
    y      ``"area"``, optional             of the object, in place of its box's, ``(n,)``
    y      ``"image_id"``, optional         a number, see below
    =====  ===============================  ====================================================

    An image's detections of a class, the highest score first, take one true box each of those that
    overlap by the IoU threshold. True boxes outside the range of areas, and crowds, neither count
    nor make a detection that takes them count, and nor does a detection that takes none and is
    outside the range itself. The average precision is the mean, over classes with true boxes, IoU
    thresholds and recalls, of the highest precision with at least that recall; the average recall
    the mean over classes and IoU thresholds of the recall with all detections. See Lin et al.,
    "Microsoft COCO: Common Objects in Context", 2014, and
    https://cocodataset.org/#detection-eval.

    Of equal scores those of the image with the lower ``"image_id"`` come first, as in COCO's own
    evaluation. Without ids it is the image that came first, which depends on how images are spread
    over ranks; give ids where scores are often equal (rounded, or of half precision).

    Images are matched as they come, and their boxes not kept. **Of each detection its score and
    outcomes are kept**, on every rank those of all ranks when the value is computed.

    Args:
        iou_thresholds: between 0 and 1; None for 0.5, 0.55, ..., 0.95.
        rec_thresholds: the recalls, between 0 and 1; None for 0, 0.01, ..., 1.
        num_classes: labels are less.
        max_detections_per_image_per_class: those with the highest scores count.
        area_range: ``"small"``, up to 32 * 32; ``"medium"``; ``"large"``, from 96 * 96; or
            ``"all"``. An area on a border is in both ranges.
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        device: where the outcomes live.
        skip_unrolling: no difference: a list of images is never taken apart.
        max_detections: how many detections a rank may keep; None for any number.

    Raises:
        ValueError: a bad argument.

    >>> metric = ObjectDetectionAvgPrecisionRecall(num_classes=2)
    >>> boxes = torch.tensor([[0, 0, 10, 10], [20, 20, 30, 40]])
    >>> found = {"bbox": boxes, "scores": torch.tensor([0.9, 0.6]), "labels": torch.tensor([0, 1])}
    >>> there = {"bbox": boxes[:1], "labels": torch.tensor([0])}
    >>> metric.update(([found], [there]))
    >>> metric.compute()
    (1.0, 1.0)
    """

    def __init__(
        self,
        iou_thresholds: Sequence[float] | torch.Tensor | None = None,
        rec_thresholds: Sequence[float] | torch.Tensor | None = None,
        num_classes: int = 80,
        max_detections_per_image_per_class: int = 100,
        area_range: Literal["small", "medium", "large", "all"] = "all",
        output_transform: Callable[[Any], Any] = identity,
        device: str | torch.device = "cpu",
        skip_unrolling: bool = False,
        *,
        max_detections: int | None = None,
    ) -> None:
        if area_range not in AREA_RANGES:
            raise ValueError(f"Unknown area_range {area_range!r}; use one of {list(AREA_RANGES)}.")
        criteria = Criteria(
            _shares("iou_thresholds", iou_thresholds, IOU_THRESHOLDS),
            (AREA_RANGES[area_range],),
            _at_least_1("num_classes", num_classes),
            _at_least_1("max_detections_per_image_per_class", max_detections_per_image_per_class),
        )
        recalls = _shares("rec_thresholds", rec_thresholds, RECALLS)
        super().__init__(criteria, recalls, output_transform, device, max_detections)

    def compute(self) -> tuple[float, float]:
        """Return the average precision and the average recall (collective).

        Each is -1 if no true box counts.

        Raises:
            NotComputableError: no image was given on any rank.
            InvalidValuesError: boxes, scores, areas or labels that cannot be judged.
        """
        recall = self._recall(self._criteria.max_detections)
        return self._mean_over_classes(self._precision()), self._mean_over_classes(recall)


class CommonObjectDetectionMetrics(DetectionMetric):
    """The twelve numbers by which COCO compares detectors.

    ============================================  ================================================
    key                                           what
    ============================================  ================================================
    ``"AP@50..95"``                               the average precision, over IoU thresholds of
                                                  0.5, 0.55, ..., 0.95
    ``"AP@50"``, ``"AP@75"``                      that of one IoU threshold
    ``"AP-S"``, ``"AP-M"``, ``"AP-L"``            that of small, medium and large objects
    ``"AR-1"``, ``"AR-10"``, ``"AR-100"``         the average recall with so many detections of
                                                  an image and class
    ``"AR-S"``, ``"AR-M"``, ``"AR-L"``            that of 100, of small, medium and large objects
    ============================================  ================================================

    What ``update`` takes, and how it is judged, is as for
    :class:`ObjectDetectionAvgPrecisionRecall`; images are matched once for all numbers.

    Args:
        num_classes: labels are less.
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        device: where the outcomes live.
        skip_unrolling: no difference: a list of images is never taken apart.
        max_detections: how many detections a rank may keep; None for any number.

    Raises:
        ValueError: a bad argument.

    >>> metric = CommonObjectDetectionMetrics(num_classes=2)
    >>> boxes = torch.tensor([[0, 0, 10, 10], [20, 20, 60, 60]])
    >>> scores, labels = torch.tensor([0.9, 0.6]), torch.tensor([0, 1])
    >>> found = {"bbox": boxes[:1], "scores": scores[:1], "labels": labels[:1]}
    >>> metric.update(([found], [{"bbox": boxes, "labels": labels}]))
    >>> value = metric.compute()
    >>> value["AP@50..95"], value["AP-S"], value["AP-M"], value["AP-L"]
    (0.5, 1.0, 0.0, -1.0)
    """

    def __init__(
        self,
        num_classes: int = 80,
        output_transform: Callable[[Any], Any] = identity,
        device: str | torch.device = "cpu",
        skip_unrolling: bool = True,
        *,
        max_detections: int | None = None,
    ) -> None:
        criteria = Criteria(
            IOU_THRESHOLDS,
            tuple(AREA_RANGES.values()),
            _at_least_1("num_classes", num_classes),
            max_detections=100,
        )
        super().__init__(criteria, RECALLS, output_transform, device, max_detections)

    def compute(self) -> dict[str, float]:
        """Return the twelve numbers by their names (collective); -1 where no true box counts.

        Raises:
            NotComputableError: no image was given on any rank.
            InvalidValuesError: boxes, scores, areas or labels that cannot be judged.
        """
        precision, recall = self._precision(), self._recall(100)
        overall = precision[:, 0]
        values = {
            "AP@50..95": self._mean_over_classes(overall),
            "AR-100": self._mean_over_classes(recall[:, 0]),
            "AP@50": self._mean_over_classes(overall[:, IOU_THRESHOLDS.index(0.5)]),
            "AP@75": self._mean_over_classes(overall[:, IOU_THRESHOLDS.index(0.75)]),
        }
        for number, letter in enumerate("SML", start=1):
            values["AP-" + letter] = self._mean_over_classes(precision[:, number], number)
            values["AR-" + letter] = self._mean_over_classes(recall[:, number], number)
        for most in (1, 10):
            values[f"AR-{most}"] = self._mean_over_classes(self._recall(most)[:, 0])
        return values


def coco_tensor_list_to_dict_list(
    output: tuple[Sequence[Any], Sequence[Any]],
) -> tuple[list[Mapping[str, torch.Tensor]], list[Mapping[str, torch.Tensor]]]:
    """Return what detection metrics take, of a tensor for each image: an ``output_transform``.

    Args:
        output: ``(y_pred, y)``, lists with a tensor for each image, whose rows are ``(x1, y1, x2,
            y2, score, class)`` in ``y_pred``, and ``(x1, y1, x2, y2, class)`` in ``y``, or with
            ``iscrowd`` behind. Mappings stay as they are.

    Raises:
        ValueError: another number of columns.

    >>> y_pred, y = torch.tensor([[0, 0, 9, 9, 0.5, 3]]), torch.tensor([[0, 0, 9, 9, 3, 0]])
    >>> coco_tensor_list_to_dict_list(([y_pred], [y]))[1]
    [{'bbox': tensor([[0, 0, 9, 9]]), 'class': tensor([3]), 'iscrowd': tensor([0])}]
    """
    y_pred, y = output
    return (
        [_by_column("y_pred", rows, (("confidence", "class"),)) for rows in y_pred],
        [_by_column("y", rows, (("class",), ("class", "iscrowd"))) for rows in y],
    )


def _by_column(
    name: str, rows: Any, columns: Sequence[Sequence[str]]
) -> Mapping[str, torch.Tensor]:
    if isinstance(rows, Mapping):
        return rows
    for keys in columns:
        if rows.dim() == 2 and rows.shape[1] == 4 + len(keys):
            parts = {key: rows[:, 4 + number] for number, key in enumerate(keys)}
            return {"bbox": rows[:, :4], **parts}
    expected = " or ".join(f"(x1, y1, x2, y2, {', '.join(keys)})" for keys in columns)
    raise ValueError(f"{name} must have rows {expected} for each image, got {tuple(rows.shape)}.")


def _shares(
    name: str, given: Sequence[float] | torch.Tensor | None, default: tuple[float, ...]
) -> tuple[float, ...]:
    if given is None:
        return default
    shares = torch.as_tensor(given, dtype=torch.float64).flatten().tolist()
    if not shares or not all(0 <= share <= 1 for share in shares):
        raise ValueError(f"{name} must be numbers between 0 and 1, at least one, got {given}.")
    return tuple(sorted(shares))


def _at_least_1(name: str, number: int) -> int:
    if not isinstance(number, int) or number < 1:
        raise ValueError(f"{name} must be an integer of at least 1, got {number!r}.")
    return number
