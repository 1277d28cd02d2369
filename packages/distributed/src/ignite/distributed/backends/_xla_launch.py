"""The replicas of a job: threads of one new process on the CPU, processes of torch_xla elsewhere.

The process is new so that XLA's client starts there, after the number of its devices is said, and
never in the one that calls, which may fork.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from threading import Thread

from ignite.distributed._exit import flush, status_of
from ignite.distributed._job import Job
from ignite.distributed._processes import supervise
from ignite.distributed._rank import be_rank
from ignite.distributed._ranks import started

__all__ = ["run_ranks"]

_THREADS = 4
"""Threads of XLA's pool for each replica: in a collective each holds one until all have come."""


def run_ranks(job: Job) -> None:
    """Do the job, as ``Backend.run_ranks`` says."""
    with tempfile.TemporaryDirectory(prefix="ignite-") as folder:
        supervise(
            started(_run_replicas, job, Path(folder), 1),
            Path(folder),
            ranks_of=lambda process: range(job.nproc_per_node),
        )


def _run_replicas(job: Job, process: int, folder: Path) -> None:
    os.environ["CPU_NUM_DEVICES"] = str(job.nproc_per_node)
    os.environ.setdefault("XLA_THREAD_POOL_SIZE", str(_THREADS * max(4, job.nproc_per_node)))
    import torch_xla.runtime
    from torch_xla.distributed import xla_multiprocessing

    if torch_xla.runtime.device_type() == "CPU":
        _run_in_threads(job, folder)
    else:
        count = 1 if job.nproc_per_node == 1 else None  # of a node all or one
        method = job.start_method
        xla_multiprocessing.spawn(_be_replica, (job, folder), count, start_method=method)


def _run_in_threads(job: Job, folder: Path) -> None:
    from torch_xla._internal import pjrt
    from torch_xla.core import xla_model

    pjrt.initialize_multiprocess(0, 1)
    threads = [
        Thread(target=_be_replica_on, args=(device, job, folder), daemon=True)
        for device in xla_model.get_xla_supported_devices()
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _be_replica_on(device: str, job: Job, folder: Path) -> None:
    import torch_xla

    torch_xla._XLAC._xla_set_default_device(device)  # of this thread
    _be_replica(0, job, folder)


def _be_replica(_: int, job: Job, folder: Path) -> None:
    """Be one rank; if it fails, end the process, as the other replicas in it wait for this one."""
    import torch_xla.runtime

    try:
        be_rank(job, torch_xla.runtime.local_ordinal(), folder, {})
    except SystemExit as end:
        status = status_of(end.code)
        if status != 0:
            flush()
            os._exit(status)
