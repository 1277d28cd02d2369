"""``broadcast``: every rank gets the value of one."""

from __future__ import annotations

from typing import Any

import pytest

from ignite_contracts import reference
from ignite_contracts.assertions import (
    assert_equal,
    assert_inputs_unchanged,
    assert_like_input,
    assert_raises,
    assert_same,
    assert_works,
)
from ignite_contracts.cases import EVERYDAY, Sending, dtypes, every_layout
from ignite_contracts.properties import for_all
from ignite_contracts.specs import TensorSpec, Unpicklable, made, plain
from ignite_contracts.strategies import alike, anything, blobs, numbers, objects, sending
from ignite_contracts.world import World


def assert_right(world: World, case: Sending, **options: Any) -> None:
    """Broadcast, and compare with the reference model."""
    observation = world.call("broadcast", case.inputs, src=case.src, **options)
    assert_equal(observation, reference.broadcast(plain(case.inputs), case.src))


@for_all(case=sending(alike))
def test_tensors_equal_the_reference(world: World, case: Sending) -> None:
    assert_right(world, case)


def test_every_dtype_is_sent_from_every_rank(world: World) -> None:
    for src in range(world.size):
        for dtype in dtypes(world):
            inputs = [TensorSpec(dtype, (2,), (rank % 2, 1)) for rank in range(world.size)]
            assert_right(world, Sending(src, inputs))


@for_all(case=sending(alike))
def test_result_has_the_dtype_shape_and_device_of_the_input(world: World, case: Sending) -> None:
    assert_like_input(world.call("broadcast", case.inputs, src=case.src))


@for_all(case=sending(alike))
def test_input_is_not_changed(world: World, case: Sending) -> None:
    observation = world.call("broadcast", case.inputs, src=case.src)
    assert_inputs_unchanged(observation, [made(spec) for spec in case.inputs])


def test_layout_does_not_matter(world: World) -> None:
    src = world.size - 1
    for inputs in every_layout(world):
        contiguous = [spec.contiguous() for spec in inputs]
        first = world.call("broadcast", contiguous, src=src)
        assert_same(first, world.call("broadcast", inputs, src=src))


@for_all(case=sending(numbers))
def test_numbers_are_exact_and_keep_their_type(world: World, case: Sending) -> None:
    assert_right(world, case)


@pytest.mark.parametrize("value", EVERYDAY, ids=repr)
def test_everyday_objects_keep_their_type(world: World, value: Any) -> None:
    needs_objects(world)
    for src in range(world.size):
        assert_right(world, Sending(src, [value] * world.size))


@for_all(case=sending(objects))
def test_objects_equal_the_reference(world: World, case: Sending) -> None:
    """Objects of different types need ``safe_mode``, as the ranks cannot know the source's."""
    needs_objects(world)
    assert_right(world, case, safe_mode=True)


@for_all(case=sending(blobs))
def test_objects_have_any_size(world: World, case: Sending) -> None:
    needs_objects(world)
    assert_right(world, case)


@for_all(case=sending(anything))
def test_in_safe_mode_other_ranks_pass_anything(world: World, case: Sending) -> None:
    needs_objects(world)
    assert_right(world, case, safe_mode=True)


@pytest.mark.parametrize("offset", [-1, 0, 7])
def test_source_outside_the_world_is_a_value_error(world: World, offset: int) -> None:
    src = offset if offset < 0 else world.size + offset
    assert_raises(world.call("broadcast", [1] * world.size, src=src), ValueError, str(src))
    assert_works(world)


@pytest.mark.parametrize("kind", Unpicklable.KINDS)
def test_what_cannot_be_pickled_is_a_type_error(world: World, kind: str) -> None:
    needs_objects(world)
    for src in range(world.size):
        inputs = [Unpicklable(kind)] * world.size
        assert_raises(world.call("broadcast", inputs, src=src), TypeError)
        assert_works(world)


def test_what_the_source_cannot_pickle_is_a_type_error_on_every_rank(world: World) -> None:
    needs_objects(world)
    for src in range(world.size):
        inputs: list[Any] = [None] * world.size
        inputs[src] = Unpicklable("lock")
        observation = world.call("broadcast", inputs, src=src, safe_mode=True)
        assert_raises(observation, TypeError)
        assert_works(world)


def needs_objects(world: World) -> None:
    """Skip where the backend declares that it sends none."""
    if not world.capabilities.objects:
        pytest.skip("this backend declares no objects")
