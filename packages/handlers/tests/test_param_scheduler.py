"""The values that schedulers set, against closed forms and torch's own schedulers."""

from __future__ import annotations

import math
from itertools import accumulate

import numpy as np
import pytest
import torch
from torch.optim import lr_scheduler as torch_lr

from ignite.events.interface import Events
from ignite.events.testing import RecordingEventSource
from ignite.handlers import (
    ConcatScheduler,
    CosineAnnealingScheduler,
    LinearCyclicalScheduler,
    LRScheduler,
    PiecewiseLinear,
    create_lr_scheduler_with_warmup,
)


def make_optimizer(groups=1, lr=1.0):
    parameters = [torch.zeros(1, requires_grad=True) for _ in range(groups)]
    return torch.optim.SGD(
        [{"params": [p], "lr": lr * (i + 1)} for i, p in enumerate(parameters)], lr=lr, momentum=0.9
    )


def values(pairs):
    return [value for _, value in pairs]


def run(scheduler, n):
    """Return what a run of n steps finds in the optimizer's groups."""
    optimizer, source, seen = scheduler.optimizer, RecordingEventSource(), []
    source.add_event_handler(Events.ITERATION_STARTED, scheduler)

    def step(_):
        seen.append([group["lr"] for group in optimizer.param_groups])
        optimizer.step()

    source.run(range(n), step)
    return seen


TORCH = {
    "exponential": lambda o: torch_lr.ExponentialLR(o, 0.5),
    "step": lambda o: torch_lr.StepLR(o, 2, 0.5),
    "multi step": lambda o: torch_lr.MultiStepLR(o, [2, 4], 0.5),
    "cosine": lambda o: torch_lr.CosineAnnealingLR(o, 5),
    "lambda": lambda o: torch_lr.LambdaLR(o, lambda epoch: 1 / (1 + epoch)),
    "linear": lambda o: torch_lr.LinearLR(o, 0.1, 1.0, 4),
    "one cycle": lambda o: torch_lr.OneCycleLR(o, 1.0, 20),
    "sequence": lambda o: torch_lr.SequentialLR(
        o, [torch_lr.LinearLR(o, 0.1, 1.0, 3), torch_lr.ExponentialLR(o, 0.5)], [3]
    ),
}


def torch_values(make, n, groups):
    optimizer = make_optimizer(groups)
    scheduler, seen = make(optimizer), []
    for _ in range(n):
        seen.append([group["lr"] for group in optimizer.param_groups])
        optimizer.step()
        scheduler.step()
    return seen


@pytest.mark.parametrize("cycle_size", [2, 5, 8])
def test_cosine_is_its_formula(cycle_size):
    simulated = CosineAnnealingScheduler.simulate_values(
        3 * cycle_size, start_value=1.0, end_value=0.2, cycle_size=cycle_size
    )
    t = np.arange(3 * cycle_size) % cycle_size
    np.testing.assert_allclose(
        values(simulated), 0.2 + 0.4 * (1 + np.cos(np.pi * t / cycle_size)), rtol=1e-12
    )


def test_cosine_is_torchs_cosine_within_a_cycle():
    optimizer = make_optimizer()
    ours = run(CosineAnnealingScheduler(optimizer, "lr", 1.0, 0.0, 10), 10)
    theirs = torch_values(lambda o: torch_lr.CosineAnnealingLR(o, 10), 10, 1)
    np.testing.assert_allclose(ours, theirs, atol=1e-12)


@pytest.mark.parametrize(
    ("monotonic", "turns", "heights"), [(False, [0, 2, 4], [1, 0, 1]), (True, [0, 4], [1, 0])]
)
def test_linear_goes_there_and_back_or_only_there(monotonic, turns, heights):
    simulated = LinearCyclicalScheduler.simulate_values(
        8, start_value=1.0, end_value=0.0, cycle_size=4, monotonic=monotonic
    )
    np.testing.assert_allclose(values(simulated), np.interp(np.arange(8) % 4, turns, heights))


def test_cycles_grow_and_shrink_and_warm_up():
    simulated = values(
        LinearCyclicalScheduler.simulate_values(
            14,
            start_value=1.0,
            end_value=0.2,
            cycle_size=3,
            warmup_duration=2,
            cycle_mult=1.5,
            start_value_mult=0.5,
            end_value_mult=2.0,
            monotonic=True,
        )
    )
    first = np.linspace(1.0, 0.2, 4)[:3]
    up = np.linspace(0.2, 0.5, 3)[:2]
    second = np.linspace(0.5, 0.4, 5)[:4]  # 3 x 1.5, rounded down
    up_again = np.linspace(0.4, 0.25, 4)[:3]
    third = np.linspace(0.25, 0.8, 7)[:2]
    np.testing.assert_allclose(simulated, np.concatenate([first, up, second, up_again, third]))


def test_piecewise_is_interpolation():
    milestones = [(2, 0.5), (5, 1.0), (9, 0.0)]
    simulated = PiecewiseLinear.simulate_values(12, milestones_values=milestones)
    np.testing.assert_allclose(
        values(simulated), np.interp(np.arange(12), *zip(*milestones, strict=True))
    )


def test_of_two_milestones_at_one_event_the_later_counts():
    simulated = PiecewiseLinear.simulate_values(
        5, milestones_values=[(0, 0.4), (2, 0.2), (2, 0.7), (3, 1.0)]
    )
    np.testing.assert_allclose(values(simulated), [0.4, 0.3, 0.7, 1.0, 1.0])


