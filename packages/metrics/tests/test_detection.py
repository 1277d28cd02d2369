from __future__ import annotations

import numpy as np
import pytest
import torch
from pycocotools import mask

from ignite.events.testing import RecordingEventSource
from ignite.metrics import CapacityExceeded, InvalidValuesError, MetricGroup, NotComputableError
from ignite.metrics.functional.box_iou import box_area, box_iou
from ignite.metrics.functional.object_detection import (
    FALSE,
    IGNORED,
    TRUE,
    detection_precision,
    detection_recall,
    match_detections,
)
from ignite.metrics.vision import (
    CommonObjectDetectionMetrics,
    ObjectDetectionAvgPrecisionRecall,
    _evaluation,
    coco_tensor_list_to_dict_list,
)

HERE, THERE = [0.0, 0.0, 10.0, 10.0], [50.0, 50.0, 60.0, 60.0]


def found(boxes, scores, labels=0):
    labels = torch.as_tensor(labels).expand(len(boxes))
    return {"bbox": torch.tensor(boxes), "scores": torch.tensor(scores), "labels": labels}


def true(boxes, labels=0, **more):
    labels = torch.as_tensor(labels).expand(len(boxes))
    more = {key: torch.tensor(value) for key, value in more.items()}
    return {"bbox": torch.tensor(boxes).reshape(-1, 4), "labels": labels, **more}


def value(y_pred, y, **kwargs):
    metric = ObjectDetectionAvgPrecisionRecall(**{"num_classes": 3, **kwargs})
    metric.update((y_pred, y))
    return metric.compute()


def scene():
    """Eight images of whole numbers that no library draws: the same for ever."""
    state = 1

    def whole(low, high, *shape):
        nonlocal state
        drawn = []
        for _ in range(torch.Size(shape).numel()):
            state = (state * 1103515245 + 12345) % 2**31
            drawn.append(low + (state >> 8) % (high - low))
        return torch.tensor(drawn).reshape(shape)

    y_pred, y = [], []
    for _ in range(8):
        corners, labels = whole(0, 200, 6, 2), whole(0, 3, 6)
        boxes = torch.cat([corners, corners + whole(8, 130, 6, 2)], dim=1)
        source = whole(0, 6, 15)
        near = (boxes[source] + whole(-4, 5, 15, 4)).float()
        scores = whole(0, 2**20, 15) / 2**20
        y_pred.append({"bbox": near, "scores": scores, "labels": labels[source]})
        is_crowd = (whole(0, 6, 6) == 0).long()
        y.append({"bbox": boxes.float(), "labels": labels, "iscrowd": is_crowd})
    return y_pred, y


# -- as PyTorch-Ignite 0.5.5 has it ------------------------------------------------------------


def test_twelve_numbers():
    metric = CommonObjectDetectionMetrics(num_classes=3)
    metric.update(scene())
    expected = {
        "AP@50..95": 0.4997730756653536,
        "AR-100": 0.7062091503267974,
        "AP@50": 0.6933346158170869,
        "AP@75": 0.6224066189349419,
        "AP-S": 0.1736067892503536,
        "AR-S": 0.325,
        "AP-M": 0.5235875711132812,
        "AR-M": 0.7255952380952382,
        "AP-L": 0.624840484048405,
        "AR-L": 0.7999999999999999,
        "AR-1": 0.358853238265003,
        "AR-10": 0.7062091503267974,
    }
    result = metric.compute()
    assert list(result) == list(expected)
    assert result == pytest.approx(expected, rel=1e-14)
    assert {type(number) for number in result.values()} == {float}


@pytest.mark.parametrize(
    ("kwargs", "expected"),
    [
        ({}, (0.4997730756653536, 0.7062091503267974)),
        ({"area_range": "medium"}, (0.5235875711132812, 0.7255952380952382)),
        (
            {
                "iou_thresholds": [0.5, 0.75],
                "rec_thresholds": torch.tensor([1.0, 0.0, 0.5]),
                "max_detections_per_image_per_class": 2,
            },
            (0.625, 0.6916963755199049),
        ),
    ],
)
def test_average_precision_and_recall(kwargs, expected):
    assert value(*scene(), **kwargs) == pytest.approx(expected, rel=1e-14)


