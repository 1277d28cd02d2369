"""Cases that a worker can load, whose figures are known."""

import itertools
import sys
import time


def constant():
    return lambda seconds: 3.0


def counting():
    """Number the samples over all cases of this worker, so their order shows."""

    def sample(seconds):
        counting.samples += 1
        return float(counting.samples)

    return sample


counting.samples = 0
counting_again = counting_more = counting


def preparations():
    """Count how often this was prepared."""
    preparations.count += 1
    return lambda seconds: float(preparations.count)


preparations.count = 0


def asked_seconds():
    return lambda seconds: seconds


def printing():
    print("what a library prints while it is prepared")

    def sample(seconds):
        print("and while it runs")
        return 1.0

    return sample


def raising():
    print("about to break", file=sys.stderr)
    raise ValueError("the case is broken")


def exiting():
    return lambda seconds: sys.exit(7)


def hanging():
    return lambda seconds: time.sleep(60)


def torch_threads():
    import torch

    return lambda seconds: float(torch.get_num_threads())


def two_ranks():
    """Count the calls of two ranks, and fail if one made more than the other."""
    from benchmarks.distributed.world import together

    return together(two_ranks_count)()


def two_ranks_count():
    import ignite.distributed as idist

    numbers = itertools.count()

    def call():
        number = next(numbers)
        assert idist.get_world_size() == 2
        assert idist.all_reduce(number) == 2 * number

    return call
