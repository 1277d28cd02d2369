"""What comes of loaders and models on real ranks, many things in one world."""

import importlib
from collections import Counter
from pathlib import Path

import pytest
import torch

from ignite.distributed.testing import run_world


@pytest.fixture(scope="module")
def scenes():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(Path(__file__).parent / "scripts")  # where new processes look, too
        yield importlib.import_module("auto_scenes")


@pytest.fixture(scope="module")
def loader_scenes(scenes):
    return importlib.import_module("auto_loader_scenes")


@pytest.fixture(scope="module", params=[2, 3])
def size(request):
    return request.param


@pytest.fixture(scope="module")
def played(scenes, loader_scenes, size):
    """What each rank got in each scene."""
    return run_world(
        scenes.play,
        size,
        {
            "in equally many steps": (scenes.train_each_sample_once, equal_steps(size), False),
            "some a step less": (scenes.train_each_sample_once, unequal_steps(size), True),
            "fills up": (loader_scenes.load, 4 * size - 1, 2 * size),
            "noise": (loader_scenes.noise, [5, 5, 6]),
            "accumulate": (scenes.accumulate, False),
            "accumulate compiled": (scenes.accumulate, True),
            "train compiled": (scenes.train_compiled,),
            "refuse": (scenes.refuse,),
            "leave alone": (scenes.leave_alone,),
        },
    )


def equal_steps(size):
    """Return cases as (samples, total batch size, shuffle, with buffers)."""
    return [
        (size * 5 + 1, size * 2, True, True),
        (size * 4 + 1, size * 4, True, False),
        (size, size * 8, False, True),
        (size * 3, size, True, False),
    ]


def unequal_steps(size):
    return [
        (size * 3 + 1, size, True, False),
        (size * 2 - 1, 1, True, True),
        (1, size * 4, False, False),
    ]


class TestEachSampleOnce:
    @pytest.mark.parametrize(
        ("scene", "cases"),
        [("in equally many steps", equal_steps), ("some a step less", unequal_steps)],
    )
    def test_training(self, scenes, played, size, scene, cases):
        results = zip(*(rank[scene] for rank in played), strict=True)
        for case, ranks in zip(cases(size), results, strict=True):
            self.check_batches(*case[:3], [rank["epochs"] for rank in ranks])
            uneven = len({len(rank["epochs"][0]) for rank in ranks}) > 1
            assert [rank["told"] for rank in ranks] == [uneven] * size
            assert uneven is (cases is unequal_steps)
            expected = self.trained_alone(scenes, ranks, buffers=case[3])
            for rank in ranks:
                torch.testing.assert_close(rank["weights"], expected)

    def check_batches(self, length, batch_size, shuffle, ranks):
        for epoch in range(2):
            batches = [batch for epochs in ranks for batch in epochs[epoch]]
            assert Counter(i for batch in batches for i in batch) == Counter(range(length))
            assert max(map(len, batches)) <= max(1, batch_size // len(ranks))
        same_order = ranks[0][0] == ranks[0][1]
        assert same_order is not shuffle or length < 7  # where it may be so by chance

    def trained_alone(self, scenes, ranks, buffers):
        """Train with the same batches in one process: a step's loss is the mean over the ranks."""
        model = scenes.make_model(buffers=buffers)
        optimizer = scenes.make_optimizer(model)
        for epoch in range(2):
            batches = [rank["epochs"][epoch] for rank in ranks]
            for step in range(max(map(len, batches))):
                optimizer.zero_grad()
                for own in batches:
                    if step < len(own):
                        inputs = torch.stack(
                            [scenes.Samples(None)[index][0] for index in own[step]]
                        )
                        (model(inputs).square().mean() / len(ranks)).backward()
                optimizer.step()
        return dict(model.state_dict())


def test_what_fills_up_is_less_than_the_ranks(played, size):
    batches = [rank["fills up"] for rank in played]
    assert len({tuple(map(len, own)) for own in batches}) == 1
    counts = Counter(i for own in batches for batch in own for i in batch)
    assert (set(counts), counts.total()) == (set(range(4 * size - 1)), 4 * size)


def test_workers_of_no_two_ranks_draw_alike(played, size):
    first, same, other = zip(*(rank["noise"] for rank in played), strict=True)
    assert first == same
    for kind, count in (("torch", 8), ("random", 8), ("numpy", 8), ("seed", 2)):
        drawn = {sample[kind] for rank in (*first, *other) for sample in rank}
        assert len(drawn) == 2 * size * count, kind  # for each seed, on each rank
    for rank in first:
        assert {sample["begun"] for sample in rank} == {0, 1}  # by the user's own function


@pytest.mark.parametrize("scene", ["accumulate", "accumulate compiled"])
def test_accumulation(scenes, played, size, scene):
    batches = scenes.micro_batches(size).unflatten(0, (2, 3)).flatten(1, 2)
    expected = trained_alone(scenes, batches)
    for rank in played:
        reductions, weights = rank[scene]
        assert reductions == [0, 0, 1, 1, 1, 2]
        torch.testing.assert_close(weights, expected)


def test_models_that_were_compiled_before(scenes, played, size):
    expected = trained_alone(scenes, scenes.micro_batches(size))
    for rank in played:
        torch.testing.assert_close(rank["train compiled"], expected)


def trained_alone(scenes, batches):
    model = scenes.make_model()
    optimizer = scenes.make_optimizer(model)
    for inputs in batches:
        optimizer.zero_grad()
        model(inputs).square().mean().backward()
        optimizer.step()
    return dict(model.state_dict())