def test_what_counts_for_nothing():
    assert value([found([HERE], [0.5])], [true([])]) == (-1.0, -1.0)
    assert value([found([HERE], [0.5])], [true([HERE], iscrowd=[1])]) == (-1.0, -1.0)
    nothing = {key: torch.tensor([]) for key in ("bbox", "scores", "labels")}
    assert value([nothing], [true([HERE])]) == (0.0, 0.0)
    assert value([nothing], [nothing]) == (-1.0, -1.0)


@pytest.mark.parametrize(
    ("side", "ranges"),
    [
        (31, {"small"}),
        (32, {"small", "medium"}),
        (33, {"medium"}),
        (96, {"medium", "large"}),
        (97, {"large"}),
    ],
)
def test_an_area_on_a_border_is_in_both_ranges(side, ranges):
    boxes = [[0.0, 0.0, side, side]]
    for area_range in ("small", "medium", "large", "all"):
        expected = 1.0 if area_range in ranges | {"all"} else -1.0
        result = value([found(boxes, [0.5])], [true(boxes)], area_range=area_range)
        assert result == (expected, expected)


@pytest.mark.parametrize(("threshold", "expected"), [(0.0, 1.0), (0.5, 1.0), (0.75, 0.0)])
def test_an_overlap_of_exactly_the_threshold_is_enough(threshold, expected):
    half = [[0.0, 0.0, 10.0, 20.0]]
    result = value([found(half, [0.5])], [true([HERE])], iou_thresholds=[threshold])
    assert result == (expected, expected)


def test_any_number_may_take_a_crowd():
    y = [true([HERE, HERE], iscrowd=[0, 1])]
    assert value([found([HERE] * 3, [0.5, 0.6, 0.7])], y) == (1.0, 1.0)


def test_only_so_many_detections_of_an_image_and_class_count():
    y_pred, y = [found([THERE, HERE], [0.9, 0.5])], [true([HERE])]
    assert value(y_pred, y, max_detections_per_image_per_class=1) == (0.0, 0.0)
    assert value(y_pred, y, max_detections_per_image_per_class=2) == (0.5, 1.0)


def test_of_equal_scores_the_first_comes_first():
    right, wrong = found([HERE], [0.5]), found([THERE], [0.5])
    first, last = 51 / 101, 51 / 202  # recalls up to 0.5 at precision 1, or 1/2
    assert value([right, wrong], [true([HERE])] * 2) == (pytest.approx(first), 0.5)
    assert value([wrong, right], [true([HERE])] * 2) == (pytest.approx(last), 0.5)
    assert value([found([HERE, THERE], [0.5, 0.5])], [true([HERE])]) == (1.0, 1.0)
    assert value([found([THERE, HERE], [0.5, 0.5])], [true([HERE])]) == (0.5, 1.0)


def test_a_run_gives_lists_of_images():
    metric = CommonObjectDetectionMetrics(num_classes=3)
    ap = ObjectDetectionAvgPrecisionRecall(num_classes=3)
    source = RecordingEventSource()
    metric.attach(source, "common")
    ap.attach(source, "ap")
    y_pred, y = scene()
    source.run([(y_pred[:5], y[:5]), {"y_pred": y_pred[5:], "y": y[5:]}])
    expected = value(y_pred, y)
    results = source.state.metrics
    assert results["ap"] == expected
    assert (results["AP@50..95"], results["AR-100"]) == expected
    assert results["common"]["AP@50..95"] == expected[0]


# -- better than PyTorch-Ignite has it ----------------------------------------------------------


