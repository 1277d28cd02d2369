"""Ranks that disagree, or do not come, give a named error on every rank and no hang."""

from __future__ import annotations

import pytest
import torch

from ignite.distributed.interface import CollectiveMismatch, CollectiveTimeout
from ignite_contracts.assertions import assert_raises, assert_works
from ignite_contracts.calls import Call, Observation
from ignite_contracts.specs import TensorSpec
from ignite_contracts.world import World

TIMEOUT = 1.5
"""Seconds that the ranks wait for one that does not come."""

TWO = TensorSpec(torch.float32, (2,), (1.0,))
THREE = TensorSpec(torch.float32, (3,), (1.0,))
DOUBLE = TensorSpec(torch.float64, (2,), (1.0,))

DISAGREEMENTS: dict[str, tuple[Call, Call, list[str]]] = {
    "op": (Call("all_reduce", (TWO, "SUM")), Call("all_reduce", (TWO, "MAX")), ["SUM", "MAX"]),
    "shape": (Call("all_reduce", (TWO,)), Call("all_reduce", (THREE,)), ["(2,)", "(3,)"]),
    "dtype": (Call("all_reduce", (TWO,)), Call("all_reduce", (DOUBLE,)), ["float32", "float64"]),
    "number": (Call("all_reduce", (1,)), Call("all_reduce", (1.0,)), ["int", "float"]),
    "gathered dtype": (Call("all_gather", (TWO,)), Call("all_gather", (DOUBLE,)), ["float64"]),
    "source": (Call("broadcast", (TWO, 0)), Call("broadcast", (TWO, 1)), ["src"]),
    "sent shape": (Call("broadcast", (TWO,)), Call("broadcast", (THREE,)), ["(2,)", "(3,)"]),
    "operation": (Call("all_reduce", (TWO,)), Call("barrier"), ["all_reduce", "barrier"]),
    "gather or send": (Call("all_gather", (1,)), Call("broadcast", (1,)), ["all_gather"]),
}
"""What one rank does and another does otherwise, and how the message tells them apart."""


@pytest.mark.parametrize("what", DISAGREEMENTS)
def test_ranks_that_disagree_raise_a_mismatch(world: World, what: str) -> None:
    needs_others(world)
    usual, odd, differences = DISAGREEMENTS[what]
    for rank in range(world.size):
        calls = [usual] * world.size
        calls[rank] = odd
        (observation,) = world.run([[call] for call in calls])
        assert_raises(observation, CollectiveMismatch, str(rank), *differences)
        assert_works(world)


@pytest.mark.parametrize("operation", ["all_reduce", "all_gather", "broadcast", "barrier"])
def test_a_rank_that_does_not_come_is_a_timeout(world: World, operation: str) -> None:
    needs_others(world)
    present = [Call(operation, () if operation == "barrier" else (1,))]
    with World(world.backend, world.size, TIMEOUT, checks=False) as impatient:
        (observation,) = impatient.run([[Call("rank")], *[present] * (world.size - 1)])
    waiting = Observation(observation.title, observation.outcomes[1:])
    assert_raises(waiting, CollectiveTimeout, operation)


def needs_others(world: World) -> None:
    """Skip where there is nobody to disagree with."""
    if world.size == 1:
        pytest.skip("one rank alone always agrees")
