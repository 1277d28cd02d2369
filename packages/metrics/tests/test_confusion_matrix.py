from __future__ import annotations

import pytest
import torch

from ignite.metrics import ConfusionMatrix, NotComputableError

LABELS = torch.tensor([0, 0, 1, 2, 2, 2])
PREDICTED = torch.tensor([0, 1, 1, 2, 0, 2])
SCORES = torch.eye(3)[PREDICTED]
EXPECTED = torch.tensor([[1, 1, 0], [0, 1, 0], [1, 0, 2]])


def matrix(y_pred, y, num_classes=3, **kwargs):
    metric = ConfusionMatrix(num_classes, **kwargs)
    metric.update((y_pred, y))
    return metric.compute()


@pytest.mark.parametrize(
    ("y_pred", "y"),
    [
        (SCORES, LABELS),
        (SCORES.half().requires_grad_(), LABELS.byte()),
        (SCORES.long(), LABELS.to(torch.int16)),
        (SCORES.t().contiguous().t(), torch.stack([LABELS, LABELS], 1)[:, 1]),
        (SCORES.reshape(3, 2, 3).movedim(2, 1), LABELS.reshape(3, 2)),
        (SCORES.reshape(1, 2, 3, 3).movedim(3, 1), LABELS.reshape(1, 2, 3)),
        (SCORES.reshape(2, 3, 3).transpose(0, 1).movedim(2, 1), LABELS.reshape(2, 3).t()),
    ],
)
def test_rows_are_labels_and_columns_predictions(y_pred, y):
    before = y_pred.detach().clone(), y.clone()
    assert torch.equal(matrix(y_pred, y), EXPECTED)
    torch.testing.assert_close((y_pred.detach(), y), before, rtol=0, atol=0)


def test_labels_outside_the_classes_are_left_out():
    y = torch.cat([LABELS, torch.tensor([3, 255, -1, -100])])
    assert torch.equal(matrix(torch.cat([SCORES, SCORES[:4]]), y), EXPECTED)


def test_bool_labels():
    expected = torch.tensor([[1, 0], [0, 1]])
    assert torch.equal(matrix(torch.eye(2), torch.tensor([False, True]), 2), expected)


def test_averages():
    images = SCORES.reshape(3, 2, 3).movedim(2, 1), LABELS.reshape(3, 2)
    expected = {
        "samples": EXPECTED / 3,  # three examples of two positions each
        "recall": torch.tensor([[1 / 2, 1 / 2, 0], [0, 1, 0], [1 / 3, 0, 2 / 3]]),
        "precision": torch.tensor([[1 / 2, 1 / 2, 0], [0, 1 / 2, 0], [1 / 2, 0, 1]]),
    }
    for average, shares in expected.items():
        torch.testing.assert_close(matrix(*images, average=average), shares)


def test_a_class_without_counts_has_shares_of_0():
    counts = torch.tensor([[1, 2], [0, 0]])
    torch.testing.assert_close(
        ConfusionMatrix.normalize(counts, "recall"), torch.tensor([[1 / 3, 2 / 3], [0, 0]])
    )
    with pytest.raises(ValueError, match="Unknown average 'samples'"):
        ConfusionMatrix.normalize(counts, "samples")


def test_a_result_stays_what_it_was():
    metric = ConfusionMatrix(3)
    metric.update((SCORES, LABELS))
    result = metric.compute()
    metric.update((SCORES, LABELS))
    assert torch.equal(result, EXPECTED)
    metric.reset()
    assert torch.equal(result, EXPECTED)


def test_no_data():
    for average in (None, "samples", "recall", "precision"):
        with pytest.raises(NotComputableError, match="no example"):
            ConfusionMatrix(3, average).compute()


@pytest.mark.parametrize("num_classes", [1, 0, -2, 2.5, "3"])
def test_bad_num_classes(num_classes):
    with pytest.raises(ValueError, match="num_classes must be"):
        ConfusionMatrix(num_classes)


def test_bad_average():
    with pytest.raises(ValueError, match="Unknown average 'macro'"):
        ConfusionMatrix(3, average="macro")


@pytest.mark.parametrize(
    ("y_pred", "y", "error", "message"),
    [
        (PREDICTED, LABELS, ValueError, r"Expected y_pred \(batch, 3, ...\)"),
        (torch.eye(4)[PREDICTED], LABELS, ValueError, r"got y_pred \(6, 4\)"),
        (SCORES, torch.eye(3)[LABELS], ValueError, "Expected y_pred"),
        (SCORES, LABELS[:, None], ValueError, "Expected y_pred"),
        (SCORES, LABELS.float(), TypeError, "got torch.float32; convert it with y.long"),
    ],
)
def test_a_bad_update_is_refused_and_changes_nothing(y_pred, y, error, message):
    metric = ConfusionMatrix(3)
    metric.update((SCORES, LABELS))
    with pytest.raises(error, match=message):
        metric.update((y_pred, y))
    assert torch.equal(metric.compute(), EXPECTED)
