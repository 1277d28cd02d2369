"""How samples are divided, in worlds of which only some ranks are played."""

import random
from collections import Counter

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils.data import RandomSampler, Sampler, SequentialSampler
from torch.utils.data.distributed import DistributedSampler

from ignite.distributed.auto import DistributedBatchSampler, DistributedProxySampler

LARGEST = 16_384

unhurried = settings(deadline=None)

lengths, sizes = st.integers(0, 60), st.integers(1, 9)
large_lengths, large_sizes = st.integers(1, 4 * LARGEST), st.integers(1, LARGEST)


def all_ranks(kind, sampler, size, *args, epoch=0):
    """Return what each rank draws, as a list of lists."""
    drawn = []
    for rank in range(size):
        torch.manual_seed(rank)  # each rank has a random state of its own
        random.seed(rank)
        np.random.seed(rank)
        split = kind(sampler, *args, num_replicas=size, rank=rank)
        split.set_epoch(epoch)
        drawn.append(list(split))
        assert len(split) == len(drawn[-1])
    return drawn


def shuffled(length, shuffle=True):
    return (RandomSampler if shuffle and length else SequentialSampler)(range(length))


class ByPython(Sampler):
    def __len__(self):
        return 11

    def __iter__(self):
        return iter(random.sample(range(11), 11))


class ByNumpy(ByPython):
    def __iter__(self):
        return iter(np.random.permutation(11).tolist())


class Once(Sampler):
    def __init__(self, length):
        self.left = list(range(length))

    def __len__(self):
        return 5

    def __iter__(self):
        while self.left:
            yield self.left.pop(0)


class TestProxySampler:
    @unhurried
    @given(length=lengths, size=sizes, epoch=st.integers(0, 5), shuffle=st.booleans())
    def test_the_shares_make_up_the_whole(self, length, size, epoch, shuffle):
        sampler = shuffled(length, shuffle)
        shares = all_ranks(DistributedProxySampler, sampler, size, epoch=epoch)
        whole = [index for row in zip(*shares, strict=True) for index in row]
        torch.manual_seed(epoch)  # what is drawn again and again fills up
        drawn = [index for _ in range(size) for index in sampler]
        assert whole == drawn[: -(-length // size) * size]

    @pytest.mark.parametrize("sampler", [ByPython(), ByNumpy()])
    def test_ranks_draw_alike_from_whatever_generator(self, sampler):
        shares = all_ranks(DistributedProxySampler, sampler, 3)
        counts = Counter(index for share in shares for index in share)
        assert (set(counts), counts.total()) == (set(range(11)), 12)
        assert all_ranks(DistributedProxySampler, sampler, 3, epoch=1) != shares

    def test_a_sampler_that_is_drawn_only_once(self):
        assert list(DistributedProxySampler(Once(5), 4, 3)) == [3, 2]

    def test_the_global_random_states_stay(self):
        def states():
            return torch.get_rng_state().tolist(), random.getstate(), str(np.random.get_state())

        before = states()
        list(DistributedProxySampler(RandomSampler(range(9)), 2, 0))
        assert states() == before

    def test_epochs_differ(self):
        proxy = DistributedProxySampler(RandomSampler(range(99)), 2, 0)
        first = list(proxy)
        assert list(proxy) == first
        proxy.set_epoch(1)
        assert list(proxy) != first

    def test_the_world_is_the_default(self):
        proxy = DistributedProxySampler(SequentialSampler(range(3)))
        assert list(proxy) == [0, 1, 2]

    @pytest.mark.parametrize(
        ("sampler", "message"),
        [
            ([1, 2], "must be a torch Sampler"),
            (DistributedSampler(range(3), 1, 0), "distributed already"),
            (type("Endless", (Sampler,), {})(), "has no length"),
        ],
    )
    def test_what_cannot_be_split(self, sampler, message):
        with pytest.raises(TypeError, match=message):
            DistributedProxySampler(sampler, 2, 0)


class TestBatchSampler:
    @unhurried
    @given(length=lengths, size=sizes, batch_size=st.integers(1, 8), shuffle=st.booleans())
    def test_each_index_comes_once(self, length, size, batch_size, shuffle):
        sampler = shuffled(length, shuffle)
        ranks = all_ranks(DistributedBatchSampler, sampler, size, batch_size)
        batches = [batch for rank in ranks for batch in rank]
        assert sorted(index for batch in batches for index in batch) == list(range(length))
        fewest, most = min(map(len, batches), default=1), max(map(len, batches), default=1)
        assert 1 <= fewest <= most <= min(fewest + 1, batch_size)
        steps = list(map(len, ranks))
        assert max(steps) == -(-length // (size * batch_size))  # no more than there must be
        assert sorted(set(steps), reverse=True) in ([steps[0]], [steps[0], steps[0] - 1])
        even = DistributedBatchSampler(sampler, batch_size, False, size, 0).even_steps
        assert even is (len(set(steps)) == 1)
        assert even or batch_size == 1 or length < size

    @unhurried
    @given(length=lengths, size=sizes, batch_size=st.integers(1, 8))
    def test_what_does_not_fill_a_step_is_dropped(self, length, size, batch_size):
        ranks = all_ranks(DistributedBatchSampler, shuffled(length), size, batch_size, True)
        indices = [index for rank in ranks for batch in rank for index in batch]
        assert len(set(indices)) == len(indices) == length - length % (size * batch_size)
        assert {len(batch) for rank in ranks for batch in rank} <= {batch_size}
        assert len(set(map(len, ranks))) == 1

    @unhurried
    @given(length=large_lengths, size=large_sizes, batch_size=st.integers(1, 64), data=st.data())
    def test_ranks_of_large_worlds_meet(self, length, size, batch_size, data):
        """Where a rank's batch ends, the next rank's begins: so nothing is lost in between."""
        rank = data.draw(st.integers(0, size - 1))
        sampler = SequentialSampler(range(length))
        own, following = (
            [(batch[0], batch[-1] + 1) for batch in split]
            for split in (
                DistributedBatchSampler(sampler, batch_size, False, size, r)
                for r in (rank, (rank + 1) % size)
            )
        )
        ends = [end for _, end in own]
        begins = [begin for begin, _ in following]
        if rank == size - 1:  # and where it is the last rank's, the next step begins
            begins = begins[1:]
            assert not following or following[0][0] == 0
        begins += [length] * (len(ends) - len(begins))
        assert ends == begins

    def test_epochs_differ(self):
        split = DistributedBatchSampler(RandomSampler(range(99)), 4, False, 2, 1)
        first = list(split)
        assert list(split) == first
        split.set_epoch(1)
        assert list(split) != first

    @pytest.mark.parametrize("batch_size", [0, -1, 1.5, None])
    def test_sizes_that_are_none(self, batch_size):
        with pytest.raises(ValueError, match="batch_size"):
            DistributedBatchSampler(SequentialSampler(range(3)), batch_size)
