"""``all_gather``: every rank gets the values of all ranks, in rank order."""

from __future__ import annotations

from typing import Any

import pytest

from ignite_contracts import reference
from ignite_contracts.assertions import (
    assert_device_kept,
    assert_equal,
    assert_inputs_unchanged,
    assert_raises,
    assert_same,
    assert_works,
)
from ignite_contracts.cases import EVERYDAY, dtypes, every_layout
from ignite_contracts.properties import for_all
from ignite_contracts.specs import Blob, TensorSpec, Unpicklable, plain
from ignite_contracts.strategies import alike, blobs, numbers, objects, ragged, shapeless
from ignite_contracts.world import World

Specs = list[TensorSpec]


@for_all(inputs=alike)
def test_tensors_of_one_shape_equal_the_reference(world: World, inputs: Specs) -> None:
    assert_equal(world.call("all_gather", inputs), reference.all_gather(plain(inputs)))


@for_all(inputs=ragged)
def test_ragged_first_dimensions_keep_their_sizes(world: World, inputs: Specs) -> None:
    assert_equal(world.call("all_gather", inputs), reference.all_gather(plain(inputs)))


@for_all(inputs=shapeless)
def test_other_ragged_shapes_come_back_as_a_list(world: World, inputs: Specs) -> None:
    assert_equal(world.call("all_gather", inputs), reference.all_gather(plain(inputs)))


def test_every_dtype_is_gathered(world: World) -> None:
    for dtype in dtypes(world):
        inputs = [TensorSpec(dtype, (2,), (rank % 2, 1)) for rank in range(world.size)]
        assert_equal(world.call("all_gather", inputs), reference.all_gather(plain(inputs)))


def test_results_are_in_rank_order(world: World) -> None:
    ranks = world.values("rank")
    assert_equal(world.call("all_gather", ranks), [list(range(world.size))] * world.size)


@for_all(inputs=ragged)
def test_result_is_on_the_device_of_the_input(world: World, inputs: Specs) -> None:
    assert_device_kept(world.call("all_gather", inputs))


@for_all(inputs=alike)
def test_input_is_not_changed(world: World, inputs: Specs) -> None:
    observation = world.call("all_gather", inputs)
    assert_inputs_unchanged(observation, [spec.make() for spec in inputs])


def test_layout_does_not_matter(world: World) -> None:
    for inputs in every_layout(world):
        contiguous = [spec.contiguous() for spec in inputs]
        assert_same(world.call("all_gather", contiguous), world.call("all_gather", inputs))


@for_all(inputs=ragged)
def test_same_inputs_twice_give_the_same_bits(world: World, inputs: Specs) -> None:
    assert_same(world.call("all_gather", inputs), world.call("all_gather", inputs))


@for_all(inputs=numbers)
def test_numbers_are_exact_and_keep_their_type(world: World, inputs: list[Any]) -> None:
    assert_equal(world.call("all_gather", inputs), reference.all_gather(inputs))


@pytest.mark.parametrize("value", EVERYDAY, ids=repr)
def test_everyday_objects_keep_their_type(world: World, value: Any) -> None:
    needs_objects(world)
    inputs = [value] * world.size
    assert_equal(world.call("all_gather", inputs), reference.all_gather(inputs))


@for_all(inputs=objects)
def test_objects_equal_the_reference(world: World, inputs: list[Any]) -> None:
    needs_objects(world)
    assert_equal(world.call("all_gather", inputs), reference.all_gather(inputs))


@for_all(inputs=blobs)
def test_objects_have_any_size(world: World, inputs: list[Blob]) -> None:
    needs_objects(world)
    values = [blob.make() for blob in inputs]
    assert_equal(world.call("all_gather", inputs), reference.all_gather(values))


@pytest.mark.parametrize("kind", Unpicklable.KINDS)
def test_what_cannot_be_pickled_is_a_type_error(world: World, kind: str) -> None:
    needs_objects(world)
    assert_raises(world.call("all_gather", [Unpicklable(kind)] * world.size), TypeError)
    assert_works(world)


def test_what_one_rank_cannot_pickle_is_a_type_error_on_every_rank(world: World) -> None:
    needs_objects(world)
    for rank in range(world.size):
        inputs: list[Any] = [{"a": 1}] * world.size
        inputs[rank] = Unpicklable("lock")
        assert_raises(world.call("all_gather", inputs), TypeError)
        assert_works(world)


def needs_objects(world: World) -> None:
    """Skip where the backend declares that it sends none."""
    if not world.capabilities.objects:
        pytest.skip("this backend declares no objects")
