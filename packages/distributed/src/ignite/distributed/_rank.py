"""One rank of a job, in the process that was started for it."""

from __future__ import annotations

import os
import pickle
import sys
import time
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ignite.distributed._job import Job
from ignite.distributed._world import finalize, initialize

__all__ = ["Report", "be_rank", "read_report", "run_rank"]


class Report(NamedTuple):
    """What a rank leaves behind when it raises."""

    seconds: float
    text: str


def run_rank(job: Job, local_rank: int, folder: Path, meeting: Mapping[str, Any]) -> None:
    """Join the world, call the job's function and leave.

    Args:
        job: what to run.
        local_rank: which rank of this node to be.
        folder: where the parent looks for a report.
        meeting: where the ranks meet, as arguments of ``initialize``, unless the job says it.

    Raises:
        SystemExit: with status 1 once a report was left of what ``fn`` raised; or from ``fn``.
    """
    os.environ.update(job.master)
    os.environ.update(
        RANK=str(_rank(job, local_rank)),
        WORLD_SIZE=str(job.world_size),
        LOCAL_RANK=str(local_rank),
        LOCAL_WORLD_SIZE=str(job.nproc_per_node),
        GROUP_RANK=str(job.node_rank),
        GROUP_WORLD_SIZE=str(job.nnodes),
    )
    _share_cores(job.nproc_per_node)
    be_rank(job, local_rank, folder, meeting)


def be_rank(job: Job, local_rank: int, folder: Path, meeting: Mapping[str, Any]) -> None:
    """Do as :func:`run_rank`, but for what concerns the whole process."""
    try:
        options = {**meeting, **job.options}
        rank = _rank(job, local_rank)
        initialize(job.backend, rank=rank, world_size=job.world_size, **options)
        job.fn(local_rank, *job.args, **job.kwargs)
        finalize()
    except Exception:  # noqa: BLE001 - the parent raises it
        report = Report(time.monotonic(), traceback.format_exc())
        path = _path(folder, local_rank)
        part = path.with_suffix(".part")  # replicas of one process end together, be it in the midst
        part.write_bytes(pickle.dumps(report))
        part.rename(path)
        sys.exit(1)


def read_report(folder: Path, local_rank: int) -> Report | None:
    """Return what a rank has left behind, None if it did not raise."""
    path = _path(folder, local_rank)
    return pickle.loads(path.read_bytes()) if path.exists() else None


def _rank(job: Job, local_rank: int) -> int:
    return job.node_rank * job.nproc_per_node + local_rank


def _path(folder: Path, local_rank: int) -> Path:
    return folder / f"failure-{local_rank}"


def _share_cores(ranks: int) -> None:
    """Divide the cores among the ranks, rather than have each start a thread per core."""
    import torch

    if "OMP_NUM_THREADS" not in os.environ:
        cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
        torch.set_num_threads(max(1, cores // ranks))
