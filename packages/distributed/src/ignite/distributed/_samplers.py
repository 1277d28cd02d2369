"""Samplers that split what any sampler draws between the ranks."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

import torch
from torch.utils.data import BatchSampler, Sampler
from torch.utils.data.distributed import DistributedSampler

from ignite.distributed._current import current_backend

__all__ = ["DistributedBatchSampler", "DistributedProxySampler"]


class DistributedProxySampler(DistributedSampler[Any]):
    """Splits any sampler between the ranks, evenly.

    Every rank draws the whole sampler with the same random state, one per epoch (see
    ``set_epoch``), and keeps each ``num_replicas``-th index from its own rank on. So that all
    ranks get equally many, the sampler is drawn again for the indices that lack, less than
    ``num_replicas``. The global random state of torch, Python and NumPy is
    left as it was. A sampler with a generator of its own must have it seeded alike on all ranks.

    Args:
        sampler: a sampler that has a length.
        num_replicas: number of ranks; by default those of the current world.
        rank: by default this rank.

    Raises:
        TypeError: it is no sampler, a distributed one already, or has no length.

    >>> sampler = torch.utils.data.SequentialSampler(range(5))
    >>> list(DistributedProxySampler(sampler, num_replicas=2, rank=1))
    [1, 3, 0]
    """

    def __init__(
        self, sampler: Sampler[Any], num_replicas: int | None = None, rank: int | None = None
    ) -> None:
        if not isinstance(sampler, Sampler):
            raise TypeError(f"sampler must be a torch Sampler, got {type(sampler).__name__}.")
        if isinstance(sampler, DistributedSampler):
            raise TypeError(
                "sampler is distributed already; use it as it is, or give the one that it splits."
            )
        if not hasattr(sampler, "__len__"):
            raise TypeError(
                f"{type(sampler).__name__} has no length, so it cannot be split evenly; "
                "give it a __len__."
            )
        current = current_backend()
        super().__init__(
            sampler,  # type: ignore[arg-type]  # all it asks of a dataset is a length
            num_replicas=current.world_size if num_replicas is None else num_replicas,
            rank=current.rank if rank is None else rank,
            shuffle=False,
        )
        self.sampler = sampler

    def __iter__(self) -> Iterator[Any]:
        with _random_state(self.seed + self.epoch):
            indices = list(self.sampler)
            total = -(-len(indices) // self.num_replicas) * self.num_replicas
            while len(indices) < total:  # a sampler may be one that is drawn only once
                indices += list(islice(self.sampler, total - len(indices))) or indices
        return iter(indices[self.rank : total : self.num_replicas])

    def draw(self) -> list[Any]:
        """Return this epoch's indices of all ranks, as every rank draws them."""
        with _random_state(self.seed + self.epoch):
            return list(self.sampler)


class DistributedBatchSampler(BatchSampler):
    """Splits any sampler into batches, so that each index is in one batch of one rank.

    Nothing fills up and, without ``drop_last``, nothing is left out. Batches are as large as
    each other, but for one index, and all ranks get equally many. Only where there are not
    enough indices for that, fewer than ranks or with batches of one, have the last ranks one
    batch less; ``even_steps`` tells.

    Args:
        sampler: as of :class:`DistributedProxySampler`, which becomes the attribute ``sampler``.
        batch_size: the largest batch of a rank.
        drop_last: whether to leave out what does not fill a batch on all ranks; then all
            batches are of ``batch_size``.
        num_replicas: number of ranks; by default those of the current world.
        rank: by default this rank.

    Raises:
        TypeError: what :class:`DistributedProxySampler` raises.
        ValueError: ``batch_size`` is no positive integer.

    >>> sampler = torch.utils.data.SequentialSampler(range(9))
    >>> [list(DistributedBatchSampler(sampler, 4, num_replicas=2, rank=rank)) for rank in (0, 1)]
    [[[0, 1], [4, 5]], [[2, 3], [6, 7, 8]]]
    """

    sampler: DistributedProxySampler

    def __init__(
        self,
        sampler: Sampler[Any],
        batch_size: int,
        drop_last: bool = False,
        num_replicas: int | None = None,
        rank: int | None = None,
    ) -> None:
        split = DistributedProxySampler(sampler, num_replicas, rank)
        super().__init__(split, batch_size, drop_last)

    @property
    def even_steps(self) -> bool:
        """Whether all ranks get equally many batches."""
        _, batches = self._plan(self._length)
        return batches % self.sampler.num_replicas == 0

    def set_epoch(self, epoch: int) -> None:
        """Let the next iteration draw as that of the ``epoch``-th epoch."""
        self.sampler.set_epoch(epoch)

    def __iter__(self) -> Iterator[list[Any]]:
        indices = self.sampler.draw()
        used, batches = self._plan(len(indices))
        for number in self._own(batches):
            yield indices[number * used // batches : (number + 1) * used // batches]

    def __len__(self) -> int:
        _, batches = self._plan(self._length)
        return len(self._own(batches))

    @property
    def _length(self) -> int:
        return len(self.sampler.sampler)

    def _plan(self, length: int) -> tuple[int, int]:
        """Return how many indices are used, and in how many batches of all ranks together."""
        ranks = self.sampler.num_replicas
        step = ranks * self.batch_size
        if self.drop_last:
            return length - length % step, length // step * ranks
        return length, min(length, -(-length // step) * ranks)

    def _own(self, batches: int) -> range:
        """Return the numbers of this rank's batches; those of one step follow each other."""
        return range(self.sampler.rank, batches, self.sampler.num_replicas)


@contextmanager
def _random_state(seed: int) -> Iterator[None]:
    """Seed what samplers draw from, and put it back as it was."""
    numpy: Any = sys.modules.get("numpy")
    with torch.random.fork_rng(devices=[]):
        python_state, numpy_state = random.getstate(), numpy and numpy.random.get_state()
        torch.manual_seed(seed)
        random.seed(seed)
        if numpy:
            numpy.random.seed(seed % 2**32)
        try:
            yield
        finally:
            random.setstate(python_state)
            if numpy:
                numpy.random.set_state(numpy_state)
