"""A script whose ranks hang: it tells their process ids and waits for them."""

from __future__ import annotations

from ignite_contracts.world import World

if __name__ == "__main__":
    world = World("broken_backends:HangsInTheBarrier", 2, timeout=60.0)
    print(*world.start().pids, flush=True)  # noqa: T201 - what it is for
    world.call("barrier")
