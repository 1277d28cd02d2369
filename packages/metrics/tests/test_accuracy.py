from __future__ import annotations

import pytest
import torch

from ignite.metrics import Accuracy, InvalidValuesError, NotComputableError

SCORES = torch.tensor([[0.9, 0.1, 0.0], [0.2, 0.7, 0.1], [0.3, 0.3, 0.4], [0.6, 0.3, 0.1]])
LABELS = torch.tensor([0, 1, 2, 1])  # the last one is missed


def accuracy(y_pred, y, **kwargs):
    metric = Accuracy(**kwargs)
    metric.update((y_pred, y))
    return metric.compute()


@pytest.mark.parametrize(
    ("y_pred", "y"),
    [
        (SCORES, LABELS),
        (SCORES.half(), LABELS.int()),
        (SCORES.bfloat16(), LABELS.byte()),
        ((SCORES * 10).int(), LABELS.float()),
        (SCORES.double().requires_grad_(), LABELS.to(torch.int8)),
        (SCORES.t().contiguous().t(), torch.stack([LABELS, LABELS], 1)[:, 0]),
        (SCORES.reshape(2, 2, 3).movedim(2, 1), LABELS.reshape(2, 2)),
        (torch.tensor([0, 1, 1, 0]), torch.tensor([0, 1, 0, 0])),
        (torch.tensor([[0.0], [1.0], [1.0], [0.0]]), torch.tensor([0, 1, 0, 0])),
        (torch.tensor([True, False, True, True]), torch.tensor([1, 1, 1, 1]).byte()),
        (torch.tensor([[0, 1], [1, 1]]), torch.tensor([[0.0, 1.0], [1.0, 0.0]])),
    ],
)
def test_three_of_four(y_pred, y):
    before = y_pred.detach().clone(), y.clone()
    assert accuracy(y_pred, y) == 0.75
    torch.testing.assert_close((y_pred.detach(), y), before, rtol=0, atol=0)


def test_multilabel_counts_examples_with_every_class_right():
    y_pred = torch.tensor([[0, 1], [1, 1], [0, 0]])
    y = torch.tensor([[0, 1], [1, 0], [0, 0]])
    assert accuracy(y_pred, y, is_multilabel=True) == 2 / 3
    images = y_pred.reshape(3, 2, 1).expand(3, 2, 5), y.reshape(3, 2, 1).expand(3, 2, 5)
    assert accuracy(*images, is_multilabel=True) == 2 / 3


def test_nan_is_the_highest_score():
    assert accuracy(torch.tensor([[1.0, float("nan"), 2.0]]), torch.tensor([1])) == 1.0


def test_a_label_outside_the_classes_is_wrong():
    assert accuracy(SCORES, torch.tensor([0, 255, -100, 0])) == 0.5


def test_small_label_dtypes_with_many_classes():
    scores = torch.eye(300)[[0, 255]]
    assert accuracy(scores, torch.tensor([0, 255], dtype=torch.uint8)) == 1.0


@pytest.mark.parametrize("is_multilabel", [False, True])
@pytest.mark.parametrize(
    "bad",
    [
        0.5,
        float("nan"),
        float("inf"),
        -1.0,
        1 + 2**-10,
        torch.tensor(2**32),
        torch.tensor(2**63 - 1),
    ],
)
def test_values_other_than_0_and_1_are_named_at_compute(bad, is_multilabel):
    good = torch.zeros(2, 3)
    wrong = good.clone().to(torch.as_tensor(bad).dtype)
    wrong[1, 2] = bad
    for batch in [(wrong, good), (good, wrong), (wrong, wrong)]:
        with pytest.raises(InvalidValuesError, match=r"At 1 positions .* neither 0 nor 1"):
            accuracy(*batch, is_multilabel=is_multilabel)


def test_an_integer_whose_square_overflows_is_not_binary():
    wrong = torch.tensor([0, 16, -127], dtype=torch.int8)
    with pytest.raises(InvalidValuesError, match="At 2 positions"):
        accuracy(wrong, wrong)


def test_no_data():
    metric = Accuracy()
    with pytest.raises(NotComputableError, match="no example"):
        metric.compute()
    metric.update((SCORES[:0], LABELS[:0]))
    with pytest.raises(NotComputableError, match="no example"):
        metric.compute()


@pytest.mark.parametrize(
    ("y_pred", "y", "error", "message"),
    [
        (SCORES, LABELS[:3], ValueError, r"got y_pred \(4, 3\) and y \(3,\)"),
        (SCORES, LABELS[:, None], ValueError, "Expected y_pred"),
        (SCORES, LABELS[:, None, None].expand(4, 2, 3), ValueError, "Expected y_pred"),
        (SCORES[0], LABELS[0], ValueError, "Expected y_pred"),
        (SCORES[:, :0], LABELS, ValueError, "Expected y_pred"),
        (SCORES.tolist(), LABELS, TypeError, "got list and Tensor"),
        (SCORES > 0, LABELS, TypeError, "got torch.bool"),
        (SCORES.cfloat(), LABELS, TypeError, "got torch.complex64"),
        (SCORES[:, :2], LABELS, ValueError, "of 2 classes came after multiclass ones of 3"),
        (LABELS > 0, LABELS > 0, RuntimeError, "binary batch"),
    ],
)
def test_a_bad_update_is_refused_and_changes_nothing(y_pred, y, error, message):
    metric = Accuracy()
    metric.update((SCORES, LABELS))
    with pytest.raises(error, match=message):
        metric.update((y_pred, y))
    assert metric.compute() == 0.75
    metric.update((SCORES, LABELS))
    assert metric.compute() == 0.75


@pytest.mark.parametrize(
    ("y_pred", "y"),
    [(SCORES, LABELS), (LABELS > 0, LABELS > 0), (torch.zeros(4, 1), torch.zeros(4, 1))],
)
def test_multilabel_needs_a_dimension_of_classes(y_pred, y):
    with pytest.raises(ValueError, match="at least 2 classes"):
        Accuracy(is_multilabel=True).update((y_pred, y))


def test_reset_forgets_the_kind_of_the_data():
    metric = Accuracy()
    metric.update((SCORES, LABELS))
    metric.reset()
    metric.update((LABELS > 0, LABELS > 0))
    assert metric.compute() == 1.0