def test_concatenated_schedules_follow_each_other():
    optimizer = make_optimizer()
    parts = [
        LinearCyclicalScheduler(optimizer, "lr", 1.0, 0.0, 4),
        CosineAnnealingScheduler(optimizer, "lr", 0.0, 1.0, 4),
        PiecewiseLinear(optimizer, "lr", [(0, 0.3), (4, 0.7)]),
    ]
    simulated = values(ConcatScheduler.simulate_values(12, parts, [3, 4]))
    expected = [1.0, 0.5, 0.0]
    expected += [(1 - math.cos(math.pi * t / 4)) / 2 for t in range(4)]
    expected += [0.3, 0.4, 0.5, 0.6, 0.7]
    np.testing.assert_allclose(simulated, expected, atol=1e-12)
    assert optimizer.param_groups[0]["lr"] == 1.0
    assert [part.event_index for part in parts] == [0, 0, 0]
    np.testing.assert_allclose(np.ravel(run(ConcatScheduler(parts, [3, 4]), 12)), simulated)


@pytest.mark.parametrize("name", TORCH)
@pytest.mark.parametrize("groups", [1, 2])
def test_torchs_schedulers_give_torchs_values(name, groups):
    expected = torch_values(TORCH[name], 8, groups)
    torch_scheduler = TORCH[name](make_optimizer(groups))
    simulated = LRScheduler.simulate_values(8, torch_scheduler)
    np.testing.assert_allclose([value for _, *value in simulated], expected)
    assert torch_scheduler.last_epoch == 0
    np.testing.assert_allclose(run(LRScheduler(torch_scheduler), 8), expected)


def test_legacy_steps_at_once():
    optimizer = make_optimizer()
    scheduler = LRScheduler(TORCH["exponential"](optimizer), use_legacy=True)
    optimizer.step()
    seen = []
    for _ in range(3):
        scheduler(None)
        seen.append(optimizer.param_groups[0]["lr"])
    assert seen == [0.5, 0.25, 0.125]


@pytest.mark.parametrize("name", TORCH)
@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize("end", [None, 0.5])
def test_after_a_warmup_the_schedule_runs_from_its_start(name, groups, end):
    after = torch_values(TORCH[name], 6, groups)
    ends = after[0] if end is None else [end] * groups
    warmup = [[value * done for value in ends] for done in (0, 1 / 3, 2 / 3, 1)]
    expected = warmup + (after[1:] if end is None else after)
    simulated = [None] * len(expected)
    schedule = create_lr_scheduler_with_warmup(
        TORCH[name](make_optimizer(groups)), 0.0, 4, end, output_simulated_values=simulated
    )
    np.testing.assert_allclose([value for _, *value in simulated], expected, atol=1e-15)
    np.testing.assert_allclose(run(schedule, len(expected)), expected, atol=1e-15)


def test_a_warmup_before_one_of_ours():
    optimizer = make_optimizer(lr=0.8)
    cosine = CosineAnnealingScheduler(optimizer, "lr", 0.8, 0.0, 10)
    schedule = create_lr_scheduler_with_warmup(cosine, 0.0, 5)
    seen = np.ravel(run(schedule, 14))
    expected = [0.0, 0.2, 0.4, 0.6] + [0.4 * (1 + math.cos(math.pi * t / 10)) for t in range(10)]
    np.testing.assert_allclose(seen, expected, atol=1e-12)


def test_one_group_or_all_and_the_history():
    for index, expected in ((None, [[0.0, 0.0], [0.5, 0.5]]), (1, [[0.0], [0.5]])):
        optimizer = make_optimizer(groups=2)
        scheduler = PiecewiseLinear(
            optimizer, "momentum", [(0, 0.0), (2, 1.0)], save_history=True, param_group_index=index
        )
        source = RecordingEventSource()
        source.add_event_handler(Events.ITERATION_STARTED, scheduler)
        source.run([1, 2])
        assert source.state.param_history == {"momentum": expected}
        momenta = [group["momentum"] for group in optimizer.param_groups]
        assert momenta == ([0.5, 0.5] if index is None else [0.9, 0.5])


def test_history_of_a_schedule_with_warmup_is_kept_once():
    scheduler = create_lr_scheduler_with_warmup(
        TORCH["exponential"](make_optimizer()), 0.0, 2, save_history=True
    )
    source = RecordingEventSource()
    source.add_event_handler(Events.ITERATION_STARTED, scheduler)
    source.run([1, 2, 3], lambda _: scheduler.optimizer.step())
    assert source.state.param_history == {"lr": [[0.0], [1.0], [0.5]]}


def test_a_rate_that_is_a_tensor_stays_the_same_tensor():
    rate = torch.tensor(1.0)
    optimizer = torch.optim.Adam([torch.zeros(1, requires_grad=True)], lr=rate)
    scheduler = PiecewiseLinear(optimizer, "lr", [(0, 0.25)])
    scheduler(None)
    assert optimizer.param_groups[0]["lr"] is rate
    assert rate == 0.25


def test_the_last_value_of_a_run_of_many_cycles():
    sizes = list(accumulate([4, 8, 16]))
    scheduler = LinearCyclicalScheduler(make_optimizer(), "lr", 1.0, 0.0, 4, cycle_mult=2.0)
    for event in range(sizes[-1]):
        assert (scheduler.get_param() == 1.0) == (event in (0, *sizes))
        scheduler(None)
    again = LinearCyclicalScheduler(make_optimizer(), "lr", 1.0, 0.0, 4, cycle_mult=2.0)
    again.load_state_dict(scheduler.state_dict())
    assert (again.cycle, again.cycle_size) == (3, 32)
