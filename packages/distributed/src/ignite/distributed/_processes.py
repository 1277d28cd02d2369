"""Child processes that stand and fall together: pass signals on, tell how they ended."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import connection
from pathlib import Path
from types import FrameType
from typing import Protocol

from ignite.distributed._exit import GRACE
from ignite.distributed._rank import Report, read_report

__all__ = ["Process", "supervise"]

_PASSED_ON = (signal.SIGINT, signal.SIGTERM)


class Process(Protocol):
    """What is needed of a child process, which is that of ``multiprocessing`` or alike."""

    @property
    def sentinel(self) -> int: ...
    @property
    def exitcode(self) -> int | None: ...
    @property
    def pid(self) -> int | None: ...
    def join(self, timeout: float | None = None) -> None: ...
    def terminate(self) -> None: ...
    def kill(self) -> None: ...


def supervise(
    started: Iterable[Process],
    folder: Path,
    ranks_of: Callable[[int], Sequence[int]] = lambda process: [process],
) -> None:
    """Wait until all processes have ended; once one has failed, end the others.

    Args:
        started: starts each process as it is asked for it.
        folder: where ranks leave their reports.
        ranks_of: the local ranks in the process of that number.

    Raises:
        torch.multiprocessing.ProcessRaisedException: a rank raised; the message holds the
            traceback of the first that did.
        torch.multiprocessing.ProcessExitedException: a process was killed.
        SystemExit: a process ended with that status, or all upon a signal that this one got.
    """
    processes = _Processes()
    with processes.signals_passed_on():
        try:
            processes.start(started)
            failed = processes.wait()
        finally:
            processes.end()
    processes.tell(failed, folder, ranks_of)


class _Processes:
    def __init__(self) -> None:
        self._processes: list[Process] = []
        self._received: int | None = None

    def start(self, started: Iterable[Process]) -> None:
        for process in started:
            self._processes.append(process)  # one by one: the next may fail to start
        if self._received is not None:  # while they were being started
            self._terminate()

    def wait(self) -> list[int]:
        """Return which processes had failed when the first failure was seen, if any."""
        alive = dict(enumerate(self._processes))
        failed: list[int] = []
        while alive and not failed:
            ended = connection.wait([process.sentinel for process in alive.values()])
            for number in [n for n, process in alive.items() if process.sentinel in ended]:
                process = alive.pop(number)
                process.join()
                if process.exitcode != 0:
                    failed.append(number)
        return failed

    def end(self) -> None:
        """End those that still run, the hard way those that do not heed SIGTERM."""
        self._terminate()
        deadline = time.monotonic() + GRACE
        for process in self._processes:
            process.join(max(0.0, deadline - time.monotonic()))
        self._kill()
        for process in self._processes:
            process.join()

    def tell(
        self, failed: Sequence[int], folder: Path, ranks_of: Callable[[int], Sequence[int]]
    ) -> None:
        """Raise what the end of the processes means to the caller, if anything."""
        from torch.multiprocessing.spawn import ProcessExitedException, ProcessRaisedException

        # What follows from another rank's end is later than that; who left no report was killed.
        found = [
            min(filter(None, (read_report(folder, r) for r in ranks)), default=Report(0.0, ""))
            for ranks in map(ranks_of, failed)
        ]
        first = min(zip(found, failed, strict=True), default=None)
        if self._received is not None and (first is None or not first[0].text):
            raise SystemExit(128 + self._received)
        if first is None:
            return
        report, number = first
        process = self._processes[number]
        code, pid = process.exitcode or 0, process.pid or 0
        rank = next((r for r in ranks_of(number) if read_report(folder, r) == report), number)
        if report.text:
            message = f"the rank with local_rank {rank} raised:\n\n{report.text}"
            raise ProcessRaisedException(message, rank, pid)
        if code > 0:
            raise SystemExit(code)
        name = signal.Signals(-code).name
        which = " or ".join(map(str, ranks_of(number)))
        message = f"the rank with local_rank {which} was killed by {name}"
        raise ProcessExitedException(message, rank, pid, code, name)

    @contextmanager
    def signals_passed_on(self) -> Iterator[None]:
        """Send SIGTERM to the processes when this one gets SIGINT or SIGTERM, and stay."""
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
