"""The controller's side of a worker: one process per environment, asked for one sample at a time.

pyperf, asv and pytest-benchmark measure one interpreter after the other, or one interpreter
only. A ratio between two of them then also holds what the machine did in the meantime; here
every interpreter stays alive and they take turns within milliseconds.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from benchmarks.row import OURS, Contender

ROOT = Path(__file__).parent.parent
ONE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
PATIENCE = 300.0


class WorkerFailed(Exception):
    """A worker ended, gave no answer in time, or runs where it should not."""


class Environment:
    """A Python interpreter with what is installed for it, measuring.

    Attributes:
        description: its Python, and what is installed by distribution.
    """

    def __init__(
        self, name: str, process: subprocess.Popen[str], errors: IO[str], patience: float
    ) -> None:
        self._name = name
        self._process = process
        self._errors = errors
        self._patience = patience
        self.description = self._reply("starting")

    def sample(self, contender: Contender, seconds: float) -> float:
        """Return one figure of the contender, measured for about that time.

        Raises:
            WorkerFailed: there is none; the message has what the worker wrote to its stderr.
        """
        request = {"module": contender.module, "case": contender.case, "seconds": seconds}
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # it is gone; the reply that does not come tells so
        figure: float = self._reply(f"measuring {contender.module}.{contender.case}")["figure"]
        return figure

    def _reply(self, doing: str) -> Any:
        assert self._process.stdout is not None
        alarm = threading.Timer(self._patience, self._process.kill)
        alarm.start()
        line = self._process.stdout.readline()
        alarm.cancel()
        if not line:
            status = self._process.wait()
            self._errors.seek(0)
            raise WorkerFailed(
                f"The worker of {self._name!r} ended with status {status} while {doing} (it has "
                f"{self._patience:g} s). Its standard error:\n{self._errors.read()}"
            )
        return json.loads(line)


@contextmanager
def running(name: str, python: str, patience: float = PATIENCE) -> Iterator[Environment]:
    """Run a worker, and end it with the block.

    Args:
        name: of the environment, as rows call it.
        python: its interpreter.
        patience: seconds after which a worker that does not answer is ended.

    Raises:
        WorkerFailed: it does not start, or the distribution it is there for is missing.
    """
    remedy = f"pip install -r benchmarks/requirements-{name}.txt into an environment of its own."
    with tempfile.TemporaryFile("w+") as errors:
        try:
            process = subprocess.Popen(
                [python, "-m", "benchmarks.worker"],
                cwd=ROOT,
                env={**os.environ, **ONE_THREAD},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        except OSError as error:
            raise WorkerFailed(f"The worker of {name!r} cannot start: {error}; {remedy}") from error
        try:
            environment = Environment(name, process, errors, patience)
            if name not in (OURS, *environment.description["installed"]):
                raise WorkerFailed(f"{python} has no distribution {name!r}; {remedy}")
            yield environment
        finally:
            process.kill()  # between two samples it has nothing to finish
            process.communicate()
