"""A third party's backend, whole: ranks talk by leaving files in a folder that all can see.

It implements a transport, seven methods, and gets every operation for it, with the rules of
the contract. Slow, but it proves itself like any other::

    PYTHONPATH=contracts/examples pytest --pyargs ignite_contracts.suites.backend \
        --ignite-backend folder_backend:FolderBackend --ignite-world-sizes 2

A package registers such a class under the entry-point group ``ignite.distributed.backends``.
"""

from __future__ import annotations

import functools
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlparse

import torch

from ignite.distributed.backends.collective import CollectiveBackend
from ignite.distributed.backends.transport import Transport
from ignite.distributed.interface import Capabilities, CollectiveTimeout, Group, ReduceOp

CPU = torch.device("cpu")

COMBINE: dict[ReduceOp, Callable[[torch.Tensor, torch.Tensor], torch.Tensor]] = {
    ReduceOp.SUM: torch.add,
    ReduceOp.PRODUCT: torch.mul,
    ReduceOp.MIN: torch.minimum,
    ReduceOp.MAX: torch.maximum,
    ReduceOp.AND: torch.bitwise_and,
    ReduceOp.OR: torch.bitwise_or,
}


class FolderTransport(Transport):
    """Moves tensors between ranks as files: one per rank and message, read by the others.

    Args:
        folder: where this group's files lie.
        ranks: the group's ranks in the world.
        rank: this one's position among them.
        timeout: seconds to wait for a file.
    """

    def __init__(self, folder: Path, ranks: Sequence[int], rank: int, timeout: float) -> None:
        super().__init__(ranks, rank, CPU)
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._timeout = timeout
        self._count: dict[str, int] = defaultdict(int)

    def gather(self, row: torch.Tensor) -> torch.Tensor:
        """Leave a row, and read everybody's."""
        return torch.stack(self._exchange("all_gather", row))

    def reduce(self, values: torch.Tensor, op: ReduceOp) -> None:
        """Read everybody's values, and combine them in the same order everywhere."""
        values.copy_(functools.reduce(COMBINE[op], self._exchange("all_reduce", values)))

    def broadcast(self, values: torch.Tensor, src: int) -> None:
        """Read those of one rank; the exchange keeps all ranks in step."""
        values.copy_(self._exchange("broadcast", values)[src])

    def barrier(self) -> None:
        """See a file of everybody."""
        self._exchange("barrier", torch.empty(0))

    def send(self, values: torch.Tensor, dst: int, tag: int) -> None:
        """Leave a file for one rank."""
        self._leave(self._letter(self.rank, dst, tag), values)

    def receive(self, values: torch.Tensor, src: int, tag: int) -> None:
        """Wait for a file of one rank."""
        values.copy_(self._read("recv", self._letter(src, self.rank, tag)))

    def _letter(self, src: int, dst: int, tag: int) -> str:
        line = f"{src}-to-{dst}-tag-{tag}"
        self._count[line] += 1
        return f"{line}-{self._count[line]}"

    def _exchange(self, operation: str, values: torch.Tensor) -> list[torch.Tensor]:
        self._count["all"] += 1
        number = self._count["all"]
        self._leave(f"{number}-{self.rank}", values)
        found = [self._read(operation, f"{number}-{rank}") for rank in range(self.size)]
        # All are here, so all have read what came before.
        (self._folder / f"{number - 1}-{self.rank}").unlink(missing_ok=True)
        return found

    def _leave(self, name: str, values: torch.Tensor) -> None:
        unfinished = self._folder / f"{name}.unfinished"
        torch.save(values.clone(), unfinished)
        unfinished.rename(self._folder / name)  # so that nobody reads half a file

    def _read(self, operation: str, name: str) -> torch.Tensor:
        path, deadline = self._folder / name, time.monotonic() + self._timeout
        while not path.exists():
            if time.monotonic() > deadline:
                raise CollectiveTimeout(
                    f"{operation} on rank {self.ranks[self.rank]}: {name} did not come within "
                    f"{self._timeout} s; see what the other ranks did."
                )
            time.sleep(0.0005)
        found: torch.Tensor = torch.load(path, weights_only=True)
        return found


class FolderBackend(CollectiveBackend):
    """Ranks of one machine, or of several that share a file system."""

    name: ClassVar[str] = "folder"

    def __init__(self, folder: Path, rank: int, world_size: int, timeout: float) -> None:
        self._folder = folder
        self._timeout = timeout
        super().__init__(FolderTransport(folder / "world", range(world_size), rank, timeout))

    def _connect(self, group: Group) -> Transport:
        folder = self._folder / "-".join(map(str, group.ranks))
        return FolderTransport(folder, group.ranks, group.ranks.index(self.rank), self._timeout)

    @classmethod
    def create(
        cls,
        *,
        timeout: timedelta,
        rank: int = 0,
        world_size: int = 1,
        init_method: str = "file:///tmp/folder-backend",
        **options: Any,  # noqa: ARG003 - it has no further ones
    ) -> FolderBackend:
        """Join the ranks that meet at the file ``init_method``."""
        folder = Path(urlparse(init_method).path + "-folder")
        return cls(folder, rank, world_size, timeout.total_seconds())

    @classmethod
    def check_available(cls) -> None:
        """Return: files are everywhere."""

    @property
    def capabilities(self) -> Capabilities:
        """All that the contract knows."""
        dtypes = "bool uint8 int8 int16 int32 int64 float16 bfloat16 float32 float64 complex64"
        return Capabilities(
            max_world_size=None,
            dtypes=frozenset(getattr(torch, name) for name in dtypes.split()),
            reduce_ops=frozenset(ReduceOp),
            devices=frozenset({"cpu"}),
        )

    @property
    def device(self) -> torch.device:
        """The CPU."""
        return CPU

    @property
    def local_rank(self) -> int:
        """The rank: there is one node."""
        return self.rank

    @property
    def nproc_per_node(self) -> int:
        """The world's size."""
        return self.world_size

    @property
    def nnodes(self) -> int:
        """One."""
        return 1

    @property
    def node_rank(self) -> int:
        """The first."""
        return 0

    def finalize(self) -> None:
        """Leave: the files stay for whoever is late."""
