"""Ranks as child processes: start them, pass signals on, tell how they ended."""

from __future__ import annotations

import atexit
import multiprocessing
import os
import pickle
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

from ignite.distributed._exit import GRACE
from ignite.distributed._world import finalize, initialize

__all__ = ["Job", "run_ranks"]

_PASSED_ON = (signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True)
class Job:
    """The ranks of one node.

    Attributes:
        backend: name of the backend.
        nproc_per_node: number of ranks on each node.
        nnodes: number of nodes.
        node_rank: which of the nodes this is.
        master: ``MASTER_ADDR`` and ``MASTER_PORT``, where the ranks meet; without it they
            meet in a file of this node.
        options: further arguments of ``initialize``.
    """

    backend: str
    nproc_per_node: int
    nnodes: int = 1
    node_rank: int = 0
    master: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)


def run_ranks(
    job: Job,
    start_method: str,
    fn: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
) -> None:
    """Call ``fn(local_rank, *args, **kwargs)`` in each rank of ``job``, until all have ended.

    Raises:
        TypeError: ``fn`` or its arguments cannot be sent to a new process.
        torch.multiprocessing.ProcessRaisedException: a rank raised; the message holds the
            traceback of the first that did.
        torch.multiprocessing.ProcessExitedException: a rank was killed.
        SystemExit: a rank called ``sys.exit``, or the ranks ended upon a signal that this
            process got.
    """
    with tempfile.TemporaryDirectory(prefix="ignite-") as folder:
        ranks = _Ranks(job, Path(folder))
        with ranks.signals_passed_on():
            try:
                ranks.start(start_method, fn, args, kwargs)
                failed = ranks.wait()
            finally:
                ranks.end()
        ranks.tell(failed)


class _Ranks:
    """The processes of one job, as their parent sees them."""

    def __init__(self, job: Job, folder: Path) -> None:
        self._job = job
        self._folder = folder
        self._processes: list[BaseProcess] = []
        self._received: int | None = None

    def start(self, method: str, fn: Any, args: Any, kwargs: Any) -> None:
        import torch.multiprocessing  # tensors among the arguments travel in shared memory

        context: Any = torch.multiprocessing.get_context(method)
        for local_rank in range(self._job.nproc_per_node):
            process = context.Process(
                target=_be_rank, args=(local_rank, self._job, self._folder, fn, args, kwargs)
            )
            try:
                process.start()
            except (AttributeError, TypeError, pickle.PicklingError) as error:
                raise TypeError(
                    f"{fn!r} and its arguments must be picklable to reach a new process "
                    f"({error}); define the function at the top of a module, or use "
                    "start_method='fork'."
                ) from error
            self._processes.append(process)
        if self._received is not None:  # while they were being started
            self._terminate()

    def wait(self) -> list[int]:
        """Return which ranks had failed when the first failure was seen; none if all is well."""
        alive = dict(enumerate(self._processes))
        failed: list[int] = []
        while alive and not failed:
            ended = connection.wait([process.sentinel for process in alive.values()])
            for rank in [rank for rank, process in alive.items() if process.sentinel in ended]:
                process = alive.pop(rank)
                process.join()
                if process.exitcode != 0:
                    failed.append(rank)
        return failed

    def end(self) -> None:
        """End the ranks that still run, the hard way those that do not heed SIGTERM."""
        self._terminate()
        deadline = time.monotonic() + GRACE
        for process in self._processes:
            process.join(max(0.0, deadline - time.monotonic()))
        self._kill()
        for process in self._processes:
            process.join()

    def tell(self, failed: Sequence[int]) -> None:
        """Raise what the end of the ranks means to the caller, if anything."""
        from torch.multiprocessing.spawn import ProcessExitedException, ProcessRaisedException

        # what follows from another rank's end is later than that; who left no report was killed
        failures = [_read_report(self._folder, rank) or _Report(0.0, "") for rank in failed]
        first = min(zip(failures, failed, strict=True), default=None)
        if self._received is not None and (first is None or not first[0].text):
            raise SystemExit(128 + self._received)
        if first is None:
            return
        report, rank = first
        process = self._processes[rank]
        code, pid = process.exitcode or 0, process.pid or 0
        if report.text:
            message = f"the rank with local_rank {rank} raised:\n\n{report.text}"
            raise ProcessRaisedException(message, rank, pid)
        if code > 0:
            raise SystemExit(code)
        name = signal.Signals(-code).name
        message = f"the rank with local_rank {rank} was killed by {name}"
        raise ProcessExitedException(message, rank, pid, code, name)

    @contextmanager
    def signals_passed_on(self) -> Iterator[None]:
        """Send SIGTERM to the ranks when this process gets SIGINT or SIGTERM, and stay."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        previous = {signum: signal.signal(signum, self._pass_on) for signum in _PASSED_ON}
        try:
            yield
        finally:
            for signum, handler in previous.items():
                signal.signal(signum, handler)

    def _pass_on(self, signum: int, _: FrameType | None) -> None:
        insists = signum == signal.SIGINT == self._received
        self._received = signum
        if insists:
            self._kill()
        else:
            self._terminate()

    def _terminate(self) -> None:
        for process in self._processes:
            process.terminate()

    def _kill(self) -> None:
        for process in self._processes:
            process.kill()


class _Report(NamedTuple):
    """What a rank leaves behind when it raises."""

    seconds: float
    text: str


def _write_report(folder: Path, local_rank: int) -> None:
    report = _Report(time.monotonic(), traceback.format_exc())
    (folder / f"failure-{local_rank}").write_bytes(pickle.dumps(report))


def _read_report(folder: Path, local_rank: int) -> _Report | None:
    path = folder / f"failure-{local_rank}"
    return pickle.loads(path.read_bytes()) if path.exists() else None


def _be_rank(
    local_rank: int,
    job: Job,
    folder: Path,
    fn: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
) -> None:
    """Run one rank, in its process, from start to end."""
    status = 1

    # A new interpreter is not taken apart at the end, as forked ones never are: threads of
    # torch that still need it then would abort the process. Registered first, this runs last.
    @atexit.register
    def _leave() -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)

    signal.signal(signal.SIGINT, signal.default_int_handler)  # a forked one has its parent's
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    rank = job.node_rank * job.nproc_per_node + local_rank
    world_size = job.nnodes * job.nproc_per_node
    os.environ.update(job.master)
    os.environ.update(
        RANK=str(rank),
        WORLD_SIZE=str(world_size),
        LOCAL_RANK=str(local_rank),
        LOCAL_WORLD_SIZE=str(job.nproc_per_node),
        GROUP_RANK=str(job.node_rank),
        GROUP_WORLD_SIZE=str(job.nnodes),
    )
    _share_cores(job.nproc_per_node)
    here = {} if job.master else {"init_method": (folder / "store").as_uri()}
    try:
        options = {**here, **job.options}
        initialize(job.backend, rank=rank, world_size=world_size, **options)
        fn(local_rank, *args, **kwargs)
        finalize()
        status = 0
    except KeyboardInterrupt:
        status = 128 + signal.SIGINT
        sys.exit(status)
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
        raise
    except Exception:  # noqa: BLE001 - the parent raises it
        _write_report(folder, local_rank)
        sys.exit(1)


def _end_with_parent() -> None:
    """End this process after its parent has died, be it in the middle of a collective."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE)
    os._exit(1)


def _share_cores(ranks: int) -> None:
    """Divide the cores among the ranks, rather than have each start a thread per core."""
    import torch

    if "OMP_NUM_THREADS" not in os.environ:
        cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
        torch.set_num_threads(max(1, cores // ranks))
