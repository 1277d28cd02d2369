from __future__ import annotations

import math

import pytest
import torch
from torch.nn.functional import cross_entropy

from ignite.metrics import InvalidValuesError, NotComputableError
from ignite.metrics.functional.perplexity import perplexity_compute, perplexity_update
from ignite.metrics.nlp import Perplexity

LOGITS = torch.linspace(-2, 2, 70).sin().mul(3).reshape(2, 5, 7)  # (batch, vocabulary, sequence)
LABELS = torch.arange(14).reshape(2, 7) % 5
EXPECTED = cross_entropy(LOGITS.double(), LABELS).exp().item()


def perplexity(y_pred, y, **kwargs):
    metric = Perplexity(**kwargs)
    metric.update((y_pred, y))
    return metric.compute()


@pytest.mark.parametrize(
    ("y_pred", "y"),
    [
        (LOGITS, LABELS),
        (LOGITS.double().requires_grad_(), LABELS.int()),
        (LOGITS.transpose(1, 2).contiguous().transpose(1, 2), LABELS.byte()),
        (LOGITS.transpose(1, 2).reshape(14, 5), LABELS.reshape(14)),
        (LOGITS.reshape(2, 5, 7, 1), LABELS.reshape(2, 7, 1)),
        (LOGITS + 1e4, LABELS),
    ],
)
def test_it_is_the_exponential_of_the_cross_entropy(y_pred, y):
    value = perplexity(y_pred, y)
    assert isinstance(value, float)
    assert value == pytest.approx(EXPECTED, rel=1e-3 if y_pred.max() > 100 else 1e-6)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_computed_in_single(dtype):
    logits = LOGITS.to(dtype)
    expected = cross_entropy(logits.double(), LABELS).exp().item()
    assert perplexity(logits, LABELS) == pytest.approx(expected, rel=1e-6)
    many = torch.zeros(1, 2**12, 64, dtype=dtype), torch.zeros(1, 64, dtype=torch.long)
    assert perplexity(*many) == pytest.approx(2**12, rel=1e-6)


def test_uniform_and_certain():
    assert perplexity(torch.zeros(3, 50), torch.tensor([0, 7, 49])) == pytest.approx(50)
    assert perplexity(torch.eye(4) * 1e4, torch.arange(4)) == 1.0
    assert perplexity(torch.zeros(3, 1), torch.zeros(3).long()) == 1.0
    assert perplexity(torch.eye(4) * 1e4, torch.arange(4).flip(0)) == math.inf


def test_every_label_weighs_the_same_however_batches_are_cut():
    metric = Perplexity()
    metric.update((LOGITS[:, :, :1], LABELS[:, :1]))
    metric.update((LOGITS[:, :, 1:], LABELS[:, 1:]))
    metric.update((LOGITS[:0], LABELS[:0]))
    assert metric.compute() == pytest.approx(EXPECTED, rel=1e-6)


@pytest.mark.parametrize("ignore_index", [-100, 255, 3])
def test_ignored_labels_are_left_out(ignore_index):
    labels = LABELS.clone()
    labels[0, ::2] = ignore_index
    expected = cross_entropy(LOGITS.double(), labels, ignore_index=ignore_index).exp().item()
    value = perplexity(LOGITS, labels, ignore_index=ignore_index)
    assert value == pytest.approx(expected, rel=1e-6)


def test_no_label():
    metric = Perplexity()
    for labels in (torch.full_like(LABELS, -100), LABELS[:0]):
        metric.update((LOGITS[: len(labels)], labels))
        with pytest.raises(NotComputableError, match="no example"):
            metric.compute()


@pytest.mark.parametrize("label", [-1, 5, 2**63 - 1, -(2**63)])
def test_labels_outside_the_vocabulary_are_named_at_compute(label):
    labels = LABELS.clone()
    labels[1, 2:4] = label
    metric = Perplexity()
    metric.update((LOGITS, labels))
    with pytest.raises(InvalidValuesError, match=r"2 labels lie outside .* ignore_index=-100;"):
        metric.compute()
    assert labels[1, 2] == label


@pytest.mark.parametrize(
    ("y_pred", "y", "error", "message"),
    [
        (LOGITS.transpose(1, 2), LABELS, ValueError, r"got \(2, 7, 5\) and .*movedim\(-1, 1\)"),
        (LOGITS, LABELS[:1], ValueError, r"and \(1, 7\)"),
        (LOGITS[0, :, 0], LABELS[0, 0], ValueError, r"got \(5,\) and \(\)"),
        (LOGITS[:, :0], LABELS, ValueError, r"got \(2, 0, 7\)"),
        (LOGITS, LOGITS, ValueError, "Expected logits"),
        (LOGITS, LABELS.float(), TypeError, "got torch.float32 and torch.float32"),
        (LOGITS.long(), LABELS, TypeError, "got torch.int64 and torch.int64"),
        (LOGITS.tolist(), LABELS, TypeError, "got list and Tensor"),
    ],
)
def test_a_bad_update_is_refused_and_changes_nothing(y_pred, y, error, message):
    metric = Perplexity()
    metric.update((LOGITS, LABELS))
    with pytest.raises(error, match=message):
        metric.update((y_pred, y))
    assert metric.compute() == pytest.approx(EXPECTED, rel=1e-6)


def test_no_gradient_is_kept():
    metric = Perplexity()
    metric.update((LOGITS.clone().requires_grad_(), LABELS))
    assert not metric._sum.requires_grad


def test_functions_compile_and_can_be_differentiated():
    compiled = torch.compile(perplexity_update, fullgraph=True, backend="eager")
    labels = LABELS.clone()
    labels[0, 0], labels[0, 1] = -100, 9
    for logits in (LOGITS, LOGITS.transpose(1, 2).contiguous().transpose(1, 2), LOGITS.half()):
        torch.testing.assert_close(compiled(logits, labels), perplexity_update(logits, labels))
    logits = LOGITS.clone().requires_grad_()
    total, num_labels, num_invalid = perplexity_update(logits, labels)
    perplexity_compute(total, num_labels).backward()
    assert (num_labels, num_invalid) == (12, 1)
    assert logits.grad is not None
    assert logits.grad[0, :, :2].abs().sum() == 0
    assert logits.grad[:, :, 2:].abs().sum() > 0
