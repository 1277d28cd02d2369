"""What a backend declares is enough, true, and enforced."""

from __future__ import annotations

import pytest
import torch

from ignite.distributed.interface import ReduceOp, UnsupportedOperation
from ignite_contracts.assertions import assert_raises
from ignite_contracts.cases import REQUIRED_DTYPES
from ignite_contracts.specs import TensorSpec
from ignite_contracts.world import World


def test_every_rank_declares_the_same(world: World) -> None:
    assert world.values("capabilities") == [world.capabilities] * world.size


def test_the_world_is_no_larger_than_declared(world: World) -> None:
    limit = world.capabilities.max_world_size
    assert limit is None or world.size <= limit


def test_every_dtype_of_the_contract_is_declared(world: World) -> None:
    assert set(REQUIRED_DTYPES) <= world.capabilities.dtypes


def test_every_op_of_the_contract_is_declared(world: World) -> None:
    assert set(ReduceOp) <= world.capabilities.reduce_ops


def test_objects_that_are_not_declared_are_refused(world: World) -> None:
    if world.capabilities.objects:
        pytest.skip("this backend declares objects")
    inputs = [{"a": 1}] * world.size
    for operation in ("all_gather", "broadcast"):
        assert_raises(world.call(operation, inputs), UnsupportedOperation)


@pytest.mark.parametrize("operation", ["all_reduce", "all_gather", "broadcast"])
def test_dtypes_that_are_not_declared_are_refused(world: World, operation: str) -> None:
    absent = {torch.complex64, torch.complex128, torch.float8_e5m2, torch.uint16}
    absent -= world.capabilities.dtypes
    for dtype in sorted(absent, key=str):
        spec = TensorSpec(dtype, (2,), (1,))
        assert_raises(world.call(operation, [spec] * world.size), TypeError, str(dtype))
