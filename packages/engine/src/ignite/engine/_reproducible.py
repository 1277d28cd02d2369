"""Data loaders whose batches can be begun anywhere, the same in every process."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Iterable, Iterator, Sized
from itertools import islice
from typing import Any, cast

import torch
from torch.utils.data import BatchSampler, DataLoader

from ignite.engine._random_state import manual_seed

__all__ = ["ReproducibleBatchSampler", "SeedingBatchSampler", "update_dataloader"]


class ReproducibleBatchSampler(BatchSampler):
    """Draws all batches of indices at once, so that the first can be left out unseen.

    What the process draws between two batches then cannot change the batches to come.
    A batch sampler without a length is drawn from as it goes.

    Args:
        batch_sampler: gives batches of indices.
        start_iteration: how many batches the next iteration leaves out; later ones
            begin with the first.

    Raises:
        TypeError: ``batch_sampler`` cannot be iterated.

    >>> from torch.utils.data import BatchSampler
    >>> sampler = ReproducibleBatchSampler(BatchSampler(range(6), 2, False), start_iteration=1)
    >>> list(sampler), list(sampler)
    ([[2, 3], [4, 5]], [[0, 1], [2, 3], [4, 5]])
    """

    def __init__(
        self, batch_sampler: Iterable[list[Any]] | None, start_iteration: int | None = None
    ) -> None:
        if not isinstance(batch_sampler, Iterable):
            raise TypeError(
                f"batch_sampler is iterated for batches of indices, got {batch_sampler!r}; give "
                "a torch.utils.data.BatchSampler, such as the one of a DataLoader."
            )
        self.batch_sampler = batch_sampler
        self.start_iteration = start_iteration
        self._drawn: Iterable[list[Any]] | None = None

    def setup_batch_indices(self) -> None:
        """Draw the batches of the next iteration now, rather than when its first is taken."""
        sized = isinstance(self.batch_sampler, Sized)
        self._drawn = list(self.batch_sampler) if sized else self.batch_sampler

    def __iter__(self) -> Iterator[list[Any]]:
        start, self.start_iteration = self.start_iteration, None
        if self._drawn is None:
            self.setup_batch_indices()
        drawn, self._drawn = self._drawn, None
        assert drawn is not None
        yield from islice(drawn, start, None)

    def __len__(self) -> int:
        return len(cast(Sized, self.batch_sampler))


class SeedingBatchSampler(ReproducibleBatchSampler):
    """Seeds the worker that a batch is sent to, by the batch's number and indices.

    What a worker draws for a batch then depends neither on the batches before it nor on
    the number of workers.
    """

    def __iter__(self) -> Iterator[Any]:
        first = self.start_iteration or 0
        entropy = torch.get_rng_state().numpy().tobytes()  # of this epoch, and not used up
        for number, batch in enumerate(super().__iter__(), start=first):
            # The indices tell apart the ranks of a distributed run, which may be seeded alike.
            digest = hashlib.sha256(f"{number} {batch} ".encode() + entropy).digest()
            yield _Parcel(batch, int.from_bytes(digest[:8], "little"))


class _Parcel:
    """A batch of indices that seeds the process in which it is unpickled."""

    def __init__(self, batch: Any, seed: int) -> None:
        self._content = batch, seed

    def __reduce__(self) -> Any:
        return _opened, self._content


def _opened(batch: Any, seed: int) -> Any:
    manual_seed(seed)
    return batch


def update_dataloader(
    dataloader: DataLoader[Any], new_batch_sampler: BatchSampler
) -> DataLoader[Any]:
    """Return a data loader like ``dataloader`` that takes its batches from another sampler.

    The two share the dataset and all else but running workers.

    >>> from torch.utils.data import BatchSampler, DataLoader
    >>> loader = DataLoader([1, 2, 3, 4], batch_size=4)
    >>> [batch.tolist() for batch in update_dataloader(loader, BatchSampler([3, 0], 1, False))]
    [[4], [1]]
    """
    updated = copy.copy(dataloader)
    # Past the loader's own guard, which is there for those who think that this changes a loader
    # whose workers run already.
    vars(updated).update(batch_sampler=new_batch_sampler, _iterator=None)
    return updated
