"""Models that FSDP shards over two real ranks, against the same training in one process."""

import copy
import importlib
from pathlib import Path

import pytest
import torch
from torch.distributed.checkpoint.state_dict import set_optimizer_state_dict
from torch.distributed.fsdp import FSDPModule

import ignite.distributed as idist
from ignite.distributed.testing import run_world


@pytest.fixture(scope="module")
def scenes():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(Path(__file__).parent / "scripts")  # where new processes look, too
        yield importlib.import_module("auto_fsdp_scenes")


@pytest.fixture(scope="module")
def trained(scenes):
    """The weights that training alone gives."""
    model = scenes.make_model()
    scenes.train(model, scenes.make_optimizer(model), scenes.batches())
    return dict(model.state_dict())


@pytest.fixture(scope="module")
def played(scenes):
    """What each rank got in each scene."""
    functions = (
        scenes.train_variants,
        scenes.train_compiled,
        scenes.low_precision,
        scenes.accumulate,
        scenes.save_half_way,
        scenes.special,
    )
    return run_world(scenes.play, 2, {function.__name__: (function,) for function in functions})


@pytest.mark.parametrize(
    ("variant", "sharded"),
    [
        ("root only", [""]),
        ("by type", ["", "0", "1"]),
        ("by types", ["", "0", "0.inner", "0.outer", "1", "1.inner", "1.outer", "2"]),
        ("by function", ["", "0", "1"]),
        ("options", ["", "0", "1"]),
        ("mesh", ["", "0", "1"]),
    ],
)
def test_training_equals_that_of_one_process(played, trained, variant, sharded):
    for rank in played:
        found, dimensions, weights = rank["train_variants"][variant]
        assert found == sharded
        assert dimensions == (2 if variant == "mesh" else 1)
        torch.testing.assert_close(weights, trained)


def test_models_that_were_compiled_before(played, trained):
    for rank in played:
        torch.testing.assert_close(rank["train_compiled"], trained)


def test_options_reach_fsdp(played):
    half, single = torch.bfloat16, torch.float32
    assert [rank["low_precision"] for rank in played] == [(half, {single}, {single})] * 2


def test_accumulation(scenes, played):
    model = scenes.make_model()
    optimizer = scenes.make_optimizer(model)
    for batches in scenes.batches().unflatten(0, (2, 3)):
        optimizer.zero_grad()
        model(batches.flatten(0, 1)).square().mean().backward()
        optimizer.step()
    for rank in played:
        counts, weights = rank["accumulate"]
        assert counts == [0, 0, 3, 0, 0, 3]  # of two blocks and what is left
        torch.testing.assert_close(weights, dict(model.state_dict()))


def test_what_two_ranks_saved_goes_on_in_one_process_and_in_two(scenes, played, trained):
    (weights, state), last = played[0]["save_half_way"]
    assert played[1]["save_half_way"][0] == ({}, {})
    torch.testing.assert_close(last, trained)

    model = scenes.make_model(seed=9)
    model.load_state_dict(weights)
    optimizer = scenes.make_optimizer(model)
    set_optimizer_state_dict(model, optimizer, copy.deepcopy(state))
    scenes.train(model, optimizer, scenes.batches()[3:])
    torch.testing.assert_close(dict(model.state_dict()), trained)

    for ended in run_world(scenes.go_on, 2, (weights, state)):
        torch.testing.assert_close(ended, trained)


def test_a_model_that_is_not_trained(scenes, played):
    for rank in played:
        torch.testing.assert_close(rank["special"], dict(scenes.make_model().state_dict()))


def test_one_rank_alone(scenes):
    model = scenes.make_model()
    idist.initialize("gloo")
    try:
        assert isinstance(idist.auto_model(model, strategy="fsdp"), FSDPModule)
    finally:
        idist.finalize()
