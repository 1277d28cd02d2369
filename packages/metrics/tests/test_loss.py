from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from ignite.metrics import Loss, NotComputableError

A = (torch.tensor([1.0, 2.0, 3.0]), torch.tensor([1.0, 0.0, 0.0]))
B = (torch.tensor([4.0]), torch.tensor([0.0]))


def loss(*batches, loss_fn=F.mse_loss, **kwargs):
    metric = Loss(loss_fn, **kwargs)
    for batch in batches:
        metric.update(batch)
    return metric.compute()


def test_batches_weigh_by_their_size():
    assert loss(A, B) == pytest.approx((0 + 4 + 9 + 16) / 4)


def test_loss_modules_and_options():
    weight = torch.tensor([1.0, 3.0])
    scores, labels = torch.randn(6, 2), torch.tensor([0, 1, 1, 0, 1, 1])
    expected = F.cross_entropy(scores, labels, weight).item()
    assert loss((scores, labels, {"weight": weight}), loss_fn=F.cross_entropy) == (
        pytest.approx(expected)
    )
    module = torch.nn.CrossEntropyLoss(weight)
    assert loss((scores, labels), loss_fn=module) == pytest.approx(expected)


def test_a_size_of_the_users_own():
    batches = [(torch.rand(2, 3), torch.rand(2, 3)), (torch.rand(4, 5), torch.rand(4, 5))]
    errors = torch.cat([((y_pred - y) ** 2).flatten() for y_pred, y in batches])
    assert loss(*batches, batch_size=torch.numel) == pytest.approx(errors.mean().item())


def test_a_size_that_depends_on_values():
    def masked(y_pred, y):
        return y_pred[y > 0].mean()

    y = torch.tensor([1, 0, 0, 1, 1])
    batches = [(torch.tensor([9.0, 5.0]), y[:2]), (torch.tensor([7.0]), y[2:3]), (A[0][:2], y[3:])]
    value = loss(*batches, loss_fn=masked, batch_size=lambda y: (y > 0).sum())
    assert value == (9 + 1 + 2) / 3


def test_an_empty_batch_adds_nothing_though_its_mean_is_nan():
    assert loss((A[0][:0], A[1][:0]), A) == loss(A)


def test_nan_stays_nan():
    assert loss(A, (torch.tensor([float("nan")]), torch.tensor([0.0]))) != 0
    assert torch.tensor(loss(A, (torch.tensor([float("nan")]), torch.tensor([0.0])))).isnan()


def test_half_precision_is_summed_in_double():
    y_pred = torch.full((1000,), 200.0, dtype=torch.float16)  # 1000 * 200 is no float16
    assert loss((y_pred, torch.zeros_like(y_pred)), loss_fn=F.l1_loss) == 200.0


def test_no_graph_is_kept_and_inputs_stay():
    y_pred = A[0].clone().requires_grad_()
    metric = Loss(F.mse_loss)
    metric.update((y_pred, A[1]))
    assert not metric._sum.requires_grad
    torch.testing.assert_close(y_pred.detach(), A[0], rtol=0, atol=0)


def test_no_data():
    with pytest.raises(NotComputableError, match="no example"):
        loss()
    with pytest.raises(NotComputableError, match="no example"):
        loss((A[0][:0], A[1][:0]))


@pytest.mark.parametrize(
    ("kwargs", "error", "message"),
    [
        ({"loss_fn": lambda p, y: (p - y) ** 2}, ValueError, r"got \(3,\); set its reduction"),
        ({"loss_fn": lambda p, y: 1.0}, TypeError, "must return a tensor, got float"),
        ({"batch_size": lambda y: 1.5}, TypeError, "whole number, got 1.5"),
        ({"batch_size": lambda y: y.sum()}, TypeError, "whole number"),
    ],
)
def test_a_bad_update_is_refused_and_changes_nothing(kwargs, error, message):
    metric = Loss(**{"loss_fn": F.mse_loss, **kwargs})
    with pytest.raises(error, match=message):
        metric.update(A)
    with pytest.raises(NotComputableError):
        metric.compute()
