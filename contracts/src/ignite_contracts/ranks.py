"""The processes of one world: started together, asked together, ended together."""

from __future__ import annotations

import contextlib
import multiprocessing
import pickle
import tempfile
import time
from collections.abc import Iterable, Sequence
from datetime import timedelta
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ignite_contracts.calls import Raised
from ignite_contracts.errors import WorldHung
from ignite_contracts.rank import serve

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerProcess

__all__ = ["GRACE", "Ranks"]

GRACE = 2.0
"""Seconds in which a rank must do what does not depend on any other rank."""


class Ranks:
    """Rank processes, forked from one server that has torch loaded.

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
        self._processes: list[ForkServerProcess] = []
        self._connections: list[Connection] = []
        options = {
            "world_size": size,
            "init_method": (Path(self._folder.name) / "store").as_uri(),
            "timeout": timedelta(seconds=timeout),
        }
        environment = {"IGNITE_DISTRIBUTED_DEBUG": str(int(checks))}
        for rank in range(size):
            here, there = context.Pipe()
            process = context.Process(
                target=serve,
                args=(there, backend, {"rank": rank, **options}, environment),
                daemon=True,
            )
            process.start()
            there.close()
            self._processes.append(process)
            self._connections.append(here)

    @property
    def pids(self) -> list[int]:
        """Process ids in rank order."""
        return [process.pid for process in self._processes if process.pid is not None]

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
        while silent := [rank for rank in range(len(self._processes)) if rank not in answers]:
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
        return [answers[rank] for rank in range(len(self._processes))]

    def _give_up(self, what: str, answers: Iterable[Any]) -> None:
        self.kill()
        errors = [error.traceback for error in map(_raised, answers) if error is not None]
        raise WorldHung("\n".join([what, *(f"another rank raised\n{error}" for error in errors)]))

    def kill(self) -> None:
        """End the ranks, whatever they are doing."""
        for process, connection in zip(self._processes, self._connections, strict=True):
            process.kill()
            connection.close()
        for process in self._processes:
            process.join()
            process.close()
        self._folder.cleanup()

    def close(self) -> None:
        """Let the ranks leave the world, and end those that do not."""
        for connection in self._connections:
            connection.close()
        deadline = time.monotonic() + GRACE
        for process in self._processes:
            process.join(max(0.0, deadline - time.monotonic()))
        self.kill()


def _raised(answer: Any) -> Raised | None:
    """Return the error in an answer: the answer itself, or the end of a program."""
    last = answer[-1] if isinstance(answer, list) and answer else answer
    return last if isinstance(last, Raised) else None


def _names(ranks: Sequence[int]) -> str:
    return f"rank{'s' if len(ranks) > 1 else ''} {', '.join(map(str, ranks))}"