def test_image_ids_say_which_of_equal_scores_comes_first():
    right, wrong = found([HERE], [0.5]), found([THERE], [0.5])
    y = [{**true([HERE]), "image_id": number} for number in (-3, torch.tensor([7]))]
    assert value([right, wrong], y) == (pytest.approx(51 / 101), 0.5)
    assert value([wrong, right], y[::-1]) == (pytest.approx(51 / 101), 0.5)


def test_an_object_may_be_smaller_than_its_box():
    y_pred, y = [found([HERE], [0.5])], [true([HERE], area=[5000.0])]
    assert value(y_pred, y, area_range="medium") == (1.0, 1.0)
    assert value(y_pred, y, area_range="small") == (-1.0, -1.0)
    mixed = value(y_pred * 2, [*y, true([HERE])], area_range="medium")
    assert mixed == (1.0, 1.0)


def test_boxes_without_area_match_nothing():
    point = [5.0, 5.0, 5.0, 5.0]
    result = value([found([point, HERE], [0.5, 0.4])], [true([point, HERE])])
    assert result == (pytest.approx(51 / 202), 0.5)


def test_tensors_of_coco():
    y_pred = [torch.tensor([[*HERE, 0.9, 1.0], [*THERE, 0.4, 2.0]]), torch.zeros(0, 6)]
    y = [torch.tensor([[*HERE, 1.0, 0.0], [*THERE, 2.0, 1.0]]), torch.tensor([[*HERE, 1.0]])]
    metric = ObjectDetectionAvgPrecisionRecall(
        num_classes=3, output_transform=coco_tensor_list_to_dict_list
    )
    source = RecordingEventSource()
    metric.attach(source, "ap")
    source.run([(y_pred, y)])
    assert source.state.metrics["ap"] == (pytest.approx(51 / 101), 0.5)
    converted = coco_tensor_list_to_dict_list((y_pred, y))
    assert [list(image) for image in converted[0]] == [["bbox", "confidence", "class"]] * 2
    assert [list(image) for image in converted[1]] == [
        ["bbox", "class", "iscrowd"],
        ["bbox", "class"],
    ]
    again = coco_tensor_list_to_dict_list(converted)
    assert all(image is same for image, same in zip(again[0], converted[0], strict=True))


@pytest.mark.parametrize(
    ("y_pred", "y", "message"),
    [
        (torch.zeros(2, 5), torch.zeros(2, 5), r"y_pred .* \(x1, y1, x2, y2, confidence, class\)"),
        (torch.zeros(2, 6), torch.zeros(2, 4), r"y must have rows .*, got \(2, 4\)"),
        (torch.zeros(6), torch.zeros(2, 5), r"got \(6,\)"),
    ],
)
def test_tensors_of_other_columns(y_pred, y, message):
    with pytest.raises(ValueError, match=message):
        coco_tensor_list_to_dict_list(([y_pred], [y]))


def test_no_image_has_no_value():
    metric = CommonObjectDetectionMetrics()
    metric.update(([], []))
    with pytest.raises(NotComputableError, match="no example"):
        metric.compute()


@pytest.mark.parametrize(
    "dtype", [torch.float16, torch.bfloat16, torch.float64, torch.int32, torch.uint8]
)
def test_boxes_of_any_dtype(dtype):
    boxes = torch.tensor([[100, 100, 250, 250]]).to(dtype)
    y_pred = {"bbox": boxes, "scores": torch.tensor([1]), "labels": torch.tensor([0.0])}
    y = {"bbox": boxes, "labels": torch.tensor([0], dtype=torch.uint8)}
    assert value([y_pred], [y], area_range="large") == (1.0, 1.0)


def test_parts_of_a_batch_are_evaluated_at_once(monkeypatch):
    expected = value(*scene())
    monkeypatch.setattr(_evaluation, "_MOST_PAIRS", 100)
    assert value(*scene()) == expected


