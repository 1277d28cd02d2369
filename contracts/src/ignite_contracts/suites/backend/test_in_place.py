"""The forms with an underscore give what the others do, in the tensor that they were given."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch

from ignite_contracts.assertions import (
    assert_equal,
    assert_raises,
    assert_works,
    returned,
)
from ignite_contracts.calls import Call, Observation
from ignite_contracts.cases import Reduction, Sending
from ignite_contracts.properties import for_all
from ignite_contracts.specs import TensorSpec
from ignite_contracts.strategies import alike, reductions, sending
from ignite_contracts.world import World

OPERATIONS = ["all_reduce_", "broadcast_"]


def writable(inputs: list[Any]) -> list[Any]:
    """Return the recipes with an element of memory for each element."""
    return [
        replace(spec, layout="contiguous") if spec.layout == "expanded" else spec for spec in inputs
    ]


def assert_is_the_input(observation: Observation) -> None:
    """Every rank's result is the tensor that it gave."""
    for rank, outcome in enumerate(returned(observation)):
        where = f"{observation.title}, rank {rank}"
        given = outcome.inputs[0]
        assert outcome.shares_memory or not given.data, f"{where}: the result is not the input"
        assert outcome.value == given, f"{where}: {given} was left in the input, not the result"


@for_all(case=reductions)
def test_reductions_equal_those_out_of_place(world: World, case: Reduction) -> None:
    inputs = writable(case.inputs)
    expected = returned(world.call("all_reduce", inputs, op=case.op))
    observation = world.call("all_reduce_", inputs, op=case.op)
    assert_equal(observation, [outcome.value for outcome in expected])


@for_all(case=reductions)
def test_reductions_are_left_in_the_input(world: World, case: Reduction) -> None:
    assert_is_the_input(world.call("all_reduce_", writable(case.inputs), op=case.op))


@for_all(case=sending(alike))
def test_broadcasts_equal_those_out_of_place(world: World, case: Sending) -> None:
    inputs = writable(case.inputs)
    expected = returned(world.call("broadcast", inputs, src=case.src))
    observation = world.call("broadcast_", inputs, src=case.src)
    assert_equal(observation, [outcome.value for outcome in expected])


@for_all(case=sending(alike))
def test_broadcasts_are_left_in_the_input(world: World, case: Sending) -> None:
    assert_is_the_input(world.call("broadcast_", writable(case.inputs), src=case.src))


@pytest.mark.parametrize("operation", OPERATIONS)
def test_one_element_of_a_slice_is_overwritten(world: World, operation: str) -> None:
    """Such a tensor counts as contiguous, whatever its stride."""
    inputs = [TensorSpec(torch.int64, (1,), (rank + 1,), "sliced") for rank in range(world.size)]
    expected = returned(world.call(operation.rstrip("_"), inputs))
    assert_equal(world.call(operation, inputs), [outcome.value for outcome in expected])


@pytest.mark.parametrize("operation", OPERATIONS)
def test_in_the_background_the_input_is_the_result(world: World, operation: str) -> None:
    if not world.capabilities.asynchronous:
        pytest.skip("the backend declares nothing asynchronous")
    tensors = [TensorSpec(torch.float32, (3,), (rank, 1.0)) for rank in range(world.size)]
    programs = [[Call(operation, (tensor,), {"async_op": True})] for tensor in tensors]
    [observation] = world.run(programs)
    assert_is_the_input(observation)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_other_ranks_keep_theirs(world: World, operation: str) -> None:
    if not world.capabilities.subgroups:
        pytest.skip("the backend declares no groups")
    inputs = [TensorSpec(torch.int64, (2,), (rank, 5)) for rank in range(world.size)]
    observation = world.call(operation, inputs, group=[0])
    assert_equal(observation, [spec.plain() for spec in inputs])


@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_is_no_tensor_is_a_type_error(world: World, operation: str) -> None:
    assert_raises(world.call(operation, [1] * world.size), TypeError)
    assert_works(world)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_elements_that_share_memory_are_refused(world: World, operation: str) -> None:
    inputs = [TensorSpec(torch.float32, (3, 2), (1.0, 2.0), layout="expanded")] * world.size
    assert_raises(world.call(operation, inputs), ValueError, "clone")
    assert_works(world)
