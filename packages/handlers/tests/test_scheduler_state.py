"""A schedule that is stopped anywhere and goes on elsewhere gives the same values."""

from __future__ import annotations

import io

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.optim import lr_scheduler as torch_lr

from ignite.handlers import (
    Checkpoint,
    ConcatScheduler,
    CosineAnnealingScheduler,
    LinearCyclicalScheduler,
    LRScheduler,
    PiecewiseLinear,
    create_lr_scheduler_with_warmup,
)


def make_optimizer():
    return torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)


def concatenated(optimizer):
    return ConcatScheduler(
        [
            PiecewiseLinear(optimizer, "lr", [(1, 0.1), (4, 0.7)]),
            LinearCyclicalScheduler(optimizer, "lr", 1.0, 0.0, 3, cycle_mult=1.5),
            CosineAnnealingScheduler(optimizer, "lr", 1.0, 0.0, 4),
        ],
        [4, 7],
    )


def warmed(make):
    return lambda optimizer: create_lr_scheduler_with_warmup(make(optimizer), 0.0, 5)


MAKERS = {
    "linear": lambda o: LinearCyclicalScheduler(o, "lr", 1.0, 0.0, 4, 1.5, 0.9, 1.1),
    "cosine": lambda o: CosineAnnealingScheduler(
        o, "lr", 1.0, 0.1, 4, cycle_mult=1.5, start_value_mult=0.5, warmup_duration=2
    ),
    "piecewise": lambda o: PiecewiseLinear(o, "lr", [(2, 0.5), (9, 1.0)]),
    "concatenated": concatenated,
    "torch exponential": lambda o: LRScheduler(torch_lr.ExponentialLR(o, 0.9)),
    "torch multi step": lambda o: LRScheduler(torch_lr.MultiStepLR(o, [3, 8])),
    "torch one cycle": lambda o: LRScheduler(torch_lr.OneCycleLR(o, 1.0, 100)),
    "torch cosine, warmed": warmed(lambda o: torch_lr.CosineAnnealingLR(o, 20)),
    "ours, warmed": warmed(lambda o: CosineAnnealingScheduler(o, "lr", 1.0, 0.0, 20)),
    "concatenated, warmed": warmed(concatenated),
}


def step(scheduler, n):
    seen = []
    for _ in range(n):
        scheduler(None)
        seen.append(scheduler.optimizer.param_groups[0]["lr"])
        scheduler.optimizer.step()
    return seen


@pytest.mark.parametrize("name", MAKERS)
@settings(max_examples=30, deadline=None)
@given(stop=st.integers(0, 40))
def test_stopped_and_resumed(name, stop):
    whole = step(MAKERS[name](make_optimizer()), 60)
    first = MAKERS[name](make_optimizer())
    begun = step(first, stop)
    file = io.BytesIO()  # through a file, as in a checkpoint
    torch.save({"schedule": first.state_dict(), "optimizer": first.optimizer.state_dict()}, file)
    file.seek(0)
    second = MAKERS[name](make_optimizer())
    second.optimizer.step()
    Checkpoint.load_objects(
        {"schedule": second, "optimizer": second.optimizer}, torch.load(file, weights_only=True)
    )
    assert begun + step(second, 60 - stop) == whole


@pytest.mark.parametrize("name", MAKERS)
def test_a_state_that_lacks_something_is_refused(name):
    scheduler = MAKERS[name](make_optimizer())
    for key in scheduler.state_dict():
        state = scheduler.state_dict()
        del state[key]
        with pytest.raises(ValueError, match=key):
            scheduler.load_state_dict(state)
    with pytest.raises(TypeError, match="mapping"):
        scheduler.load_state_dict(3)


def test_a_state_of_other_schedulers_is_refused():
    scheduler = concatenated(make_optimizer())
    with pytest.raises(ValueError, match="0 schedulers"):
        scheduler.load_state_dict({**scheduler.state_dict(), "schedulers": []})
