"""Runs one of these functions in the ranks of a world: launch.py FUNCTION [START_METHOD]."""

import atexit
import os
import signal
import sys
import time

import ignite.distributed as idist


def describe(local_rank, *args, **kwargs):
    assert local_rank == idist.get_local_rank()
    place = (idist.get_rank(), idist.get_world_size(), idist.get_node_rank(), idist.get_nnodes())
    for report in idist.all_gather(f"{idist.backend()} {place} {args} {kwargs}"):
        if idist.get_rank() == 0:
            tell(report)


def stop_gracefully(local_rank):
    stopped = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(1))
    ready()
    while not idist.all_reduce(bool(stopped), "OR"):
        time.sleep(0.02)
    tell(f"saved {local_rank}")


def sleep(local_rank):
    ready()
    time.sleep(60)


def ignore(local_rank):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sleep(local_rank)


def raise_on_last(local_rank):
    if local_rank == 1:
        raise ValueError("what went wrong")
    idist.barrier()


def exit_in_good_order(local_rank):
    atexit.register(tell, f"rank {local_rank} left")
    idist.barrier()
    print(f"rank {local_rank} printed", end="")  # not flushed here
    sys.exit(7)


def restart_once(local_rank):
    attempt = os.environ["TORCHELASTIC_RESTART_COUNT"]
    idist.barrier()
    if attempt == "0" and local_rank == 1:
        os._exit(1)
    idist.barrier()
    idist.finalize()
    idist.initialize("gloo")
    describe(local_rank, f"attempt {attempt}")


def tell(text):
    os.write(1, f"{text}\n".encode())


def ready():
    idist.barrier()
    tell("ready")


def main(function, start_method=None, *flags):
    spawned = {"nproc_per_node": 2, "start_method": start_method} if start_method else {}
    spawned.update(flag.split("=") for flag in flags)
    for name in ("nnodes", "node_rank", "master_port", "nproc_per_node"):
        if name in spawned:
            spawned[name] = int(spawned[name])
    before = [signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)]
    try:
        with idist.Parallel(backend="gloo", **spawned) as parallel:
            args, kwargs = ((1,), {"key": "value"}) if function == "describe" else ((), {})
            parallel.run(globals()[function], *args, **kwargs)
    finally:
        assert before == [signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)]
        assert idist.backend() is None


if __name__ == "__main__":
    main(*sys.argv[1:])
