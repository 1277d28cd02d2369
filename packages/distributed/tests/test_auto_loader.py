"""How a data loader's samples, workers and batches are divided."""

import warnings

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch.utils.data import (
    BatchSampler,
    IterableDataset,
    RandomSampler,
    SequentialSampler,
    TensorDataset,
    WeightedRandomSampler,
)
from torch.utils.data.distributed import DistributedSampler

import ignite.distributed as idist
from ignite.distributed._current import use_backend
from ignite.distributed.backends.serial import SerialBackend

DATA = TensorDataset(torch.arange(11))
LARGEST = 16_384

unhurried = settings(deadline=None)


class Stream(IterableDataset):
    def __iter__(self):
        return iter(range(7))


@pytest.fixture
def rank_1_of_3():
    with use_backend(world(3, rank=1)):
        yield


def test_the_arguments_are_those_of_the_loader():
    loader = idist.auto_dataloader(DATA, batch_size=4, drop_last=True, num_workers=1)
    assert (loader.batch_size, loader.num_workers, len(loader)) == (4, 1, 2)
    assert isinstance(loader.sampler, SequentialSampler)
    loader = idist.auto_dataloader(DATA, batch_size=4, even_batches=False)
    assert [batch[0].tolist() for batch in loader] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10]]


@pytest.mark.parametrize("kind", ["cpu", "cuda"])
def test_memory_is_pinned_for_cuda(kind):
    with use_backend(world(2, device=torch.device(kind))):
        assert idist.auto_dataloader(DATA).pin_memory is (kind == "cuda")
        assert idist.auto_dataloader(DATA, pin_memory=True).pin_memory


@pytest.mark.usefixtures("rank_1_of_3")
class TestSplit:
    @pytest.mark.parametrize(
        ("arguments", "batch_size", "num_workers"),
        [
            ({}, 1, 0),
            ({"batch_size": 8}, 2, 0),
            ({"batch_size": 2}, 1, 0),
            ({"batch_size": None}, None, 0),
            ({"batch_size": 9, "num_workers": 1}, 3, 1),
            ({"batch_size": 9, "num_workers": 4}, 3, 2),
        ],
    )
    def test_totals_are_divided(self, arguments, batch_size, num_workers):
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "This DataLoader will create")
            loader = idist.auto_dataloader(DATA, **arguments)
        assert (loader.batch_size, loader.num_workers) == (batch_size, num_workers)

    def test_each_rank_gets_its_share(self):
        loader = idist.auto_dataloader(DATA, batch_size=6, shuffle=False)
        assert isinstance(loader.sampler, DistributedSampler)
        assert [batch[0].tolist() for batch in loader] == [[1, 4], [7, 10]]

    def test_it_is_shuffled_by_default(self):
        sampler = idist.auto_dataloader(DATA).sampler
        orders = []
        for epoch in range(3):
            sampler.set_epoch(epoch)
            orders.append(tuple(sampler))
        assert len(set(orders)) == 3

    def test_samplers_are_split(self):
        sampler = WeightedRandomSampler([1.0] * 11, 9)
        loader = idist.auto_dataloader(DATA, batch_size=3, sampler=sampler)
        assert isinstance(loader.sampler, idist.DistributedProxySampler)
        assert (loader.sampler.sampler, len(loader)) == (sampler, 3)

    def test_split_samplers_are_left(self):
        sampler = DistributedSampler(DATA, 3, 1)
        assert idist.auto_dataloader(DATA, sampler=sampler).sampler is sampler

    def test_what_cannot_be_split_is_told(self):
        with pytest.warns(UserWarning, match="An IterableDataset is not split"):
            assert next(iter(idist.auto_dataloader(Stream(), batch_size=6))).tolist() == [0, 1]
        sampler = BatchSampler(SequentialSampler(DATA), 4, drop_last=False)
        with pytest.warns(UserWarning, match="A batch_sampler is not split"):
            assert idist.auto_dataloader(DATA, batch_sampler=sampler).batch_sampler is sampler

    @pytest.mark.parametrize("even_batches", [True, False])
    def test_sampler_and_shuffle_exclude_each_other(self, even_batches):
        with pytest.raises(ValueError, match="shuffle"):
            idist.auto_dataloader(
                DATA, sampler=RandomSampler(DATA), shuffle=True, even_batches=even_batches
            )

    @pytest.mark.parametrize(
        "arguments", [{"batch_size": 0}, {"batch_size": -4}, {"num_workers": -1}, {"nonsense": 1}]
    )
    @pytest.mark.parametrize("even_batches", [True, False])
    def test_nonsense_stays_nonsense(self, arguments, even_batches):
        with pytest.raises((ValueError, TypeError), match=next(iter(arguments))):
            idist.auto_dataloader(DATA, even_batches=even_batches, **arguments)

    def test_each_sample_once(self):
        loader = idist.auto_dataloader(
            DATA, batch_size=9, even_batches=False, shuffle=False, batch_sampler=None
        )
        assert [batch[0].tolist() for batch in loader] == [[1, 2], [7, 8]]
        loader = idist.auto_dataloader(DATA, batch_size=9, even_batches=False, drop_last=True)
        assert [len(batch[0]) for batch in loader] == [3]
        orders = []
        for epoch in range(2):
            loader.sampler.set_epoch(epoch)
            orders.append([batch[0].tolist() for batch in loader])
        assert orders[0] != orders[1]

    def test_unequally_many_steps_are_told(self):
        with pytest.warns(UserWarning, match="join_uneven_inputs"):
            loader = idist.auto_dataloader(DATA, even_batches=False)
        assert len(loader) == 4
        with pytest.warns(UserWarning, match="join_uneven_inputs"):
            loader = idist.auto_dataloader([0], batch_size=6, even_batches=False)
        assert list(loader) == []


