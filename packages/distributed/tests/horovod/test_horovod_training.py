"""Ranks of Horovod train as one process does that has all their data."""

import importlib
from pathlib import Path

import pytest
import torch

from ignite.distributed.testing import run_world

SIZE = 2


@pytest.fixture(scope="module")
def scenes():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(Path(__file__).parent / "scripts")  # where new processes look, too
        yield importlib.import_module("horovod_training")


@pytest.fixture(scope="module")
def played(scenes):
    """What each rank got in each scene."""
    names = ("equal_at_the_start", "two_at_once", "resume", "refuse")
    training = {kind: ("train", kind) for kind in scenes.OPTIMIZERS}
    once = {name: (name,) for name in names}
    return run_world(
        scenes.play, SIZE, {**training, **once, "passes": ("accumulate", 3)}, backend="horovod"
    )


@pytest.mark.parametrize("kind", ["SGD", "AdamW"])
def test_weights_are_those_of_one_process(scenes, played, kind):
    model = scenes.network(seed=0).eval()
    optimizer = scenes.OPTIMIZERS[kind](model.parameters())
    for step in range(scenes.STEPS):
        optimizer.zero_grad()
        model(torch.cat([scenes.data(rank, step) for rank in range(SIZE)])).mean().backward()
        optimizer.step()
    for rank in played:
        weights, is_of_its_kind = rank[kind]
        torch.testing.assert_close(weights, scenes.weights(model))
        assert is_of_its_kind


def test_all_begin_with_parameters_and_buffers_of_the_first(scenes, played):
    for rank in played:
        torch.testing.assert_close(
            rank["equal_at_the_start"], scenes.network(seed=0).state_dict(), rtol=0, atol=0
        )


def test_gradients_of_several_passes_add_up(scenes, played):
    model = scenes.network(seed=0).eval()
    optimizer = scenes.OPTIMIZERS["SGD"](model.parameters())
    losses = [model(scenes.data(rank, step)).mean() for rank in range(SIZE) for step in range(3)]
    (sum(losses) / SIZE).backward()
    optimizer.step()
    for rank in played:
        torch.testing.assert_close(rank["passes"], scenes.weights(model))


def test_two_optimizers_do_not_take_each_others_gradients(scenes, played):
    mean = torch.stack([scenes.data(rank, 0).mean(0) for rank in range(SIZE)]).mean(0)
    for rank in played:
        for number, gradient in enumerate(rank["two_at_once"]):
            torch.testing.assert_close(gradient, mean[None] * (1 + number))


def test_all_go_on_with_the_state_of_the_first(scenes, played):
    for rank in played:
        momentum, rate = rank["resume"]
        torch.testing.assert_close(momentum, scenes.data(0, 0).mean(0)[None])
        assert rate == 0.5


def test_options_belong_to_the_optimizer(played):
    for rank in played:
        assert "auto_optim" in rank["refuse"]
