"""One rank alone: nothing moves, and the same rules hold as everywhere."""
# ruff: noqa: D102 - what overrides a method of Backend keeps its contract

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import cached_property
from typing import Any, ClassVar

import torch

from ignite.distributed._rules import DTYPES, local_devices
from ignite.distributed.backends.collective import CollectiveBackend
from ignite.distributed.backends.transport import Transport
from ignite.distributed.interface import Capabilities, Group, ReduceOp

__all__ = ["SerialBackend"]


class SerialTransport(Transport):
    """One rank has all that there is; in a larger world, a group of it alone."""

    def __init__(self, device: torch.device, ranks: Sequence[int] = (0,)) -> None:
        super().__init__(ranks, 0, device)

    def bring(self, tensor: torch.Tensor) -> torch.Tensor:
        return tensor

    def reduce(self, values: torch.Tensor, op: ReduceOp) -> None: ...

    def gather(self, row: torch.Tensor) -> torch.Tensor:
        return row.unsqueeze(0).clone()

    def broadcast(self, values: torch.Tensor, src: int) -> None: ...

    def barrier(self) -> None: ...


class SerialBackend(CollectiveBackend):
    """Rank 0 of 1.

    >>> SerialBackend().all_reduce(3.0, "mean")
    3.0
    """

    name: ClassVar[str] = "serial"

    def __init__(self) -> None:
        super().__init__(SerialTransport(self.device))

    def _connect(self, group: Group) -> Transport:
        return SerialTransport(self.device)

    @classmethod
    def create(
        cls,
        *,
        timeout: timedelta,  # noqa: ARG003 - there is nobody to wait for
        rank: int = 0,
        world_size: int = 1,
        init_method: str | None = None,  # noqa: ARG003 - and nobody to meet
        **options: Any,
    ) -> SerialBackend:
        """Return a world of this process alone.

        Raises:
            ValueError: any other rank or world size is asked for.
            TypeError: an option that does not exist.
        """
        if options:
            raise TypeError(f"The serial backend has no option {', '.join(options)}.")
        if (rank, world_size) != (0, 1):
            raise ValueError(
                f"The serial backend is rank 0 of 1, not {rank} of {world_size}; "
                "use another backend, such as gloo, for more ranks."
            )
        return cls()

    @classmethod
    def check_available(cls) -> None:
        """Return: it runs everywhere."""

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            max_world_size=1,
            dtypes=DTYPES,
            reduce_ops=frozenset(ReduceOp),
            devices=local_devices(),
        )

    @property
    def local_rank(self) -> int:
        return 0

    @property
    def nproc_per_node(self) -> int:
        return 1

    @property
    def nnodes(self) -> int:
        return 1

    @property
    def node_rank(self) -> int:
        return 0

    @cached_property
    def device(self) -> torch.device:
        """CUDA's current device where there is one, else the CPU."""
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")

    def finalize(self) -> None:
        """Return: there is nothing to leave."""
