"""An update never waits for the device: on meta tensors any look at a value would raise."""

from __future__ import annotations

import pytest
import torch

from ignite.metrics import Accuracy, ConfusionMatrix, Loss

SCORES = torch.empty(8, 3, 2, device="meta")
LABELS = torch.empty(8, 2, device="meta", dtype=torch.int64)
FLAGS = torch.empty(8, 2, device="meta")


@pytest.mark.parametrize(
    ("metric", "batch"),
    [
        (Accuracy(device="meta"), (SCORES, LABELS)),
        (Accuracy(device="meta"), (FLAGS, LABELS)),
        (Accuracy(device="meta", is_multilabel=True), (FLAGS, FLAGS)),
        (ConfusionMatrix(3, device="meta"), (SCORES, LABELS)),
        (Loss(torch.nn.functional.cross_entropy, device="meta"), (SCORES, LABELS)),
        (
            Loss(torch.nn.functional.mse_loss, batch_size=lambda y: (y > 0).sum(), device="meta"),
            (FLAGS, FLAGS),
        ),
    ],
)
def test_update_looks_at_no_value(metric, batch):
    metric.update(batch)
    metric.reset()
    metric.update(batch)


def test_a_look_at_a_value_would_be_noticed():
    with pytest.raises(RuntimeError, match="meta"):
        FLAGS.sum().item()
    with pytest.raises(NotImplementedError, match="Meta"):
        LABELS.bincount()
