"""Model, optimizer and data loader, made fit for the current world."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from itertools import cycle, islice
from typing import TYPE_CHECKING, Any, TypeVar

import torch
from torch.utils.data import DataLoader, Dataset, IterableDataset, Sampler
from torch.utils.data.distributed import DistributedSampler

from ignite.distributed._current import current_backend
from ignite.distributed.errors import UnsupportedOperation

if TYPE_CHECKING:
    from torch import nn
    from torch.optim import Optimizer

__all__ = ["DistributedProxySampler", "auto_dataloader", "auto_model", "auto_optim"]

Sample = TypeVar("Sample")


def auto_model(model: nn.Module, sync_bn: bool = False, **kwargs: Any) -> nn.Module:
    """Move a model to this rank's device and, in a world of several, keep it equal on all.

    Args:
        model: left as it is where nothing in it is trained; otherwise wrapped into
            ``torch.nn.parallel.DistributedDataParallel``, which averages gradients
            (collective).
        sync_bn: whether batch normalization takes its statistics over all ranks, in a
            world of several; on CUDA only, as torch has it.
        kwargs: further arguments of ``DistributedDataParallel``.

    Raises:
        UnsupportedOperation: the backend is not one of ``torch.distributed``.
        ValueError: ``sync_bn`` on a CPU.

    >>> model = torch.nn.Linear(2, 1)
    >>> auto_model(model) is model  # alone in the world
    True
    """
    current = current_backend()
    model.to(current.device)
    if current.world_size == 1:
        return model
    if not (torch.distributed.is_available() and torch.distributed.is_initialized()):
        raise UnsupportedOperation(
            f"auto_model averages gradients through torch.distributed, which {current.name} does "
            "not use; average them in the training step, with all_reduce(gradient, 'MEAN')."
        )
    on_cuda = current.device.type == "cuda"
    if sync_bn and _has_batch_norm(model):
        if not on_cuda:
            raise ValueError(
                "sync_bn=True needs CUDA: torch synchronizes batch normalization only there; "
                f"leave it out on {current.device}."
            )
        model = torch.nn.SyncBatchNorm.convert_sync_batchnorm(model)  # type: ignore[no-untyped-call]
    if not any(parameter.requires_grad for parameter in model.parameters()):
        return model
    if on_cuda:
        kwargs.setdefault("device_ids", [current.device])
    return torch.nn.parallel.DistributedDataParallel(model, **kwargs)


def auto_optim(optimizer: Optimizer) -> Optimizer:
    """Return an optimizer fit for the world: as it is, since the model averages gradients.

    >>> optimizer = torch.optim.SGD(torch.nn.Linear(2, 1).parameters(), lr=0.1)
    >>> auto_optim(optimizer) is optimizer
    True
    """
    return optimizer


def auto_dataloader(dataset: Dataset[Sample], **kwargs: Any) -> DataLoader[Sample]:
    """Return a ``DataLoader`` that gives this rank its share of the dataset.

    In a world of several ranks:

    - ``batch_size`` is the total over all ranks, divided by their number, rounded down, at
      least 1; ``num_workers`` is the total on a node, divided by its ranks, rounded up.
    - Without a ``sampler``, each epoch is split by a ``DistributedSampler``, shuffled unless
      ``shuffle=False``; call its ``set_epoch`` to shuffle each epoch differently. Any other
      sampler is split by :class:`DistributedProxySampler`.
    - Of an ``IterableDataset`` or with a ``batch_sampler`` each rank gets what these yield
      there; it is on them to differ, and a warning says so.

    ``pin_memory`` is on where the device is a CUDA one, unless given.

    Args:
        dataset: the dataset.
        kwargs: arguments of ``torch.utils.data.DataLoader``.

    >>> loader = auto_dataloader(torch.arange(6), batch_size=4)
    >>> [len(batch) for batch in loader]
    [4, 2]
    """
    current = current_backend()
    kwargs.setdefault("pin_memory", current.device.type == "cuda")
    if current.world_size > 1:
        if kwargs.get("batch_size") is not None:
            kwargs["batch_size"] = max(1, kwargs["batch_size"] // current.world_size)
        if "num_workers" in kwargs:
            kwargs["num_workers"] = -(-kwargs["num_workers"] // current.nproc_per_node)
        _split(dataset, kwargs)
    return DataLoader(dataset, **kwargs)


def _split(dataset: Dataset[Any], kwargs: dict[str, Any]) -> None:
    """Set the sampler that gives this rank its share."""
    current = current_backend()
    sampler = kwargs.get("sampler")
    undivided = [isinstance(dataset, IterableDataset) and "An IterableDataset"]
    undivided.append(kwargs.get("batch_sampler") is not None and "A batch_sampler")
    if any(undivided):
        warnings.warn(
            f"{next(filter(None, undivided))} is not split between the ranks: see that it yields "
            "something else on each, by ignite.distributed.get_rank().",
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
        kwargs["sampler"] = DistributedProxySampler(sampler, current.world_size, current.rank)


def _has_batch_norm(model: nn.Module) -> bool:
    kinds = (torch.nn.BatchNorm1d, torch.nn.BatchNorm2d, torch.nn.BatchNorm3d)
    return any(isinstance(module, kinds) for module in model.modules())


class DistributedProxySampler(DistributedSampler[Any]):
    """Splits any sampler between the ranks.

    Every rank draws the whole sampler with the same random state, one per epoch (see
    ``set_epoch``), and keeps each ``num_replicas``-th index from its own rank on; indices
    from the beginning fill up, so that all ranks get equally many. Torch's global random
    state is left as it was. A sampler with a ``generator`` of its own must have it seeded
    alike on all ranks.

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
            raise TypeError("sampler is distributed already; use it as it is.")
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
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed + self.epoch)
            indices = list(self.sampler)
        total = -(-len(indices) // self.num_replicas) * self.num_replicas
        return islice(cycle(indices), self.rank, total, self.num_replicas)
