"""Overlap of segmentation maps, from one confusion matrix of pixels."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.metrics import f1_score, jaccard_score

from ignite.metrics import ConfusionMatrix, MetricGroup
from ignite.metrics.confusion_matrix import DiceCoefficient, IoU, JaccardIndex, mIoU

NUM_CLASSES, VOID = 4, 255


def maps(number, classes=NUM_CLASSES):
    """Scores and labels of images with regions of one class, some of them wrong, some void."""
    rng = np.random.default_rng(number)
    labels = rng.integers(0, classes, (5, 2, 3)).repeat(4, axis=1).repeat(5, axis=2)
    scores = rng.normal(size=(5, NUM_CLASSES, *labels.shape[1:]))
    scores += 2 * np.moveaxis(np.eye(NUM_CLASSES)[labels], -1, 1)
    labels[rng.random(labels.shape) < 0.1] = VOID
    return torch.tensor(scores), torch.tensor(labels)


def expected(score, y_pred, y):
    y_pred, y = y_pred.argmax(dim=1).flatten().numpy(), y.flatten().numpy()
    seen = y != VOID
    return score(y[seen], y_pred[seen], labels=range(NUM_CLASSES), average=None, zero_division=0.0)


def value(function, y_pred, y, sizes=(5,), **kwargs):
    metric = function(ConfusionMatrix(NUM_CLASSES), **kwargs)
    for batch in zip(y_pred.split(sizes), y.split(sizes), strict=True):
        metric.update(batch)
    return metric.compute().numpy()


@pytest.mark.parametrize("classes", [NUM_CLASSES, 2])  # 2: others have no pixel, but are predicted
@pytest.mark.parametrize(
    ("function", "score"),
    [(IoU, jaccard_score), (JaccardIndex, jaccard_score), (DiceCoefficient, f1_score)],
)
def test_overlap_is_that_of_the_pixels(function, score, classes):
    for number in range(3):
        y_pred, y = maps(number, classes)
        for sizes in [(5,), (1, 3, 1)]:
            np.testing.assert_allclose(
                value(function, y_pred, y, sizes), expected(score, y_pred, y), rtol=1e-14
            )


def test_the_mean_is_over_classes():
    y_pred, y = maps(0)
    overlaps = expected(jaccard_score, y_pred, y)
    assert value(mIoU, y_pred, y) == pytest.approx(overlaps.mean())
    without = value(mIoU, y_pred, y, ignore_index=1)
    assert without == pytest.approx(np.delete(overlaps, 1).mean())


def test_maps_of_classes_are_taken_as_one_hot():
    y_pred, y = maps(0)
    one_hot = torch.nn.functional.one_hot(y_pred.argmax(dim=1), NUM_CLASSES).movedim(-1, 1)
    for scores in (one_hot, one_hot.to(torch.uint8), one_hot.half()):
        assert np.array_equal(value(IoU, scores, y.byte()), value(IoU, y_pred, y))


def test_volumes():
    y_pred, y = maps(0)
    volumes = y_pred.unflatten(2, (2, 4)), y.unflatten(1, (2, 4))
    assert np.array_equal(value(IoU, *volumes), value(IoU, y_pred, y))


def test_a_map_of_void_has_no_overlap():
    y_pred, y = maps(0)
    assert value(IoU, y_pred, torch.full_like(y, VOID)).tolist() == [0.0] * NUM_CLASSES


def test_one_matrix_serves_all():
    matrix = ConfusionMatrix(NUM_CLASSES)
    group = MetricGroup({"iou": IoU(matrix), "dice": DiceCoefficient(matrix), "mean": mIoU(matrix)})
    assert list(group.sources()) == [matrix]
    y_pred, y = maps(0)
    group.update((y_pred, y))
    result = group.compute()
    np.testing.assert_allclose(result["iou"], expected(jaccard_score, y_pred, y), rtol=1e-14)
    np.testing.assert_allclose(result["dice"], expected(f1_score, y_pred, y), rtol=1e-14)
    assert result["mean"] == result["iou"].mean()
