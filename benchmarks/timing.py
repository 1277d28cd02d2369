"""How a case is written, and how its iterations are timed.

A case is a function without arguments. It prepares what it measures and returns a sampler;
a sampler is called once per round with the seconds it should take, and returns one figure
in the row's unit. The functions here make samplers that time iterations, by the time of the
processor: other work on the machine then counts less, and waiting not at all. What waits
(for another process, a device, a disk) takes its time with ``time.perf_counter_ns``.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

Sampler = Callable[[float], float]
Case = Callable[[], Sampler]


def microseconds_per_iteration(seconds_of: Callable[[int], float]) -> Sampler:
    """Return the sampler that runs enough iterations to take the time asked for.

    Args:
        seconds_of: runs that many iterations, 2 at least, and returns what they took.
    """
    iterations = 0

    def sample(seconds: float) -> float:
        nonlocal iterations
        if not iterations:
            iterations = _how_many(seconds_of, seconds)
            gc.freeze()  # what is prepared now need not be looked through at every sample
        return 1e6 * seconds_of(iterations) / iterations

    return sample


def timed(prepare: Callable[[], Callable[[int], object]]) -> Case:
    """Return the case that times what ``prepare`` returns: a function of the iterations to run."""

    def case() -> Sampler:
        run = prepare()
        return microseconds_per_iteration(lambda iterations: stopwatch(run, iterations))

    return case


def stopwatch(run: Callable[[int], object], iterations: int) -> float:
    """Return the processor's seconds for ``run(iterations)``, all threads, no older garbage."""
    gc.collect()
    began = time.process_time_ns()
    run(iterations)
    return (time.process_time_ns() - began) / 1e9


def _how_many(seconds_of: Callable[[int], float], seconds: float) -> int:
    iterations = 2
    seconds_of(iterations)  # what is loaded and compiled at first use
    while seconds_of(iterations) < seconds:
        iterations *= 2
    return iterations
