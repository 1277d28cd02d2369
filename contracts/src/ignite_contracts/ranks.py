"""The ranks of one world: started together, asked together, ended together."""

from __future__ import annotations

import atexit
import contextlib
import multiprocessing
import os
import pickle
import signal
import socket
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from ignite.distributed.interface import Job
from ignite.distributed.registry import load_backend
from ignite_contracts.calls import Raised
from ignite_contracts.errors import WorldBroken, WorldHung
from ignite_contracts.rank import serve

__all__ = ["GRACE", "Ranks"]

GRACE = 2.0
"""Seconds in which a rank must do what does not depend on any other rank."""


class Ranks:
    """The ranks of a world, which the backend starts as it does for any program.

    They are started by a process that has torch loaded, and call back. Each has two
    connections: it answers on one, and dies when the other breaks.

    Args:
        backend: name of a registered backend, or ``"package.module:Class"``.
        size: number of ranks.
        timeout: seconds that the backend lets a call wait for other ranks.
        checks: whether ranks compare what they are about to do.
    """

    def __init__(self, backend: str, size: int, timeout: float, *, checks: bool) -> None:
        context = multiprocessing.get_context("forkserver")
        # pytest too, since a child imports its parent's main module
        context.set_forkserver_preload(["torch.distributed", "pytest", serve.__module__])
        self._folder = tempfile.TemporaryDirectory(prefix="ignite-contracts-")
        self._connections: list[Connection] = []
        self._lifelines: list[Connection] = []
        self.pids: list[int] = []
        """Process ids in rank order, once the ranks have joined; replicas may share one."""
        address = str(Path(self._folder.name, "controller"))
        self._door = socket.socket(socket.AF_UNIX)
        self._door.bind(address)
        self._door.listen(2 * size)
        self._failure, there = context.Pipe(duplex=False)
        job = Job(
            serve,
            backend,
            size,
            args=(address,),
            options={"timeout": timeout},
            start_method="fork",
        )
        environment = {"IGNITE_DISTRIBUTED_DEBUG": str(int(checks))}
        self._launcher = context.Process(target=_launch, args=(job, environment, there))
        self._launcher.start()
        there.close()
        self._size = size
        atexit.register(self.kill)  # before multiprocessing would wait for the launcher

    def join(self, patience: float) -> list[Any]:
        """Wait until all ranks have joined the world, and return what each declares.

        Args:
            patience: seconds to wait for all.

        Raises:
            WorldBroken: they could not start.
            WorldHung: a rank did not call.
        """
        deadline = time.monotonic() + patience
        calls: dict[int, list[tuple[int, Connection]]] = {}
        while sum(map(len, calls.values())) < 2 * self._size:
            ready = wait([self._door, self._failure], max(0.0, deadline - time.monotonic()))
            if self._failure in ready:
                text = self._told_failure()
                self.kill()
                raise WorldBroken(text)
            if not ready:
                missing = [rank for rank in range(self._size) if rank not in calls]
                self._give_up(f"{_names(missing)} did not join in time", [])
            connection = Connection(self._door.accept()[0].detach())
            rank, pid = connection.recv()
            calls.setdefault(rank, []).append((pid, connection))
        for _, ends in sorted(calls.items()):
            (pid, connection), (_, lifeline) = ends  # in the order in which the rank made them
            self.pids.append(pid)
            self._connections.append(connection)
            self._lifelines.append(lifeline)
        return self.answers(max(GRACE, deadline - time.monotonic()))

    def _told_failure(self) -> str:
        try:
            return str(self._failure.recv())
        except EOFError:
            return "The process that starts the ranks died."

    def ask(self, questions: Sequence[Any]) -> None:
        """Send each rank its question."""
        for connection, question in zip(self._connections, questions, strict=True):
            with contextlib.suppress(ConnectionError):  # of a dead rank: found when it is read
                connection.send_bytes(pickle.dumps(question))

    def answers(self, patience: float) -> list[Any]:
        """Return each rank's answer, in rank order.

        Once a rank has raised, the others get no more than the grace, as they wait for it.

        Args:
            patience: seconds to wait for all.

        Raises:
            WorldHung: a rank died or did not answer; all are killed.
        """
        deadline = time.monotonic() + patience
        answers: dict[int, Any] = {}
        while silent := [rank for rank in range(len(self._connections)) if rank not in answers]:
            ready = wait(
                [self._connections[rank] for rank in silent],
                max(0.0, deadline - time.monotonic()),
            )
            if not ready:
                self._give_up(f"{_names(silent)} did not answer in time", answers.values())
            for rank in [rank for rank in silent if self._connections[rank] in ready]:
                try:
                    answers[rank] = pickle.loads(self._connections[rank].recv_bytes())
                except (EOFError, ConnectionError):
                    self._give_up(f"{_names([rank])} died", answers.values())
            if any(map(_raised, answers.values())):
                deadline = min(deadline, time.monotonic() + GRACE)
        return [answers[rank] for rank in range(len(self._connections))]

    def _give_up(self, what: str, answers: Iterable[Any]) -> None:
        self.kill()
        errors = [error.traceback for error in map(_raised, answers) if error is not None]
        raise WorldHung("\n".join([what, *(f"another rank raised\n{error}" for error in errors)]))

    def kill(self) -> None:
        """End the ranks, whatever they are doing."""
        self._launcher.kill()
        for pid in set(self.pids):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for lifeline in self._lifelines:
            lifeline.poll(GRACE)  # it ends with the process
        self._clear()

    def close(self) -> None:
        """Let the ranks leave the world, and end those that do not."""
        for end in (*self._lifelines, *self._connections):
            with contextlib.suppress(ConnectionError):
                end.send_bytes(b"") if end in self._lifelines else end.close()
        self._launcher.join(GRACE)
        if self._launcher.is_alive():
            self.kill()
        else:
            self._clear()

    def _clear(self) -> None:
        atexit.unregister(self.kill)
        for connection in (*self._connections, *self._lifelines, self._failure):
            connection.close()
        self._door.close()
        self._launcher.join()
        self._launcher.close()
        self._folder.cleanup()


def _launch(job: Job, environment: Mapping[str, str], failure: Connection) -> None:
    """Have the backend start the ranks, in a process of its own; tell if it cannot."""
    os.environ.update(environment)
    try:
        load_backend(job.backend).run_ranks(job)
    except Exception as error:  # noqa: BLE001 - the controller tells it
        failure.send(Raised.of(error).traceback)


def _raised(answer: Any) -> Raised | None:
    """Return the error in an answer: the answer itself, or the end of a program."""
    last = answer[-1] if isinstance(answer, list) and answer else answer
    return last if isinstance(last, Raised) else None


def _names(ranks: Sequence[int]) -> str:
    return f"rank{'s' if len(ranks) > 1 else ''} {', '.join(map(str, ranks))}"
