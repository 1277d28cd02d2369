"""What Horovod reads from the environment: who this process is, where ranks meet, how long."""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from ignite.distributed._job import Job
from ignite.distributed._launched import is_rank, launched, told_layout
from ignite.distributed._ranks import run_ranks as run_processes

__all__ = ["MEETING", "limits", "place", "run_ranks"]

MEETING = "HOROVOD_GLOO_RENDEZVOUS_ADDR", "HOROVOD_GLOO_RENDEZVOUS_PORT"
"""Names of the variables that say where ranks meet."""


def run_ranks(job: Job) -> None:
    """Do the job, as ``Backend.run_ranks`` says, on this node alone.

    Raises:
        ValueError: there are several nodes, the job says where ranks meet, or this process is a
            rank already.
    """
    if job.nnodes > 1 or job.master or "init_method" in job.options:
        raise ValueError(
            "Parallel starts horovod's ranks on one node, where they meet by themselves: leave "
            "out nnodes, master_addr, master_port and init_method. For several nodes start "
            "the program with horovodrun, and leave out nproc_per_node."
        )
    if "HOROVOD_RANK" in os.environ:
        raise ValueError(
            "nproc_per_node starts processes, but horovodrun has started this one as rank "
            f"{os.environ['HOROVOD_RANK']}; leave it out, or start with plain python."
        )
    with _meeting_place() as where:
        run_processes(replace(job, master=where))


@contextmanager
def _meeting_place() -> Iterator[Mapping[str, str]]:
    """Serve the ranks of one world, and give the variables by which they find it."""
    from horovod.runner.http.http_server import RendezvousHandler, RendezvousHTTPServer

    with RendezvousHTTPServer(("127.0.0.1", 0), RendezvousHandler, False) as server:
        serving = threading.Thread(target=server.serve_forever, name="horovod rendezvous")
        serving.start()
        try:
            host, port = server.server_address[:2]
            yield dict(zip(MEETING, (host, str(port)), strict=True))
        finally:
            server.shutdown()
            serving.join()


def place(rank: int | None, world_size: int | None) -> dict[str, str]:
    """Return the variables to be set so that Horovod knows this process as ``rank``.

    None where horovodrun has set them, or the process is alone.

    Args:
        rank: this rank; without it what the launcher told.
        world_size: number of ranks; without it what the launcher told. Where neither rank nor
            size is told, the world is this process alone.

    Raises:
        ValueError: rank, world size and environment do not fit together.
    """
    found = os.environ.get("HOROVOD_RANK"), os.environ.get("HOROVOD_SIZE")
    if None not in found:
        if (rank, world_size) != (None, None) and found != (str(rank), str(world_size)):
            raise ValueError(
                f"rank {rank} of {world_size} is not what horovodrun has told this process, "
                f"{found[0]} of {found[1]}; leave rank and world_size out."
            )
        return {}
    told = launched()
    if rank is None and world_size is None and is_rank(told):
        rank, world_size = int(told["RANK"]), int(told["WORLD_SIZE"])
    rank, world_size = (0, 1) if rank is None and world_size is None else (rank, world_size)
    if rank is None or world_size is None or not 0 <= rank < world_size:
        raise ValueError(f"rank must hold 0 <= rank < world_size, got {rank} of {world_size}.")
    if world_size == 1:
        return {}
    layout = told_layout(rank, world_size)
    if layout is None or layout.nnodes > 1 or not os.environ.keys() >= set(MEETING):
        raise ValueError(
            f"Rank {rank} of {world_size} does not know where horovod's ranks meet: start the "
            "program with horovodrun, or give nproc_per_node to Parallel."
        )
    return {
        "HOROVOD_RANK": str(rank),
        "HOROVOD_SIZE": str(world_size),
        "HOROVOD_LOCAL_RANK": str(rank),
        "HOROVOD_LOCAL_SIZE": str(world_size),
        "HOROVOD_CONTROLLER": "gloo",
        "HOROVOD_CPU_OPERATIONS": "gloo",
    }


def limits(timeout: timedelta) -> dict[str, str]:
    """Return the variables that bound what Horovod waits for by itself, as far as they are unset.

    Operations of ours end first, with an error that says more; those of its optimizer have no
    other bound.
    """
    seconds = math.ceil(timeout.total_seconds())
    wanted = {
        "HOROVOD_GLOO_TIMEOUT_SECONDS": seconds,
        "HOROVOD_STALL_CHECK_TIME_SECONDS": min(60, seconds),
        "HOROVOD_STALL_SHUTDOWN_TIME_SECONDS": seconds + 1,
    }
    return {name: str(value) for name, value in wanted.items() if name not in os.environ}
