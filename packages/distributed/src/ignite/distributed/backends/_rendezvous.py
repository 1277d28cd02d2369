"""How ranks of ``torch.distributed`` find each other: rank, world size and a store.

A store outlives the worlds that meet in it, and what one world wrote there (the
addresses of its ranks) would mislead the next. So each world gets a prefix of its own,
from the attempt that an elastic launcher counts, and from the number of worlds that
this process has joined through the same store.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any, cast

from torch.distributed import (  # type: ignore[attr-defined]
    HashStore,
    PrefixStore,
    Store,
)
from torch.distributed.rendezvous import rendezvous

from ignite.distributed._layout import Layout, layout_of
from ignite.distributed.errors import CollectiveTimeout

__all__ = ["meet", "read_layout", "say_where"]

_stores: dict[tuple[Any, ...], tuple[Store, Iterator[int]]] = {}


def meet(
    rank: int | None, world_size: int | None, init_method: str | None, timeout: timedelta
) -> tuple[Store, int, int]:
    """Return the store where the ranks of one world meet, the rank and the world size.

    Args:
        rank: this rank; without it ``RANK`` of the environment.
        world_size: number of ranks; without it ``WORLD_SIZE`` of the environment. Where
            neither rank nor size is told, the world is this process alone.
        init_method: ``file://``, ``tcp://`` or ``env://`` address of the store; without
            it ``MASTER_ADDR`` and ``MASTER_PORT`` of the environment.
        timeout: how long to wait for the store.

    Raises:
        ValueError: the arguments or variables do not fit together.
    """
    rank, world_size = _identity(rank, world_size)
    address = (os.environ.get("MASTER_ADDR"), os.environ.get("MASTER_PORT"))
    if init_method is None:
        if world_size == 1:
            return HashStore(), rank, world_size
        if None in address:
            raise ValueError(
                f"Where do the {world_size} ranks meet? Give init_method, such as "
                "'tcp://host:port', or set MASTER_ADDR and MASTER_PORT, or start with torchrun."
            )
        init_method = "env://"
    key = (init_method, rank, world_size, *address)
    if key not in _stores:
        found = next(rendezvous(init_method, rank, world_size, timeout=timeout))
        _stores[key] = cast("Store", found[0]), count()
    store, worlds = _stores[key]
    store.set_timeout(timeout)
    attempt = os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")
    return PrefixStore(f"attempt{attempt}/world{next(worlds)}", store), rank, world_size


def _identity(rank: int | None, world_size: int | None) -> tuple[int, int]:
    if rank is None and world_size is None:
        told = [os.environ.get("RANK"), os.environ.get("WORLD_SIZE")]
        source = "The environment variables RANK and WORLD_SIZE"
        rank, world_size = (None if text is None else int(text) for text in told)
        if rank is None and world_size is None:
            return 0, 1
    else:
        source = "rank and world_size"
    if rank is None or world_size is None:
        raise ValueError(f"{source} belong together, got {rank} and {world_size}; give both.")
    if not 0 <= rank < world_size:
        raise ValueError(f"{source} must hold 0 <= rank < world size, got {rank} of {world_size}.")
    return rank, world_size


def say_where(store: Store, rank: int) -> None:
    """Let the other ranks know on which node ``rank`` is."""
    launched_as = os.environ.get("GROUP_RANK")  # torchrun's number of the node
    node = socket.gethostname() if launched_as is None else f"node {launched_as}"
    store.set(f"ignite/node/{rank}", node)


def read_layout(store: Store, rank: int, world_size: int) -> Layout:
    """Return the place of ``rank``, once all ranks have said where they are.

    Raises:
        CollectiveTimeout: one of them did not, within the store's timeout.
    """
    nodes = []
    for other in range(world_size):
        try:
            nodes.append(store.get(f"ignite/node/{other}").decode())
        except RuntimeError as error:
            raise CollectiveTimeout(
                f"Rank {other} of {world_size} did not join in time; see whether it was started, "
                f"with the same address and world size, or ended early. ({error})"
            ) from error
    return layout_of(rank, nodes)
