"""``reduce`` and ``gather``: what one rank gets, and the others do not."""

from __future__ import annotations

from typing import Any

import pytest

from ignite.distributed.interface import ReduceOp
from ignite_contracts import reference
from ignite_contracts.assertions import (
    assert_equal,
    assert_inputs_unchanged,
    assert_raises,
    assert_same,
    assert_within,
    assert_works,
)
from ignite_contracts.cases import Reduction, Sending, every_layout, every_reduction
from ignite_contracts.properties import for_all
from ignite_contracts.specs import TensorSpec, Unpicklable, plain
from ignite_contracts.strategies import (
    number_reductions,
    numbers,
    objects,
    ragged,
    reductions,
    sending,
    shapeless,
)
from ignite_contracts.world import World

Specs = list[TensorSpec]


def reduced(world: World, case: Reduction, dst: int) -> None:
    """Reduce to ``dst``, and compare with the reference model."""
    observation = world.call("reduce", case.inputs, dst=dst, op=case.op)
    assert_within(observation, case, only=dst)


@for_all(case=reductions)
def test_one_rank_gets_the_reduction(world: World, case: Reduction) -> None:
    for dst in range(world.size):
        reduced(world, case, dst)


def test_every_op_and_dtype_is_reduced_to_one_rank(world: World) -> None:
    for case in every_reduction(world):
        reduced(world, case, world.size - 1)


@for_all(case=number_reductions)
def test_numbers_are_reduced_to_one_rank(world: World, case: Reduction) -> None:
    reduced(world, case, 0)


@for_all(case=reductions)
def test_reduction_leaves_the_input(world: World, case: Reduction) -> None:
    observation = world.call("reduce", case.inputs, op=case.op)
    assert_inputs_unchanged(observation, [spec.make() for spec in case.inputs])


@for_all(case=sending(ragged))
def test_one_rank_gets_ragged_tensors(world: World, case: Sending) -> None:
    gathered(world, case)


@for_all(case=sending(shapeless))
def test_one_rank_gets_tensors_of_any_shape(world: World, case: Sending) -> None:
    gathered(world, case)


@for_all(case=sending(numbers))
def test_one_rank_gets_numbers(world: World, case: Sending) -> None:
    gathered(world, case)


@for_all(case=sending(objects))
def test_one_rank_gets_objects(world: World, case: Sending) -> None:
    if not world.capabilities.objects:
        pytest.skip("this backend declares no objects")
    gathered(world, case)


def gathered(world: World, case: Sending) -> None:
    """Gather on one rank, and compare with the reference model."""
    observation = world.call("gather", case.inputs, dst=case.src)
    everywhere = reference.all_gather(plain(case.inputs))
    assert_equal(observation, reference.on_one_rank(everywhere, case.src))


def test_layout_does_not_matter(world: World) -> None:
    for operation in ("reduce", "gather"):
        for inputs in every_layout(world):
            contiguous = [spec.contiguous() for spec in inputs]
            assert_same(world.call(operation, contiguous), world.call(operation, inputs))


@pytest.mark.parametrize("operation", ["reduce", "gather"])
@pytest.mark.parametrize("dst", [-1, 99, None, "0", 1.0, True], ids=repr)
def test_what_is_no_rank_is_a_value_error(world: World, operation: str, dst: Any) -> None:
    assert_raises(world.call(operation, [1] * world.size, dst=dst), ValueError, "dst")
    assert_works(world)


def test_what_one_rank_cannot_send_is_a_type_error_on_every_rank(world: World) -> None:
    inputs: list[Any] = [{"a": 1}] * (world.size - 1) + [Unpicklable("lock")]
    assert_raises(world.call("gather", inputs), TypeError)
    assert_works(world)


@pytest.mark.parametrize(("op", "error"), [("MEDIAN", ValueError), ("AND", TypeError)])
def test_op_that_is_not_there_is_refused(world: World, op: str, error: type[Exception]) -> None:
    assert_raises(world.call("reduce", [1.0] * world.size, op=op), error)
    assert_works(world)


def test_aliases_of_ops(world: World) -> None:
    inputs = [float(rank) for rank in range(world.size)]
    mean = world.call("reduce", inputs, op=ReduceOp.MEAN)
    assert_same(mean, world.call("reduce", inputs, op="average"))
