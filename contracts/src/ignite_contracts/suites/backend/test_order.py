"""Interleaved operations complete in program order."""

from __future__ import annotations

from typing import Any

from ignite.distributed.interface import ReduceOp
from ignite_contracts import reference
from ignite_contracts.assertions import assert_close, assert_equal
from ignite_contracts.calls import Call, Observation
from ignite_contracts.cases import Step
from ignite_contracts.properties import for_all
from ignite_contracts.specs import plain
from ignite_contracts.strategies import programs
from ignite_contracts.world import World

LATE = 0.002
"""Seconds by which the late rank of a step comes later than the others."""


@for_all(program=programs)
def test_interleaved_operations_equal_the_reference(world: World, program: list[Step]) -> None:
    assert_right(world, program)


@for_all(program=programs)
def test_interleaved_operations_equal_the_reference_unchecked(
    world: World,
    unchecked: World,
    program: list[Step],
) -> None:
    assert_right(unchecked, program)


def assert_right(world: World, program: list[Step]) -> None:
    """Run without the controller between the steps; ranks drift apart as in a real job."""
    calls = [[call(step, rank) for step in program] for rank in range(world.size)]
    observations = world.run(calls)
    for step, observation in zip(program, observations, strict=False):
        assert_step_right(step, observation)
    assert len(observations) == len(program)


def call(step: Step, rank: int) -> Call:
    """Return the part of one rank in a step."""
    args: tuple[Any, ...] = () if step.inputs is None else (step.inputs[rank],)
    return Call(step.operation, args, step.kwargs, delay=LATE * (rank == step.late))


def assert_step_right(step: Step, observation: Observation) -> None:
    """Compare the outcome of a step with the reference model."""
    inputs = plain(step.inputs or [])
    if step.operation == "all_reduce":
        op = ReduceOp(step.kwargs["op"])
        expected, tolerance = reference.all_reduce(inputs, op), reference.tolerance(inputs, op)
        assert_close(observation, expected, tolerance)
    elif step.operation == "all_gather":
        assert_equal(observation, reference.all_gather(inputs))
    elif step.operation == "broadcast":
        assert_equal(observation, reference.broadcast(inputs, step.kwargs["src"]))
    else:
        assert_equal(observation, [None] * len(observation.outcomes))
