import warnings

import pytest
import torch
import torch.distributed as dist
import torch.testing._internal.distributed.fake_pg
from hypothesis import given
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
from ignite.distributed.interface import UnsupportedOperation

DATA = TensorDataset(torch.arange(11))


class Stream(IterableDataset):
    def __iter__(self):
        return iter(range(7))


@pytest.fixture
def rank_1_of_3(monkeypatch):
    """A rank of a world whose other ranks do not exist: enough for arithmetic."""
    monkeypatch.setenv("GROUP_RANK", "0")
    dist.init_process_group("fake", store=dist.HashStore(), rank=1, world_size=3)
    store = dist.distributed_c10d._get_default_store()
    for rank in (0, 2):
        store.set(f"ignite/node/{rank}", "node 0")
    yield
    dist.destroy_process_group()


class TestAlone:
    def test_the_arguments_are_those_of_the_loader(self):
        loader = idist.auto_dataloader(DATA, batch_size=4, drop_last=True, num_workers=1)
        assert (loader.batch_size, loader.num_workers, len(loader)) == (4, 1, 2)
        assert isinstance(loader.sampler, SequentialSampler)
        assert not loader.pin_memory

    def test_a_model_is_moved_and_left_as_it_is(self):
        model = torch.nn.Linear(2, 1)
        assert idist.auto_model(model, sync_bn=True) is model
        assert model.weight.device.type == idist.device().type


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

    def test_sampler_and_shuffle_exclude_each_other(self):
        with pytest.raises(ValueError, match="shuffle"):
            idist.auto_dataloader(DATA, sampler=RandomSampler(DATA), shuffle=True)


class TestProxySampler:
    @given(
        length=st.integers(0, 30),
        ranks=st.integers(1, 8),
        epoch=st.integers(0, 5),
        shuffle=st.booleans(),
    )
    def test_the_shares_make_up_the_whole(self, length, ranks, epoch, shuffle):
        shares = []
        for rank in range(ranks):
            torch.manual_seed(rank)  # each rank has a random state of its own
            sampler = (RandomSampler if shuffle and length else SequentialSampler)(range(length))
            proxy = idist.DistributedProxySampler(sampler, num_replicas=ranks, rank=rank)
            proxy.set_epoch(epoch)
            shares.append(list(proxy))
            assert len(shares[-1]) == len(proxy) == -(-length // ranks)
        whole = [index for row in zip(*shares, strict=True) for index in row]
        assert sorted(whole[:length]) == list(range(length))
        assert whole[length:] == (whole[:length] * ranks)[: len(whole) - length]

    def test_the_global_random_state_stays(self):
        torch.manual_seed(0)
        state = torch.get_rng_state()
        list(idist.DistributedProxySampler(RandomSampler(range(9)), 2, 0))
        assert torch.equal(torch.get_rng_state(), state)

    def test_epochs_differ(self):
        proxy = idist.DistributedProxySampler(RandomSampler(range(99)), 2, 0)
        first = list(proxy)
        assert list(proxy) == first
        proxy.set_epoch(1)
        assert list(proxy) != first

    def test_the_world_is_the_default(self):
        proxy = idist.DistributedProxySampler(SequentialSampler(range(3)))
        assert list(proxy) == [0, 1, 2]

    @pytest.mark.parametrize(
        ("sampler", "message"),
        [
            ([1, 2], "must be a torch Sampler"),
            (DistributedSampler(range(3), 1, 0), "distributed already"),
            (type("Endless", (torch.utils.data.Sampler,), {})(), "has no length"),
        ],
    )
    def test_what_cannot_be_split(self, sampler, message):
        with pytest.raises(TypeError, match=message):
            idist.DistributedProxySampler(sampler, 2, 0)


def test_a_world_without_torch_distributed_cannot_average():
    class Pair(SerialBackend):
        world_size = 2

    with use_backend(Pair()), pytest.raises(UnsupportedOperation, match="all_reduce"):
        idist.auto_model(torch.nn.Linear(1, 1))
