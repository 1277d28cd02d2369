"""How ranks of ``torch.distributed`` find each other: rank, world size and a store."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, cast
from urllib.parse import urlsplit

from torch.distributed import (  # type: ignore[attr-defined]
    DistNetworkError,
    HashStore,
    Store,
)
from torch.distributed.rendezvous import rendezvous

from ignite.distributed._exit import end_well
from ignite.distributed._launched import launched
from ignite.distributed._slurm import tasks_not_started
from ignite.distributed.backends._assembly import assemble
from ignite.distributed.backends._gloo_interface import address_towards, choose_interface
from ignite.distributed.backends._places import read_layout, say_where
from ignite.distributed.errors import DistributedError

__all__ = ["meet", "read_layout", "say_where"]

_stores: dict[tuple[Any, ...], Store] = {}
"""Rank 0 hosts the store, which other processes may still use after a world has ended."""


def meet(
    rank: int | None, world_size: int | None, init_method: str | None, timeout: timedelta
) -> tuple[Store, int, int]:
    """Return a store for one world alone, the rank and the world size (collective).

    Args:
        rank: this rank; without it what the launcher told: ``RANK`` of the environment, or
            what SLURM says of a task of srun.
        world_size: number of ranks; without it what the launcher told. Where neither rank
            nor size is told, the world is this process alone.
        init_method: ``file://``, ``tcp://`` or ``env://`` address of the store; without
            it ``MASTER_ADDR`` and ``MASTER_PORT`` of the environment, or of the step.
        timeout: how long to wait for the store, and for the ranks.

    Raises:
        ValueError: the arguments or variables do not fit together.
        CollectiveTimeout: a rank did not come.
        DistributedError: the address is taken; ranks of one node do not follow one another.
    """
    told = launched()
    rank, world_size = _identity(rank, world_size, told)
    if init_method is None and world_size == 1:
        return HashStore(), rank, world_size
    if init_method in (None, "env://"):
        init_method = _address(told, world_size)
    key = (init_method, rank, world_size)
    if key not in _stores:
        _stores[key] = _store_at(init_method, rank, world_size, timeout)
    if world_size > 1:
        end_well()
    place = urlsplit(init_method)
    own = address_towards(place.hostname, place.port or 0) if place.hostname else ""
    store, other = assemble(_stores[key], rank, world_size, timeout, own)
    # On the machine of the store, the way to it may end there; the way to another rank does not.
    choose_interface(own or (other and address_towards(other, 1)))
    return store, rank, world_size


def _identity(rank: int | None, world_size: int | None, told: Mapping[str, str]) -> tuple[int, int]:
    source = "rank and world_size"
    if rank is None and world_size is None:
        source = "The environment variables RANK and WORLD_SIZE"
        rank, world_size = _number(told, "RANK"), _number(told, "WORLD_SIZE")
        if rank is None and world_size is None:
            _alone_on_purpose()
            return 0, 1
    if rank is None or world_size is None:
        raise ValueError(f"{source} belong together, got {rank} and {world_size}; give both.")
    if not 0 <= rank < world_size:
        raise ValueError(f"{source} must hold 0 <= rank < world size, got {rank} of {world_size}.")
    return rank, world_size


def _alone_on_purpose() -> None:
    """Raise ValueError where SLURM is to run several tasks, and this process is none of them."""
    tasks = tasks_not_started(os.environ)
    if tasks > 1:
        raise ValueError(
            f"SLURM has allotted {tasks} tasks to this job, but this process is none of them: "
            "start the program with srun or torchrun, or give nproc_per_node to Parallel; set "
            "RANK=0 and WORLD_SIZE=1 if it is meant to be alone."
        )


def _address(told: Mapping[str, str], world_size: int) -> str:
    host, port = told.get("MASTER_ADDR"), _number(told, "MASTER_PORT")
    if host is None or port is None:
        raise ValueError(
            f"Where do the {world_size} ranks meet? Give init_method, such as "
            "'tcp://host:port', or set MASTER_ADDR and MASTER_PORT, or start with torchrun."
        )
    return f"tcp://[{host}]:{port}" if ":" in host else f"tcp://{host}:{port}"


def _number(told: Mapping[str, str], name: str) -> int | None:
    text = told.get(name)
    if text is not None and not text.isdecimal():
        raise ValueError(f"{name} must be a number, got {text!r}.")
    return None if text is None else int(text)


def _store_at(init_method: str, rank: int, world_size: int, timeout: timedelta) -> Store:
    try:
        store = next(rendezvous(init_method, rank, world_size, timeout=timeout))[0]
    except DistNetworkError as error:
        if "EADDRINUSE" not in str(error):
            raise
        raise DistributedError(
            f"Rank 0 cannot host the store at {init_method}, since another program uses that "
            "port; set MASTER_PORT to a free one, the same for all ranks."
        ) from error
    return cast("Store", store)
