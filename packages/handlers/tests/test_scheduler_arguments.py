"""What schedulers refuse."""

from __future__ import annotations

import pytest
import torch

from ignite.handlers import (
    ConcatScheduler,
    CosineAnnealingScheduler,
    LinearCyclicalScheduler,
    LRScheduler,
    PiecewiseLinear,
    create_lr_scheduler_with_warmup,
)


def make_optimizer():
    return torch.optim.Adam([torch.zeros(1, requires_grad=True)], lr=0.1)


@pytest.mark.parametrize(
    ("error", "arguments"),
    [
        (ValueError, {"cycle_size": 1}),
        (ValueError, {"warmup_duration": -1, "monotonic": True}),
        (ValueError, {"warmup_duration": 1}),
        (ValueError, {"cycle_mult": 0.0}),
        (ValueError, {"param_name": "momentum"}),
        (ValueError, {"param_name": "betas"}),
        (ValueError, {"param_group_index": 1}),
        (TypeError, {"optimizer": 3}),
    ],
)
def test_cyclical(error, arguments):
    good = {"param_name": "lr", "start_value": 1.0, "end_value": 0.0, "cycle_size": 4}
    with pytest.raises(error):
        LinearCyclicalScheduler(**{"optimizer": make_optimizer(), **good, **arguments})


@pytest.mark.parametrize(
    ("error", "milestones"),
    [
        (ValueError, []),
        (ValueError, [(1, 0.5), (0, 0.2)]),
        (TypeError, [(1.5, 0.2)]),
        (TypeError, 3),
        (ValueError, [3]),
        (ValueError, [(1, 0.2, 3)]),
    ],
)
def test_piecewise(error, milestones):
    with pytest.raises(error):
        PiecewiseLinear(make_optimizer(), "lr", milestones)


def test_concat():
    optimizer = make_optimizer()
    one = PiecewiseLinear(optimizer, "lr", [(0, 1.0)])
    of_another = PiecewiseLinear(make_optimizer(), "lr", [(0, 1.0)])
    of_another_name = PiecewiseLinear(optimizer, "weight_decay", [(0, 1.0)])
    for error, schedulers, durations in (
        (ValueError, [one], []),
        (ValueError, [one, one], [1, 2]),
        (ValueError, [one, one], [2.5]),
        (TypeError, [one, 3], [1]),
        (TypeError, 3, [1]),
        (TypeError, [one, one], 3),
        (ValueError, [one, of_another], [1]),
        (ValueError, [one, of_another_name], [1]),
    ):
        with pytest.raises(error):
            ConcatScheduler(schedulers, durations)
    with pytest.raises(TypeError, match="param_names"):
        ConcatScheduler.simulate_values(3, [one, one], [1], param_names="lr")


def test_torchs():
    with pytest.raises(TypeError, match=r"torch\.optim\.lr_scheduler"):
        LRScheduler(3)


@pytest.mark.parametrize(
    ("error", "arguments"),
    [
        (ValueError, {"warmup_duration": 1}),
        (TypeError, {"warmup_duration": 1.5}),
        (TypeError, {"lr_scheduler": 3}),
        (TypeError, {"output_simulated_values": 3}),
    ],
)
def test_warmup(error, arguments):
    cosine = CosineAnnealingScheduler(make_optimizer(), "lr", 1.0, 0.0, 4)
    good = {"lr_scheduler": cosine, "warmup_start_value": 0.0, "warmup_duration": 3}
    with pytest.raises(error):
        create_lr_scheduler_with_warmup(**{**good, **arguments})
