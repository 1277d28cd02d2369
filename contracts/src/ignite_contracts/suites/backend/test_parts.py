"""``scatter``, ``reduce_scatter`` and ``all_to_all``: a part for each rank."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from ignite_contracts import reference
from ignite_contracts.assertions import (
    assert_equal,
    assert_inputs_unchanged,
    assert_raises,
    assert_same,
    assert_within,
    assert_works,
)
from ignite_contracts.cases import Reduction, Sending
from ignite_contracts.properties import for_all
from ignite_contracts.specs import TensorSpec, Unpicklable, plain
from ignite_contracts.strategies import anything, blobs, objects, part_reductions, parts_of, sending
from ignite_contracts.world import World

Parts = list[list[Any]]


@for_all(case=sending(parts_of(anything)))
def test_scatter_gives_each_rank_its_part(world: World, case: Sending) -> None:
    inputs: list[Any] = [None] * world.size
    inputs[case.src] = case.inputs[case.src]
    expected = reference.scatter(plain(case.inputs[case.src]))
    assert_equal(world.call("scatter", inputs, src=case.src), expected)


@for_all(inputs=parts_of(blobs))
def test_parts_have_any_size(world: World, inputs: Parts) -> None:
    expected = reference.scatter(plain(inputs[0]))
    assert_equal(world.call("scatter", inputs), expected)


@for_all(inputs=parts_of(anything))
def test_all_to_all_transposes(world: World, inputs: Parts) -> None:
    assert_equal(world.call("all_to_all", inputs), reference.all_to_all(plain(inputs)))


@for_all(inputs=parts_of(objects))
def test_all_to_all_leaves_the_input(world: World, inputs: Parts) -> None:
    assert_inputs_unchanged(world.call("all_to_all", inputs), plain(inputs))


@for_all(case=part_reductions)
def test_reduce_scatter_gives_each_rank_its_reduction(world: World, case: Reduction) -> None:
    observation = world.call("reduce_scatter", case.inputs, op=case.op)
    for rank in range(world.size):
        part = Reduction(case.op, [of_rank[rank] for of_rank in case.inputs])
        assert_within(observation, part, only=rank, others=False)


@for_all(case=part_reductions)
def test_reduce_scatter_leaves_the_input(world: World, case: Reduction) -> None:
    observation = world.call("reduce_scatter", case.inputs, op=case.op)
    assert_inputs_unchanged(observation, plain(case.inputs))


@pytest.mark.parametrize("operation", ["scatter", "reduce_scatter", "all_to_all"])
def test_the_rows_of_a_tensor_are_parts(world: World, operation: str) -> None:
    rows = tuple(range(2 * world.size))
    inputs = [TensorSpec(torch.int64, (2 * world.size,), rows)] * world.size
    split = [[TensorSpec(torch.int64, (2,), rows[2 * r : 2 * r + 2]) for r in range(world.size)]]
    by_list = world.call(operation, split * world.size)
    by_rows = world.call(operation, inputs)
    assert_same(by_list, by_rows)


@pytest.mark.parametrize("operation", ["scatter", "reduce_scatter", "all_to_all"])
@pytest.mark.parametrize("wrong", ["one too many", "none", "no list"])
def test_not_one_part_for_each_is_a_value_error(world: World, operation: str, wrong: str) -> None:
    parts: Any = {"one too many": [1] * (world.size + 1), "none": [], "no list": 1}[wrong]
    assert_raises(world.call(operation, [parts] * world.size), ValueError)
    assert_works(world)


@pytest.mark.parametrize("operation", ["scatter", "all_to_all"])
def test_a_part_that_cannot_be_sent_is_a_type_error_on_every_rank(
    world: World, operation: str
) -> None:
    parts: list[Any] = [1] * (world.size - 1) + [Unpicklable("lock")]
    assert_raises(world.call(operation, [parts] * world.size), TypeError)
    assert_works(world)
