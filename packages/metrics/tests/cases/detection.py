"""Object detection, against the evaluation of COCO itself (pycocotools)."""

from __future__ import annotations

import contextlib
import io
from functools import partial

import numpy as np
import torch
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from ignite.metrics.vision import CommonObjectDetectionMetrics, ObjectDetectionAvgPrecisionRecall
from ignite_contracts.metric import Bad, MetricCase

NUM_CLASSES = 4
AREAS = {"all": [0, 1e10], "small": [0, 1024], "medium": [1024, 9216], "large": [9216, 1e10]}


# -- data: whole coordinates, which any dtype holds and whose overlaps are exact ------------------


def box_columns(rng, count, sides=(4, 150)):
    corners, sizes = rng.integers(0, 300, (count, 2)), rng.integers(*sides, (count, 2))
    return np.concatenate([corners, corners + sizes], axis=1)


def shifted(rng, boxes, most=6):
    moved = boxes + rng.integers(-most, most + 1, boxes.shape)
    return np.concatenate([moved[:, :2], np.maximum(moved[:, 2:], moved[:, :2])], axis=1)


def detected(boxes, scores, labels, dtype=torch.float32):
    return {
        "bbox": torch.tensor(boxes).reshape(-1, 4).to(dtype),
        "scores": torch.tensor(scores),
        "labels": torch.tensor(labels).long(),
    }


def there(boxes, labels, dtype=torch.float32, **more):
    found = {
        "bbox": torch.tensor(boxes).reshape(-1, 4).to(dtype),
        "labels": torch.tensor(labels).long(),
    }
    return {**found, **{key: torch.tensor(value) for key, value in more.items()}}


def image(rng, num_boxes, num_detections, classes=NUM_CLASSES, dtype=torch.float32, **sides):
    boxes, labels = box_columns(rng, num_boxes, **sides), rng.integers(0, classes, num_boxes)
    if num_boxes:
        source = rng.integers(0, num_boxes, num_detections)
        found, classed = shifted(rng, boxes[source]), labels[source]
        stray = rng.random(num_detections) < 0.2
        classed = np.where(stray, rng.integers(0, classes, num_detections), classed)
    else:
        found, classed = box_columns(rng, num_detections), rng.integers(0, classes, num_detections)
    return detected(found, rng.random(num_detections), classed, dtype), there(boxes, labels, dtype)


def images(n, made):
    pairs = [made(number) for number in range(n)]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def ordinary(rng, n):
    return images(n, lambda number: image(rng, rng.integers(0, 9), rng.integers(0, 20)))


def crowds(rng, n):
    def made(number):
        predicted, true = image(rng, 8, 16, classes=2)
        return predicted, {**true, "iscrowd": torch.tensor(rng.integers(0, 2, 8))}

    return images(n, made)


def ties(rng, n):
    """Equal scores, and true boxes that overlap alike; the ids say which image is first."""
    ids = rng.permutation(1000)

    def made(number):
        predicted, true = image(rng, 3, 12, classes=2, dtype=torch.float16)
        true = {key: torch.cat([value, value]) for key, value in true.items()}
        predicted["scores"] = torch.tensor(rng.integers(0, 4, 12) / 4).half()
        return predicted, {**true, "image_id": torch.tensor([ids[number]])}

    return images(n, made)


def borders(rng, n):
    """Areas of exactly 32 * 32 and 96 * 96, of none, and ones that differ from the boxes'."""

    def made(number):
        sides = rng.choice([0, 31, 32, 33, 95, 96, 97], 8)
        corners = rng.integers(0, 300, (8, 2))
        boxes = np.concatenate([corners, corners + sides[:, None]], axis=1)
        found = np.concatenate([boxes, shifted(rng, boxes, 2)])
        labels = rng.integers(0, 2, 8)
        true = there(boxes, labels, torch.float64)
        if rng.random() < 0.5:
            true["area"] = torch.tensor(rng.choice([0.0, 1024.0, 1024.5, 9216.0, 1e5], 8))
        scores = rng.random(16)
        return detected(found, scores, np.concatenate([labels, labels]), torch.float64), true

    return images(n, made)


def many(rng, n):
    """More than 100 detections of a class in one image."""
    return images(n, lambda number: image(rng, 12, 0 if number else 130, classes=1))


def empty(rng, n):
    kinds = [(0, 0), (0, 3), (3, 0)]
    return images(n, lambda number: image(rng, *kinds[rng.integers(0, 3)]))


# -- the oracle --------------------------------------------------------------------------------


ENTRIES = {"scores": "score", "area": "area", "iscrowd": "iscrowd"}


