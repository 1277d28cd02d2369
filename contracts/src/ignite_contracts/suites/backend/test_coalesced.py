"""The coalesced forms equal one call for each tensor."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from ignite.distributed.interface import ReduceOp
from ignite_contracts import reference
from ignite_contracts.assertions import (
    assert_close,
    assert_equal,
    assert_inputs_unchanged,
    assert_raises,
    assert_works,
    returned,
)
from ignite_contracts.calls import Observation
from ignite_contracts.cases import Reduction
from ignite_contracts.properties import for_all
from ignite_contracts.specs import TensorSpec, plain
from ignite_contracts.strategies import many_ragged, many_reductions
from ignite_contracts.world import World


@for_all(case=many_reductions)
def test_reductions_equal_the_reference(world: World, case: Reduction) -> None:
    observation = world.call("all_reduce_coalesced", case.inputs, op=case.op)
    op = ReduceOp(case.op)
    for index, column in enumerate(zip(*case.inputs, strict=True)):
        inputs = plain(column)
        expected, tolerance = reference.all_reduce(inputs, op), reference.tolerance(inputs, op)
        parts = [replace(got, value=got.value[index]) for got in returned(observation)]
        assert_close(replace(observation, outcomes=parts), expected, tolerance)


@for_all(inputs=many_ragged)
def test_gathered_tensors_equal_one_call_each(world: World, inputs: list[list[TensorSpec]]) -> None:
    observation = world.call("all_gather_coalesced", inputs)
    assert_each(world, observation, "all_gather", inputs)


def assert_each(
    world: World,
    observation: Observation,
    operation: str,
    inputs: list[list[TensorSpec]],
    **kwargs: str,
) -> None:
    """Compare with the call for each tensor, which has a suite of its own."""
    columns = [list(column) for column in zip(*inputs, strict=True)]
    each = [returned(world.call(operation, column, **kwargs)) for column in columns]
    assert_equal(
        observation, [[column[rank].value for column in each] for rank in range(world.size)]
    )


@for_all(case=many_reductions)
def test_reductions_leave_the_inputs(world: World, case: Reduction) -> None:
    observation = world.call("all_reduce_coalesced", case.inputs, op=case.op)
    assert_inputs_unchanged(observation, plain(case.inputs))


@for_all(inputs=many_ragged)
def test_gathering_leaves_the_inputs(world: World, inputs: list[list[TensorSpec]]) -> None:
    assert_inputs_unchanged(world.call("all_gather_coalesced", inputs), plain(inputs))


@pytest.mark.parametrize("operation", ["all_reduce_coalesced", "all_gather_coalesced"])
def test_nothing_gives_nothing(world: World, operation: str) -> None:
    assert_equal(world.call(operation, [[]] * world.size), [[]] * world.size)


@pytest.mark.parametrize("operation", ["all_reduce_coalesced", "all_gather_coalesced"])
def test_what_is_no_tensor_is_a_type_error(world: World, operation: str) -> None:
    inputs = [[TensorSpec(torch.int64, (1,)), 1]] * world.size
    assert_raises(world.call(operation, inputs), TypeError)
    assert_works(world)


def test_dtypes_side_by_side(world: World) -> None:
    """Bytes of one tensor leave the next where its dtype does not want to lie."""
    inputs = [
        [
            TensorSpec(torch.uint8, (3,), (rank, 255)),
            TensorSpec(torch.float64, (2,), (0.5, rank)),
            TensorSpec(torch.bool, (1,), (rank % 2,)),
            TensorSpec(torch.float32, (5,), (1.0, rank)),
        ]
        for rank in range(world.size)
    ]
    assert_each(world, world.call("all_gather_coalesced", inputs), "all_gather", inputs)
