"""Gradients averaged by a backend's own operations equal those of one process that has all data."""

import importlib
from pathlib import Path

import pytest
import torch

from ignite.distributed.testing import run_world

SIZE = 2
TAKEN = {
    "alike": [[0, 1, 2], [0, 1, 2]],
    "each another": [[0], [2]],
    "one takes none": [[], [1]],
}
PASSES = [*((taken, False) for taken in TAKEN), ("alike", True)]
BUCKETS = {"one for each": 1e-6, "of some": 1e-4, "all in one": 25.0}


@pytest.fixture(scope="module")
def scenes():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(Path(__file__).parent / "scripts")  # where new processes look, too
        yield importlib.import_module("averaging_scenes")


@pytest.fixture(scope="module")
def played(scenes):
    """What each rank got in each scene."""
    passes = {
        f"{taken} {bucket} {recompute}": ("gradients", TAKEN[taken], BUCKETS[bucket], recompute)
        for taken, recompute in PASSES
        for bucket in BUCKETS
    }
    others = {
        "accumulate": ("accumulate", 3),
        "go on": ("go_on_after_a_failure",),
        "statistics": ("statistics",),
        "train": ("train", False),
        "train compiled": ("train", True),
        "refuse": ("refuse",),
    }
    return run_world(scenes.play, SIZE, {**passes, **others})


def averaged(scenes, losses):
    """Return the gradients of the mean of the losses that ``losses`` makes of one model."""
    model = scenes.Branches(seed=0)
    torch.stack(losses(model)).mean().backward()
    return scenes.copied(model)


@pytest.mark.parametrize("bucket", BUCKETS)
@pytest.mark.parametrize(("taken", "recompute"), PASSES)
def test_gradients_are_those_of_the_mean_loss(scenes, played, taken, bucket, recompute):
    def losses(steps):
        return lambda model: [
            sum(model(scenes.data(rank, step), TAKEN[taken][rank]) for step in range(steps))
            for rank in range(SIZE)
        ]

    for step in range(2):
        expected = averaged(scenes, losses(step + 1))
        for rank in played:
            found = rank[f"{taken} {bucket} {recompute}"][step]
            assert found.keys() == expected.keys()
            for name, gradient in expected.items():
                if gradient is None:
                    assert found[name] is None, name
                else:
                    torch.testing.assert_close(found[name], gradient)


def test_accumulation_is_averaged_once(scenes, played):
    expected = averaged(
        scenes,
        lambda model: [
            sum(model(scenes.data(rank, step), [0]) for step in range(3)) for rank in range(SIZE)
        ],
    )
    for rank in played:
        torch.testing.assert_close(rank["accumulate"], expected)


def test_a_pass_that_failed_leaves_nothing(scenes, played):
    expected = averaged(
        scenes, lambda model: [model(scenes.data(rank, 0), [0]) for rank in range(SIZE)]
    )
    for rank in played:
        torch.testing.assert_close(rank["go on"], expected)


def test_statistics_are_those_of_the_first_rank(played):
    for rank in played:
        before, seen, _ = rank["statistics"]
        assert not torch.equal(before[0], before[1])
        torch.testing.assert_close(seen, before[0])


@pytest.mark.parametrize("scene", ["train", "train compiled"])
def test_training_equals_that_of_one_process(scenes, played, scene):
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    for step in range(4):
        optimizer.zero_grad()
        model(torch.cat([scenes.data(rank, step) for rank in range(SIZE)])).mean().backward()
        optimizer.step()
    for rank in played:
        torch.testing.assert_close(rank[scene], list(model.parameters()))
