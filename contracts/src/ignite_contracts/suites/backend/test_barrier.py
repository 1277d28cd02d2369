"""``barrier``: nobody leaves before all have entered."""

from __future__ import annotations

from ignite_contracts.assertions import returned
from ignite_contracts.calls import Call
from ignite_contracts.world import World

LATE = 0.03
"""Seconds by which one rank comes later than the others."""


def test_nobody_leaves_before_all_have_entered(world: World) -> None:
    assert_holds(world)


def test_nobody_leaves_before_all_have_entered_unchecked(unchecked: World) -> None:
    assert_holds(unchecked)


def test_returns_nothing(world: World) -> None:
    assert world.values("barrier") == [None] * world.size


def assert_holds(world: World) -> None:
    """Each rank in turn is late, with no word from the controller between the barriers.

    All ranks run on this machine, whose monotonic clock is one for all processes.
    """
    programs = [
        [Call("barrier", delay=LATE * (rank == late)) for late in range(world.size)]
        for rank in range(world.size)
    ]
    observations = world.run(programs)
    for late, observation in enumerate(observations):
        outcomes = returned(observation)
        entered = max(outcome.entered for outcome in outcomes)
        for rank, outcome in enumerate(outcomes):
            early = (entered - outcome.left) / 1e6
            assert early <= 0, (
                f"{observation.title}: rank {rank} left {early:.1f} ms before rank {late} entered"
            )
    assert len(observations) == world.size
