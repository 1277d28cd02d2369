"""Whether an iteration stays as cheap as the first ones were, and leaves nothing behind."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.timing import Sampler, microseconds_per_iteration, stopwatch, timed
from ignite.engine import Engine, Events

EARLY, LATE, HANDLERS = 10**4, 10**7, 1_000


def _process(engine: Any, batch: Any) -> None: ...


def _handler(engine: Any) -> None: ...


def _engine_after(iterations: int) -> Engine:
    engine = Engine(_process)
    engine.add_event_handler(Events.ITERATION_COMPLETED, _handler)
    engine.run(epoch_length=EARLY, max_iters=iterations)
    return engine


def _go_on(engine: Engine, iterations: int) -> None:
    engine.run(max_iters=engine.state.iteration + iterations)


def early() -> Sampler:
    """Iterations that follow the first 10^4."""

    def seconds_of(iterations: int) -> float:
        engine = _engine_after(EARLY)
        return stopwatch(lambda n: _go_on(engine, n), iterations)

    return microseconds_per_iteration(seconds_of)


@timed
def late() -> Callable[[int], object]:
    """Iterations that follow the first 10^7."""
    engine = _engine_after(LATE)
    return lambda iterations: _go_on(engine, iterations)


def _with_handlers_elsewhere(handlers: int) -> Callable[[int], object]:
    engine = Engine(_process)
    engine.add_event_handler(Events.ITERATION_COMPLETED, _handler)
    for number in range(handlers):
        engine.register_events(f"event {number}")
        engine.add_event_handler(f"event {number}", _handler)
    return lambda iterations: engine.run(range(iterations))


@timed
def alone() -> Callable[[int], object]:
    """One handler, and none elsewhere."""
    return _with_handlers_elsewhere(0)


@timed
def among_many() -> Callable[[int], object]:
    """One handler, and 1,000 on other events."""
    return _with_handlers_elsewhere(HANDLERS)


def memory() -> Sampler:
    """Kilobytes by which a process of its own grew from iteration 10^4 to 10^7; Linux only.

    Not the worker's: what others gave back to the allocator there would hide a growth.
    """

    def sample(seconds: float) -> float:
        program = [sys.executable, "-m", __name__]
        return float(subprocess.run(program, check=True, stdout=subprocess.PIPE).stdout)

    return sample


def _kilobytes_grown() -> float:
    engine = _engine_after(EARLY)
    before = _resident_pages()
    _go_on(engine, LATE - EARLY)
    return (_resident_pages() - before) * os.sysconf("SC_PAGE_SIZE") / 1024


def _resident_pages() -> int:
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1])


if __name__ == "__main__":
    sys.stdout.write(f"{_kilobytes_grown()}\n")