def test_metrics_of_equal_criteria_are_updated_once():
    both = {"at half": [0.5], "at all": None}
    group = MetricGroup(
        {
            name: ObjectDetectionAvgPrecisionRecall(num_classes=3, rec_thresholds=recalls)
            for name, recalls in both.items()
        }
    )
    assert len(list(group.sources())) == 1
    group.update(scene())
    expected = {name: value(*scene(), rec_thresholds=both[name]) for name in both}
    assert group.compute() == expected


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ("predicted", {"bbox": [[10.0, 0.0, 0.0, 10.0]]}),
        ("predicted", {"bbox": [[0.0, 0.0, float("nan"), 10.0]]}),
        ("predicted", {"bbox": [[0.0, 0.0, float("inf"), 10.0]]}),
        ("predicted", {"scores": [float("nan")]}),
        ("predicted", {"labels": [3]}),
        ("predicted", {"labels": [float("nan")]}),
        ("true", {"labels": [-1]}),
        ("true", {"labels": [0.5]}),
        ("true", {"bbox": [[0.0, 10.0, 10.0, 0.0]]}),
        ("true", {"area": [-1.0]}),
    ],
)
def test_values_that_cannot_be_judged_are_named_at_compute(change, wrong):
    images = {"predicted": found([HERE], [0.5]), "true": true([HERE])}
    images[change].update({key: torch.tensor(entry) for key, entry in wrong.items()})
    with pytest.raises(InvalidValuesError, match=r"^1 detections or true boxes .* outside 0\.\.2"):
        value([images["predicted"]], [images["true"]])


@pytest.mark.parametrize(
    ("y_pred", "y", "error", "message"),
    [
        ([found([HERE], [0.5])], [], ValueError, "y_pred has 1 images and y 0"),
        (found([HERE], [0.5]), true([HERE]), TypeError, "list with a mapping .* got dict"),
        ([torch.zeros(1, 6)], [torch.zeros(1, 6)], TypeError, "coco_tensor_list_to_dict_list"),
        ([true([HERE])], [true([HERE])], ValueError, r"'scores' \(or 'confidence'\) .* \['bbox'"),
        ([found([HERE], [0.5])], [{"bbox": torch.tensor([HERE])}], ValueError, "'labels'"),
        ([found([HERE[:3]], [0.5])], [true([HERE])], ValueError, r"\(n, 4\), got \(1, 3\)"),
        ([found([HERE], [0.5, 0.6])], [true([HERE])], ValueError, r"\(1,\), .* got \(2,\)"),
        ([found([HERE], [0.5])], [true([HERE], iscrowd=[0, 1])], ValueError, "'iscrowd'"),
        ([found([HERE], [0.5])], [true([HERE], area=[[1.0]])], ValueError, "'area'"),
        ([found([HERE], [0.5])], [true([HERE], image_id=[1, 2])], TypeError, "'image_id'"),
        ([found([HERE], [0.5j])], [true([HERE])], TypeError, "must be real"),
        ([{**found([HERE], [0.5]), "scores": [0.5]}], [true([HERE])], TypeError, "got list"),
    ],
)
def test_a_bad_update_is_refused_and_changes_nothing(y_pred, y, error, message):
    metric = ObjectDetectionAvgPrecisionRecall(num_classes=3)
    metric.update(scene())
    expected = metric.compute()
    with pytest.raises(error, match=message):
        metric.update((y_pred, y))
    assert metric.compute() == expected


def test_too_many_detections_change_nothing():
    metric = ObjectDetectionAvgPrecisionRecall(num_classes=3, max_detections=130)
    metric.update(scene())  # of 120
    with pytest.raises(CapacityExceeded, match="130"):
        metric.update(scene())
    assert metric.compute() == value(*scene())


@pytest.mark.parametrize(
    "kwargs",
    [
        {"num_classes": 0},
        {"num_classes": 1.5},
        {"max_detections_per_image_per_class": 0},
        {"area_range": "tiny"},
        {"iou_thresholds": []},
        {"iou_thresholds": [1.5]},
        {"rec_thresholds": torch.tensor([float("nan")])},
    ],
)
def test_bad_arguments(kwargs):
    with pytest.raises(ValueError, match=next(iter(kwargs))):
        ObjectDetectionAvgPrecisionRecall(**kwargs)


