"""Two ranks that measure together: the worker, and a process that makes the same calls.

Everything that is compared within an environment runs in the same world over gloo. What is
timed is each call on rank 0, waiting included, and a sample is their median: one call that the
machine interrupted then changes nothing.
"""

from __future__ import annotations

import gc
import pickle
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from statistics import median
from typing import IO

import ignite.distributed as idist
from benchmarks.timing import Case, Sampler, microseconds_per_iteration, timed

Prepare = Callable[[], Callable[[], object]]
"""Makes what a rank calls again and again; importable by name, or a partial of what is."""


def together(prepare: Prepare) -> Case:
    """Return the case that times a collective call."""

    def case() -> Sampler:
        other = _join()
        pickled = pickle.dumps(prepare)

        def seconds_of(iterations: int) -> float:
            pickle.dump((pickled, iterations), other)
            other.flush()
            return median(_nanoseconds(pickled, iterations)) * iterations / 1e9

        return microseconds_per_iteration(seconds_of)

    return case


def asked(query: Callable[[], object]) -> Case:
    """Return the case that times what a rank of the world answers by itself."""

    def prepare() -> Callable[[int], object]:
        _join()

        def run(iterations: int) -> None:
            for _ in range(iterations):
                query()

        return run

    return timed(prepare)


@cache
def _join() -> IO[bytes]:
    """Make this process rank 0, once, and return where rank 1 reads what to do."""
    folder = tempfile.mkdtemp(prefix="ignite-bench-")
    other = subprocess.Popen([sys.executable, "-m", __name__, folder], stdin=subprocess.PIPE)
    _meet(folder, rank=0)
    assert other.stdin is not None
    return other.stdin


def _meet(folder: str, rank: int) -> None:
    meeting = Path(folder, "meeting").as_uri()
    idist.initialize("gloo", init_method=meeting, rank=rank, world_size=2)


def _follow(folder: str) -> None:
    """Be rank 1 until rank 0 has ended."""
    _meet(folder, rank=1)
    while True:
        try:
            asked = pickle.load(sys.stdin.buffer)
        except EOFError:
            shutil.rmtree(folder)
            return
        _nanoseconds(*asked)


def _nanoseconds(pickled: bytes, iterations: int) -> list[int]:
    call = _prepared(pickled)
    gc.collect()
    idist.barrier()  # so that no call waits for what the other rank did before
    now = time.perf_counter_ns
    took = []
    for _ in range(iterations):
        began = now()
        call()
        took.append(now() - began)
    return took


@cache
def _prepared(pickled: bytes) -> Callable[[], object]:
    prepare: Prepare = pickle.loads(pickled)
    call = prepare()
    gc.freeze()  # on both ranks, since each waits for the other's collection
    return call


if __name__ == "__main__":
    _follow(*sys.argv[1:])
