"""``all_reduce``: one value of all ranks' values, the same on every rank."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from ignite.distributed.interface import ReduceOp
from ignite_contracts import reference
from ignite_contracts.assertions import (
    assert_close,
    assert_identical,
    assert_inputs_unchanged,
    assert_like_input,
    assert_raises,
    assert_same,
    assert_works,
)
from ignite_contracts.calls import Observation
from ignite_contracts.cases import Reduction, every_layout, every_reduction
from ignite_contracts.properties import for_all
from ignite_contracts.specs import TensorSpec, plain
from ignite_contracts.strategies import not_finite, number_reductions, reductions
from ignite_contracts.world import World

NUMBERS = {bool: torch.bool, int: torch.int64, float: torch.float64}


def reduced(world: World, case: Reduction) -> Observation:
    """Reduce, and compare with the reference model."""
    observation = world.call("all_reduce", case.inputs, op=case.op)
    op = ReduceOp(case.op)
    if isinstance(case.inputs[0], TensorSpec):
        inputs = plain(case.inputs)
    else:
        inputs = [torch.tensor(number, dtype=NUMBERS[type(number)]) for number in case.inputs]
    expected, tolerance = reference.all_reduce(inputs, op), reference.tolerance(inputs, op)
    assert_close(observation, expected, tolerance)
    return observation


@for_all(case=reductions)
def test_result_equals_the_reference(world: World, case: Reduction) -> None:
    reduced(world, case)


@for_all(case=not_finite)
def test_nan_and_infinity_propagate(world: World, case: Reduction) -> None:
    reduced(world, case)


def test_every_op_and_dtype_equals_the_reference(world: World) -> None:
    for case in every_reduction(world):
        reduced(world, case)


def test_every_op_and_dtype_gives_what_is_like_the_input(world: World) -> None:
    for case in every_reduction(world):
        assert_like_input(world.call("all_reduce", case.inputs, op=case.op))


def test_every_op_and_dtype_is_identical_on_all_ranks(world: World) -> None:
    for case in every_reduction(world):
        assert_identical(world.call("all_reduce", case.inputs, op=case.op))


def test_every_op_and_dtype_gives_the_same_bits_twice(world: World) -> None:
    for case in every_reduction(world):
        first = world.call("all_reduce", case.inputs, op=case.op)
        assert_same(first, world.call("all_reduce", case.inputs, op=case.op))


@for_all(case=reductions)
def test_result_is_identical_on_all_ranks(world: World, case: Reduction) -> None:
    assert_identical(world.call("all_reduce", case.inputs, op=case.op))


@for_all(case=reductions)
def test_result_has_the_dtype_shape_and_device_of_the_input(world: World, case: Reduction) -> None:
    assert_like_input(world.call("all_reduce", case.inputs, op=case.op))


@for_all(case=reductions)
def test_input_is_not_changed(world: World, case: Reduction) -> None:
    observation = world.call("all_reduce", case.inputs, op=case.op)
    assert_inputs_unchanged(observation, [spec.make() for spec in case.inputs])


def test_layout_does_not_matter(world: World) -> None:
    for inputs in every_layout(world):
        contiguous = [spec.contiguous() for spec in inputs]
        assert_same(world.call("all_reduce", contiguous), world.call("all_reduce", inputs))


@for_all(case=reductions)
def test_same_inputs_twice_give_the_same_bits(world: World, case: Reduction) -> None:
    assert_same(
        world.call("all_reduce", case.inputs, op=case.op),
        world.call("all_reduce", case.inputs, op=case.op),
    )


@for_all(case=number_reductions)
def test_numbers_are_exact_and_keep_their_type(world: World, case: Reduction) -> None:
    observation = reduced(world, case)
    assert_like_input(observation)
    assert_identical(observation)


@pytest.mark.parametrize(
    ("name", "op"),
    [("sum", "SUM"), ("Max", "MAX"), ("avg", "MEAN"), ("AVERAGE", "MEAN"), (ReduceOp.MIN, "MIN")],
)
def test_op_names_have_any_case_and_known_aliases(world: World, name: str, op: str) -> None:
    inputs = [float(rank + 1) for rank in range(world.size)]
    assert_same(world.call("all_reduce", inputs, op=op), world.call("all_reduce", inputs, op=name))


@pytest.mark.parametrize("op", ["MEDIAN", "", "SUM "])
def test_unknown_op_is_a_value_error(world: World, op: str) -> None:
    observation = world.call("all_reduce", [1.0] * world.size, op=op)
    assert_raises(observation, ValueError, repr(op))
    assert_works(world)


@pytest.mark.parametrize(
    ("op", "dtype"),
    [
        (ReduceOp.MEAN, torch.int64),
        (ReduceOp.MEAN, torch.uint8),
        (ReduceOp.MEAN, torch.bool),
        (ReduceOp.SUM, torch.bool),
        (ReduceOp.PRODUCT, torch.bool),
        (ReduceOp.MAX, torch.complex64),
        (ReduceOp.AND, torch.float32),
        (ReduceOp.OR, torch.bfloat16),
    ],
)
def test_op_that_a_dtype_has_not_is_a_type_error(
    world: World, op: ReduceOp, dtype: torch.dtype
) -> None:
    spec = TensorSpec(dtype, (2,), (1,))
    assert_raises(world.call("all_reduce", [spec] * world.size, op=op), TypeError, op.value)
    assert_works(world)


@pytest.mark.parametrize(("op", "number"), [("MEAN", 1), ("SUM", True), ("AND", 1.0)])
def test_op_that_a_number_has_not_is_a_type_error(world: World, op: str, number: Any) -> None:
    assert_raises(world.call("all_reduce", [number] * world.size, op=op), TypeError, op)
    assert_works(world)


@pytest.mark.parametrize("value", [None, "1", [1.0]], ids=repr)
def test_what_is_no_tensor_and_no_number_is_a_type_error(world: World, value: Any) -> None:
    assert_raises(world.call("all_reduce", [value] * world.size), TypeError)
    assert_works(world)
