"""A data loader that gives each rank its share."""

from __future__ import annotations

import hashlib
import random
import sys
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import torch
from torch.utils.data import (
    DataLoader,
    Dataset,
    IterableDataset,
    RandomSampler,
    SequentialSampler,
    get_worker_info,
)
from torch.utils.data.distributed import DistributedSampler

from ignite.distributed._current import current_backend
from ignite.distributed._samplers import DistributedBatchSampler, DistributedProxySampler

__all__ = ["auto_dataloader"]

Sample = TypeVar("Sample")


def auto_dataloader(
    dataset: Dataset[Sample], *, even_batches: bool = True, **kwargs: Any
) -> DataLoader[Sample]:
    """Return a ``DataLoader`` that gives this rank its share of the dataset.

    In a world of several ranks:

    - ``batch_size`` is the total over all ranks, divided by their number, rounded down, at
      least 1; ``num_workers`` is the total on a node, divided by its ranks, rounded up.
    - Without a ``sampler``, each epoch is split by a ``DistributedSampler``, shuffled unless
      ``shuffle=False``. Any other sampler is split by :class:`DistributedProxySampler`. Call
      ``loader.sampler.set_epoch(epoch)`` to shuffle each epoch differently.
    - Of an ``IterableDataset`` or with a ``batch_sampler`` each rank gets what these yield
      there; it is on them to differ, and a warning says so.
    - Workers draw random numbers that no other rank's do, even if all ranks have the same
      seed, which still decides them. With ``num_workers=0`` samples are loaded in this process,
      with its own random state.

    ``pin_memory`` is on where the device is a CUDA one, unless given. With the xla backend the
    loader is one of its own, whose batches lie on the device.

    So that all ranks take equally many steps, an epoch gives some samples again, fewer than there
    are ranks. With ``even_batches=False`` each is given once, and with ``drop_last``
    at most once. The loader's batches are then those of a :class:`DistributedBatchSampler`: all
    ranks still take equally many steps, with batches that differ by at most one sample.
    Gradients are averaged over ranks, not samples, so those in a smaller batch weigh more. Only
    where the samples are too few for equally many steps, a warning says that training needs
    ``join_uneven_inputs``.

    Args:
        dataset: the dataset.
        even_batches: whether samples fill up what lacks to equally large batches.
        kwargs: arguments of ``torch.utils.data.DataLoader``.

    Raises:
        ValueError: ``even_batches=False`` with what cannot be split anew, which is an
            ``IterableDataset``, a ``batch_sampler``, ``batch_size=None`` or a
            ``DistributedSampler``; and what ``DataLoader`` raises.

    >>> loader = auto_dataloader(torch.arange(6), batch_size=4)
    >>> [len(batch) for batch in loader]
    [4, 2]
    """
    current = current_backend()
    kwargs.setdefault("pin_memory", current.device.type == "cuda")
    if not even_batches:
        _check_divisible(dataset, kwargs)
    if current.world_size == 1:
        return current.data_loader(dataset, **kwargs)
    _divide(kwargs, "batch_size", lambda total: max(1, total // current.world_size))
    _divide(kwargs, "num_workers", lambda total: -(-total // current.nproc_per_node))
    then = kwargs.pop("worker_init_fn", None)
    kwargs["worker_init_fn"] = partial(_begin_worker, current.rank, then)
    if not even_batches:
        return _load_each_once(dataset, **kwargs)
    _split(dataset, kwargs)
    return current.data_loader(dataset, **kwargs)


def _divide(kwargs: dict[str, Any], name: str, share: Callable[[int], int]) -> None:
    total = kwargs.get(name)
    if isinstance(total, int) and total > 0:  # of anything else the loader itself complains
        kwargs[name] = share(total)


def _split(dataset: Dataset[Any], kwargs: dict[str, Any]) -> None:
    """Set the sampler that gives this rank its share."""
    current, sampler = current_backend(), kwargs.get("sampler")
    undivided = _what_divides_itself(dataset, kwargs)
    if undivided is not None:
        warnings.warn(
            f"{undivided} is not split between the ranks: see that it yields something else on "
            "each, by ignite.distributed.get_rank().",
            stacklevel=3,
        )
    elif sampler is None:
        kwargs["sampler"] = DistributedSampler(
            dataset,
            num_replicas=current.world_size,
            rank=current.rank,
            shuffle=kwargs.pop("shuffle", True),
        )
    elif not isinstance(sampler, DistributedSampler):
        kwargs["sampler"] = DistributedProxySampler(sampler)


def _what_divides_itself(dataset: Dataset[Any], kwargs: dict[str, Any]) -> str | None:
    if isinstance(dataset, IterableDataset):
        return "An IterableDataset"
    return None if kwargs.get("batch_sampler") is None else "A batch_sampler"


def _check_divisible(dataset: Dataset[Any], kwargs: dict[str, Any]) -> None:
    """Raise ValueError if samples cannot be put into batches anew."""
    found = _what_divides_itself(dataset, kwargs)
    if isinstance(kwargs.get("sampler"), DistributedSampler):
        found = "A sampler that is distributed already"
    if kwargs.get("batch_size", 1) is None:
        found = "batch_size=None"
    if found is not None:
        raise ValueError(
            f"{found} leaves no batches to plan for even_batches=False; leave even_batches out, "
            "or give a dataset with a length, a batch_size and, if any, the undivided sampler."
        )
    if kwargs.get("sampler") is not None and kwargs.get("shuffle"):
        raise ValueError("shuffle=True and a sampler exclude each other; leave one of them out.")


def _load_each_once(
    dataset: Any,
    batch_size: int = 1,
    shuffle: bool = True,
    sampler: Any = None,
    batch_sampler: None = None,
    drop_last: bool = False,
    **kwargs: Any,
) -> DataLoader[Any]:
    """Return a loader whose batches give each sample to one rank, once."""
    if sampler is None:
        kind = RandomSampler if shuffle and len(dataset) else SequentialSampler
        sampler = kind(dataset)
    batches = DistributedBatchSampler(sampler, batch_size, drop_last)
    loader = current_backend().data_loader(dataset, batch_sampler=batches, **kwargs)
    # Past the loader's own guard: what it puts there for a batch_sampler has no set_epoch.
    vars(loader)["sampler"] = batches.sampler
    if not batches.even_steps:
        warnings.warn(
            "Some ranks take a step less, as there are fewer samples than ranks or a rank's "
            "batches are of one sample: train in 'with join_uneven_inputs(model, optimizer):', "
            "and evaluate model.module, without DistributedDataParallel around it.",
            stacklevel=3,
        )
    return loader


def _begin_worker(rank: int, then: Callable[[int], None] | None, worker_id: int) -> None:
    """Seed a worker by what torch seeded it with, which may be alike on all ranks, and its rank."""
    worker = get_worker_info()
    assert worker is not None
    digest = hashlib.blake2b(f"{worker.seed} {rank}".encode(), digest_size=8).digest()
    seed = int.from_bytes(digest, "big") >> 1
    object.__setattr__(worker, "seed", seed)  # read-only, but users seed other libraries by it
    random.seed(seed)
    torch.manual_seed(seed)
    numpy: Any = sys.modules.get("numpy")
    if numpy:
        numpy.random.seed([seed >> 32, seed & 0xFFFFFFFF])
    if then is not None:
        then(worker_id)
