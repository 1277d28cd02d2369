"""What is to be run: on how many ranks, of which backend, and where they meet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Job"]


@dataclass(frozen=True)
class Job:
    """A function, and the ranks of one node that are to call it.

    Attributes:
        fn: called as ``fn(local_rank, *args, **kwargs)`` in each rank, once that has joined
            the world.
        backend: name of the backend.
        nproc_per_node: number of ranks on each node.
        args: further positional arguments of ``fn``.
        kwargs: keyword arguments of ``fn``.
        nnodes: number of nodes.
        node_rank: which of the nodes this is.
        master: variables that tell where the ranks meet, ``MASTER_ADDR`` and ``MASTER_PORT``
            unless the backend has others; empty if that need not be told.
        options: further arguments of ``initialize``.
        start_method: how new processes are started, one of those of ``multiprocessing``.
    """

    fn: Callable[..., Any]
    backend: str
    nproc_per_node: int
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    nnodes: int = 1
    node_rank: int = 0
    master: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    start_method: str = "spawn"

    @property
    def world_size(self) -> int:
        """The number of ranks on all nodes."""
        return self.nnodes * self.nproc_per_node
