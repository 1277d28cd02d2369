"""What the metrics of object detection have in common: how they accumulate."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

import torch

from ignite.metrics._plot import axes_or_new
from ignite.metrics._sync import synced
from ignite.metrics.functional.object_detection import detection_precision, detection_recall
from ignite.metrics.interface import Rows
from ignite.metrics.metric import Metric
from ignite.metrics.vision._evaluation import Criteria, divided, evaluate
from ignite.metrics.vision._samples import read_samples

__all__ = ["DetectionMetric"]


class DetectionMetric(Metric):
    """A value over detections: images are evaluated as they come, and no boxes are kept.

    What each detection comes to **is kept**, as precision needs all in the order of their scores.

    Args:
        criteria: by what detections are judged.
        recalls: at which the precision is taken, ascending.
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        device: where the outcomes live.
        max_detections: how many detections a rank may keep; None for any number.
    """

    _scores: Rows
    _labels: Rows
    _ranks: Rows
    _image_ids: Rows
    _outcomes: Rows
    _num_boxes: torch.Tensor
    _num_invalid: torch.Tensor
    _num_examples: int

    def __init__(
        self,
        criteria: Criteria,
        recalls: Sequence[float],
        output_transform: Callable[[Any], Any],
        device: str | torch.device,
        max_detections: int | None,
    ) -> None:
        self._criteria = criteria
        self._recalls = tuple(recalls)
        # A list is one batch of images: it is never taken apart.
        super().__init__(output_transform, device, skip_unrolling=True)
        lanes = len(criteria.area_ranges), len(criteria.iou_thresholds)
        for name, dtype, shape in (
            ("_scores", torch.float64, ()),
            ("_labels", torch.int64, ()),
            ("_ranks", torch.int64, ()),
            ("_image_ids", torch.int64, ()),
            ("_outcomes", torch.uint8, lanes),
        ):
            self.declare_state(name, "cat", dtype, shape, limit=max_detections)
        self.declare_state("_num_boxes", "sum", shape=(criteria.num_classes, lanes[0]))
        self.declare_examples()
        self.declare_invalid(
            "_num_invalid",
            "{count} detections or true boxes are refused: coordinates other than x1 <= x2 and "
            "y1 <= y2, scores that are NaN, areas that are negative, or labels outside "
            f"0..{criteria.num_classes - 1}; correct them in output_transform=.",
        )

    def sharing_key(self) -> Hashable:
        """Return the criteria, from which the outcomes follow."""
        return DetectionMetric, self._criteria, self.state_specs["_scores"].limit

    def update(self, output: Sequence[Any]) -> None:
        """Take in ``(y_pred, y)``, lists with a mapping for each image.

        Raises:
            TypeError: not lists of mappings of real tensors.
            ValueError: missing keys, or lengths and shapes that do not fit together.
            CapacityExceeded: there are too many detections.
        """
        samples = read_samples(output)
        if not samples:
            return
        evaluations = [evaluate(part, self._criteria) for part in divided(samples)]
        scores = torch.cat([each.scores for each in evaluations])
        scores = scores.to(self._device, self.state_specs["_scores"].tensor_dtype)
        self._scores.check(scores, "scores")
        self._scores.append(scores)
        for each in evaluations:
            self._labels.append(each.labels)
            self._ranks.append(each.ranks)
            self._image_ids.append(each.image_ids)
            self._outcomes.append(each.outcomes)
            self._num_boxes += each.num_boxes.to(self._device)
            self._num_invalid += each.num_invalid.to(self._device)
        self._num_examples += len(samples)

    def _recall(self, max_detections: int) -> torch.Tensor:
        """Return the recall with so many detections of an image and class.

        Returns:
            ``(classes, ranges, thresholds)``.
        """
        outcomes = self._outcomes.tensor() * (self._ranks.tensor() < max_detections)[:, None, None]
        return detection_recall(outcomes, self._labels.tensor(), self._num_boxes)

    def _precision(self) -> torch.Tensor:
        """Return the precision at each recall: ``(classes, ranges, thresholds, recalls)``."""
        order = torch.argsort(self._image_ids.tensor(), stable=True)
        scores = self._scores.tensor()
        return detection_precision(
            self._outcomes.tensor()[order],
            scores[order],
            self._labels.tensor()[order],
            self._num_boxes,
            scores.new_tensor(self._recalls),
        )

    def _mean_over_classes(self, values: torch.Tensor, area_range: int = 0) -> float:
        """Return the mean over classes with true boxes in the range; -1 if there is none."""
        values = values[self._num_boxes[:, area_range] > 0]
        return values.mean().item() if values.numel() else -1.0

    def plot(self, axes: Any | None = None) -> Any:
        """Draw precision against recall, the mean over classes (collective); return the axes."""
        with synced(self):
            self.check_computable()
            precision = self._precision()[self._num_boxes[:, 0] > 0, 0].mean(dim=0)
        axes = axes_or_new(axes)
        for threshold, values in zip(self._criteria.iou_thresholds, precision.cpu(), strict=True):
            label = f"IoU {threshold:.2f}: average {values.mean():.3f}"
            axes.plot(self._recalls, values, drawstyle="steps-pre", label=label)
        axes.set(xlabel="Recall", ylabel="Precision", ylim=(0, 1.05))
        axes.legend()
        return axes
