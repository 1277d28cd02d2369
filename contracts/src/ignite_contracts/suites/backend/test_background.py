"""Operations in the background give what the others give, in program order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ignite.distributed.interface import UnsupportedOperation
from ignite_contracts.assertions import assert_equal, assert_raises, assert_works
from ignite_contracts.calls import Call
from ignite_contracts.cases import Step
from ignite_contracts.properties import for_all
from ignite_contracts.specs import Unpicklable
from ignite_contracts.strategies import background_programs
from ignite_contracts.suites.backend.test_order import assert_step_right, call
from ignite_contracts.world import World


@for_all(program=background_programs)
def test_background_operations_equal_the_reference(world: World, program: list[Step]) -> None:
    assert_right(world, program)


@for_all(program=background_programs)
def test_background_operations_equal_the_reference_unchecked(
    world: World, unchecked: World, program: list[Step]
) -> None:
    assert_right(unchecked, program)


def assert_right(world: World, program: list[Step]) -> None:
    """Start and do the steps; wait for those that were started after the last."""
    needs_background(world)
    calls = [[call(step, rank) for step in program] for rank in range(world.size)]
    observations = world.run(calls)
    assert len(observations) == len(program)
    for step, observation in zip(program, observations, strict=True):
        kwargs = {name: value for name, value in step.kwargs.items() if name != "async_op"}
        assert_step_right(replace(step, kwargs=kwargs), observation)


def test_what_goes_wrong_is_raised_by_the_wait(world: World) -> None:
    needs_background(world)
    inputs = [Unpicklable("lock")] * world.size
    assert_raises(world.call("all_gather", inputs, async_op=True), TypeError)
    observation = world.call("all_reduce", [1.0] * world.size, op="AND", async_op=True)
    assert_raises(observation, TypeError)
    assert_works(world)


def test_undeclared_background_is_refused(world: World) -> None:
    if world.capabilities.asynchronous:
        pytest.skip("this backend declares that it works in the background")
    assert_raises(world.call("barrier", async_op=True), UnsupportedOperation)


def needs_background(world: World) -> None:
    """Skip where the backend declares that it does nothing in the background."""
    if not world.capabilities.asynchronous:
        pytest.skip("this backend declares nothing in the background")


def test_one_handle_for_each_call(world: World) -> None:
    needs_background(world)
    calls = [
        [Call("all_reduce", (rank + n,), {"async_op": True}) for n in range(6)]
        for rank in range(world.size)
    ]
    for number, observation in enumerate(world.run(calls)):
        total = sum(rank + number for rank in range(world.size))
        assert_equal(observation, [total] * world.size)