def test_precision_against_recall_is_drawn():
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("agg")
    metric = ObjectDetectionAvgPrecisionRecall(iou_thresholds=[0.5, 0.75], num_classes=3)
    metric.update(scene())
    axes = metric.plot()
    labels = [line.get_label() for line in axes.get_lines()]
    assert labels == ["IoU 0.50: average 0.693", "IoU 0.75: average 0.622"]
    assert axes.get_lines()[0].get_xdata()[[0, -1]].tolist() == [0.0, 1.0]
    matplotlib.pyplot.close("all")


# -- functions ----------------------------------------------------------------------------------


def test_iou_is_that_of_coco():
    rng = np.random.default_rng(0)
    corners, sides = rng.integers(0, 20, (2, 30, 2)), rng.integers(0, 20, (2, 30, 2))
    is_crowd = rng.random(30) < 0.3
    as_corners = torch.tensor(np.concatenate([corners, corners + sides], axis=2))
    as_sides = np.concatenate([corners, sides], axis=2).astype(float)
    expected = mask.iou(*as_sides, is_crowd.astype(int))
    assert torch.equal(box_iou(*as_corners, torch.tensor(is_crowd)), torch.tensor(expected))
    batches = as_corners.unflatten(1, (3, 10))
    expected = mask.iou(*as_sides, [0] * 30).reshape(3, 10, 3, 10)
    for batch, result in enumerate(box_iou(*batches)):
        assert torch.equal(result, torch.tensor(expected[batch, :, batch]))
    assert torch.equal(box_area(as_corners), torch.tensor(sides.prod(axis=2)).double())


def test_a_box_that_counts_goes_before_an_ignored_one_that_overlaps_more():
    no, yes = torch.zeros(1, 2, dtype=torch.bool), torch.ones(1, 2, 1, dtype=torch.bool)
    is_ignored = torch.tensor([[[False, True]]])
    iou = torch.tensor([[[0.6, 0.9], [0.6, 0.9]]])
    outcomes = match_detections(iou, torch.tensor([0.5, 0.8]), no, is_ignored, yes)
    assert outcomes.tolist() == [[[[TRUE, IGNORED]], [[IGNORED, FALSE]]]]


def test_of_equal_overlaps_the_last_is_taken():
    no, yes = torch.zeros(1, 2, dtype=torch.bool), torch.ones(1, 2, 1, dtype=torch.bool)
    iou = torch.tensor([[[0.7, 0.7], [-1.0, 0.9]]])
    outcomes = match_detections(iou, torch.tensor([0.5]), no, no[:, None], yes)
    assert outcomes.flatten().tolist() == [TRUE, FALSE]


def test_functions_compile_whole():
    generator = torch.Generator().manual_seed(0)
    iou, ignored = torch.rand(2, 7, 5, generator=generator), torch.zeros(2, 1, 5, dtype=torch.bool)
    arguments = iou, torch.tensor([0.5, 0.75]), ignored[:, 0], ignored, torch.ones(2, 7, 1) > 0
    outcomes = match_detections(*arguments)

    def compiled(function):
        return torch.compile(function, fullgraph=True, backend="eager")

    assert torch.equal(compiled(match_detections)(*arguments), outcomes)
    scores, labels = torch.rand(14, generator=generator), torch.tensor([0, 1]).repeat(7)
    rows = outcomes.flatten(0, 1), labels, torch.tensor([[6], [4]])
    assert torch.equal(compiled(detection_recall)(*rows), detection_recall(*rows))
    rows = rows[0], scores, *rows[1:], torch.tensor([0.0, 0.5, 1.0], dtype=torch.float64)
    assert torch.equal(compiled(detection_precision)(*rows), detection_precision(*rows))
    boxes = torch.tensor([HERE, THERE])
    assert torch.equal(compiled(box_iou)(boxes, boxes), box_iou(boxes, boxes))