@pytest.mark.parametrize(
    ("dataset", "arguments"),
    [
        (Stream(), {}),
        (DATA, {"batch_sampler": BatchSampler(SequentialSampler(DATA), 4, drop_last=False)}),
        (DATA, {"sampler": DistributedSampler(DATA, 3, 1)}),
        (DATA, {"batch_size": None}),
    ],
)
@pytest.mark.parametrize("world_size", [1, 2])
def test_what_cannot_be_planned_anew(dataset, arguments, world_size):
    with use_backend(world(world_size)), pytest.raises(ValueError, match="even_batches=False"):
        idist.auto_dataloader(dataset, even_batches=False, **arguments)


class TestShares:
    @unhurried
    @given(
        length=st.integers(1, 4 * LARGEST),
        size=st.integers(2, LARGEST),
        total=st.integers(1, 4 * LARGEST),
        drop_last=st.booleans(),
        data=st.data(),
    )
    def test_shares_in_large_worlds(self, length, size, total, drop_last, data):
        rank = data.draw(st.integers(0, size - 1))
        share = [(rank + k * size) % length for k in range(-(-length // size))]
        own = max(1, total // size)
        steps = len(share) // own if drop_last else -(-len(share) // own)
        for sampler in (None, SequentialSampler(range(length))):
            given = {"shuffle": False} if sampler is None else {"sampler": sampler}
            with use_backend(world(size, rank)):
                loader = idist.auto_dataloader(
                    range(length), batch_size=total, drop_last=drop_last, **given
                )
            batches = list(loader.batch_sampler)
            assert [index for batch in batches for index in batch] == share[: steps * own]
            assert len(loader) == len(batches) == steps

    @unhurried
    @given(
        length=st.integers(0, 60),
        size=st.integers(2, 9),
        total=st.integers(1, 60),
        shuffle=st.booleans(),
        weighted=st.booleans(),
    )
    @example(length=0, size=2, total=2, shuffle=True, weighted=False)
    @pytest.mark.filterwarnings("ignore:Some ranks take a step less")
    def test_each_sample_comes_once(self, length, size, total, shuffle, weighted):
        arguments = {"batch_size": total, "even_batches": False}
        drawn = list(range(length))
        if weighted and length:
            weights = torch.arange(1.0, length + 1)
            arguments["sampler"] = WeightedRandomSampler(weights, length)
            torch.manual_seed(3)
            drawn = sorted(arguments["sampler"])
        else:
            arguments["shuffle"] = shuffle
        indices = []
        for rank in range(size):
            with use_backend(world(size, rank)):
                loader = idist.auto_dataloader(range(length), **arguments)
            loader.sampler.set_epoch(3)
            indices += [index for batch in loader for index in batch.tolist()]
        assert sorted(indices) == drawn


def world(size, rank=0, **more):
    """A rank of a world whose other ranks do not exist: enough for arithmetic."""
    place = {"rank": rank, "world_size": size, "nproc_per_node": size, **more}
    return type("World", (SerialBackend,), place)()
