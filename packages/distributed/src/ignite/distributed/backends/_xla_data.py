"""A data loader whose batches lie on the XLA device."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

import torch
from torch.utils.data import DataLoader, Dataset

__all__ = ["DeviceLoader"]

Sample = TypeVar("Sample")


class DeviceLoader(DataLoader[Sample]):
    """A ``DataLoader`` that moves batches to a device in the background.

    Before each batch, what was computed so far is launched, by ``torch_xla.sync``.

    Args:
        device: where batches go.
        dataset: the dataset.
        kwargs: arguments of ``DataLoader``.
    """

    def __init__(self, device: torch.device, dataset: Dataset[Sample], **kwargs: Any) -> None:
        super().__init__(dataset, **kwargs)
        self._device = device

    def __iter__(self) -> Any:
        return _moved(super().__iter__(), self._device)


def _moved(batches: Iterator[Any], device: torch.device) -> Iterator[Any]:
    from torch_xla.distributed.parallel_loader import ParallelLoader

    errors: list[Exception] = []

    def noted() -> Iterator[Any]:
        try:
            yield from batches
        except Exception as error:  # noqa: BLE001 - raised where the batches are used
            errors.append(error)

    loader = ParallelLoader(noted(), [device])
    try:
        yield from loader.per_device_loader(device)
    finally:
        loader.close()
    if errors:
        raise errors[0]