def annotations(samples, ids):
    found = []
    for sample, image_id in zip(samples, ids, strict=True):
        for number, (x1, y1, x2, y2) in enumerate(np.asarray(sample["bbox"], dtype=float)):
            size = x2 - x1, y2 - y1
            found.append(
                {
                    "id": len(found) + 1,
                    "image_id": image_id,
                    "category_id": int(sample["labels"][number]),
                    "bbox": [x1, y1, *size],
                    "area": size[0] * size[1],
                    "iscrowd": 0,
                    **{
                        ENTRIES[key]: float(sample[key][number]) for key in ENTRIES if key in sample
                    },
                }
            )
    return found


def coco(annotated, ids):
    made = COCO()
    made.dataset = {
        "info": {},
        "images": [{"id": image_id} for image_id in ids],
        "categories": [{"id": label} for label in range(NUM_CLASSES)],
        "annotations": annotated,
    }
    made.createIndex()
    return made


def evaluated(data, areas=tuple(AREAS), limits=(1, 10, 100), ious=None, recalls=None):
    y_pred, y = data
    ids = [int(np.ravel(sample.get("image_id", number))[0]) for number, sample in enumerate(y)]
    with contextlib.redirect_stdout(io.StringIO()):
        evaluation = COCOeval(
            coco(annotations(y, ids), ids),
            coco(annotations(y_pred, ids), ids),
            "bbox",
        )
        parameters = evaluation.params
        parameters.areaRng, parameters.areaRngLbl = [AREAS[area] for area in areas], list(areas)
        parameters.maxDets = list(limits)
        if ious is not None:
            parameters.iouThrs = np.array(ious)
        if recalls is not None:
            parameters.recThrs = np.array(recalls)
        evaluation.evaluate()
        evaluation.accumulate()
    return evaluation.eval["precision"], evaluation.eval["recall"]


def mean(values):
    values = values[values > -1]
    return values.mean() if values.size else -1.0


def twelve(data):
    precision, recall = evaluated(data)
    return {
        "AP@50..95": mean(precision[..., 0, 2]),
        "AR-100": mean(recall[..., 0, 2]),
        "AP@50": mean(precision[0, ..., 0, 2]),
        "AP@75": mean(precision[5, ..., 0, 2]),
        "AP-S": mean(precision[..., 1, 2]),
        "AR-S": mean(recall[..., 1, 2]),
        "AP-M": mean(precision[..., 2, 2]),
        "AR-M": mean(recall[..., 2, 2]),
        "AP-L": mean(precision[..., 3, 2]),
        "AR-L": mean(recall[..., 3, 2]),
        "AR-1": mean(recall[..., 0, 0]),
        "AR-10": mean(recall[..., 0, 1]),
    }


def two(data, area, limit, **thresholds):
    precision, recall = evaluated(data, (area,), (limit,), **thresholds)
    return [mean(precision), mean(recall)]


DRAWS = {
    "ordinary": ordinary,
    "crowds": crowds,
    "ties": ties,
    "borders": borders,
    "many": many,
    "empty": empty,
}
BOX = torch.tensor([[0.0, 0.0, 9.0, 9.0]])
ONE = torch.tensor([0])
FOUND = {"bbox": BOX, "scores": torch.tensor([0.5]), "labels": ONE}
TRUE = {"bbox": BOX, "labels": ONE}
BAD = {
    "lengths": Bad(([FOUND], [TRUE, TRUE]), ValueError),
    "no scores": Bad(([FOUND, TRUE], [TRUE, TRUE]), ValueError),
    "columns": Bad(([FOUND], [{**TRUE, "bbox": BOX[:, :3]}]), ValueError),
    "labels": Bad(([FOUND], [{**TRUE, "labels": ONE[:0]}]), ValueError),
    "tensors": Bad(([BOX], [BOX]), TypeError),
}
CASES = {
    "twelve": MetricCase(
        partial(CommonObjectDetectionMetrics, NUM_CLASSES),
        DRAWS,
        twelve,
        tolerance=1e-12,
        keeps_rows=True,
        bad=BAD,
    ),
    **{
        f"average precision and recall, {name}": MetricCase(
            partial(
                ObjectDetectionAvgPrecisionRecall,
                num_classes=NUM_CLASSES,
                area_range=area,
                max_detections_per_image_per_class=limit,
                **thresholds,
            ),
            DRAWS,
            partial(
                two,
                area=area,
                limit=limit,
                ious=thresholds.get("iou_thresholds"),
                recalls=thresholds.get("rec_thresholds"),
            ),
            tolerance=1e-12,
            keeps_rows=True,
            bad=BAD,
        )
        for name, area, limit, thresholds in (
            ("all", "all", 100, {}),
            ("few small ones", "small", 3, {"iou_thresholds": [0.3, 0.7]}),
            (
                "large ones",
                "large",
                100,
                {"iou_thresholds": [0.0, 1.0], "rec_thresholds": [0.1, 0.5]},
            ),
        )
    },
}
