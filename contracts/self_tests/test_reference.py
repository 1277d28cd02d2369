"""The reference model against Python's own arithmetic."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ignite.distributed.interface import ReduceOp
from ignite_contracts import reference
from ignite_contracts.assertions import assert_close
from ignite_contracts.calls import Observation, Returned
from ignite_contracts.snapshots import snapshot


def reduced(values, op, dtype):
    inputs = [torch.tensor(value, dtype=dtype) for value in values]
    results = reference.all_reduce(inputs, op)
    assert len(results) == len(values)
    assert len({str(result) for result in results}) == 1
    return results[0].item()


@given(st.lists(st.integers(-128, 127), min_size=1, max_size=4))
def test_integers_wrap_as_their_dtype(values):
    def wrapped(value):
        return (value + 128) % 256 - 128

    assert reduced(values, ReduceOp.SUM, torch.int8) == wrapped(sum(values))
    assert reduced(values, ReduceOp.PRODUCT, torch.int8) == wrapped(math.prod(values))


@given(st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=4))
def test_floats_are_reduced_in_double_precision(values):
    assert reduced(values, ReduceOp.MIN, torch.float64) == min(values)
    assert reduced(values, ReduceOp.MAX, torch.float64) == max(values)
    mean = reduced(values, ReduceOp.MEAN, torch.float64)
    assert mean == pytest.approx(math.fsum(values) / len(values), rel=1e-12, abs=1e285)


@pytest.mark.parametrize("op", [ReduceOp.SUM, ReduceOp.MEAN, ReduceOp.MIN, ReduceOp.MAX])
@pytest.mark.parametrize("values", [[math.nan, 1.0], [1.0, math.nan]])
def test_nan_propagates(op, values):
    assert math.isnan(reduced(values, op, torch.float32))


def test_and_or_are_logical_on_bool_and_bitwise_on_integers():
    assert reduced([True, False], ReduceOp.AND, torch.bool) is False
    assert reduced([True, False], ReduceOp.OR, torch.bool) is True
    assert reduced([0b110, 0b011], ReduceOp.AND, torch.uint8) == 0b010
    assert reduced([0b110, 0b011], ReduceOp.OR, torch.uint8) == 0b111


@pytest.mark.parametrize(
    ("dtype", "values", "right", "wrong"),
    [
        (torch.float32, [1.0, 1e-3], 1.001, 1.0011),
        (torch.float16, [1.0, 1.0], 2.0, 2.01),
        (torch.float64, [1.0, 2.0**-52], 1.0 + 2.0**-52, 1.0 + 2.0**-48),
        (torch.float32, [math.inf, 1.0], math.inf, 3.4e38),
        (torch.float32, [math.nan, 1.0], math.nan, 1.0),
        (torch.int64, [2**53, 1], 2**53 + 1, 2**53),
    ],
)
def test_tolerance_accepts_rounding_and_nothing_else(dtype, values, right, wrong):
    inputs = [torch.tensor(value, dtype=dtype) for value in values]
    expected = reference.all_reduce(inputs, ReduceOp.SUM)
    tolerance = reference.tolerance(inputs, ReduceOp.SUM)

    def seen(value):
        outcome = Returned(snapshot(torch.tensor(value, dtype=dtype)), (), False, 0, 0)
        return Observation("all_reduce", [outcome] * 2)

    assert_close(seen(right), expected, tolerance)
    with pytest.raises(AssertionError, match="all_reduce, rank 0: wrong value"):
        assert_close(seen(wrong), expected, tolerance)
