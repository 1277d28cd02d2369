"""Values of every operation on real ranks, many calls per world."""

import operator
from functools import partial, reduce
from pathlib import Path

import pytest
import torch

import ignite.distributed as idist
from ignite.distributed.testing import call_each, run_world

SIZES = (2, 3)
FLOATS = (torch.float16, torch.bfloat16, torch.float32, torch.float64)
INTEGERS = (torch.int8, torch.uint8, torch.int16, torch.int32, torch.int64)
COMPLEX = (torch.complex64, torch.complex128)
DTYPES = (*FLOATS, *INTEGERS, *COMPLEX, torch.bool)


def gather(calls, size):
    """Return, per call, what each rank got: the n-th call of each rank is ``calls[n](rank)``."""
    results = run_world(call_each, size, [[call(rank) for call in calls] for rank in range(size)])
    return list(zip(*results, strict=True))


def values(dtype, rank, shape=(5, 7)):
    generator = torch.Generator().manual_seed(rank)
    if dtype.is_floating_point or dtype.is_complex:
        wide = torch.complex128 if dtype.is_complex else torch.float64
        return torch.randn(shape, generator=generator, dtype=wide).to(dtype)
    return torch.randint(0, 200, shape, generator=generator).to(dtype)


def ops(dtype):
    if dtype is torch.bool:
        return ("MIN", "MAX", "AND", "OR")
    if dtype in INTEGERS:
        return ("SUM", "PRODUCT", "MIN", "MAX", "AND", "OR")
    return (
        ("SUM", "PRODUCT", "MEAN") if dtype in COMPLEX else ("SUM", "PRODUCT", "MEAN", "MIN", "MAX")
    )


def reduced(inputs, op):
    """The same by plain torch, in 64 bits."""
    dtype = inputs[0].dtype
    stacked = torch.stack(inputs)
    if op in ("AND", "OR"):
        return reduce(operator.and_ if op == "AND" else operator.or_, inputs)
    if op in ("MIN", "MAX"):
        wide = stacked.int() if dtype is torch.bool else stacked
        return (wide.amin(0) if op == "MIN" else wide.amax(0)).to(dtype)
    wide = torch.complex128 if dtype.is_complex else torch.float64
    stacked = stacked.to(wide if dtype not in INTEGERS else torch.int64)
    return {"SUM": torch.sum, "PRODUCT": torch.prod, "MEAN": torch.mean}[op](stacked, 0).to(dtype)


@pytest.mark.parametrize("size", SIZES)
def test_all_reduce(size):
    cases = [(dtype, op) for dtype in DTYPES for op in ops(dtype)]
    calls = [lambda r, d=d, o=o: partial(idist.all_reduce, values(d, r), o) for d, o in cases]
    for (dtype, op), results in zip(cases, gather(calls, size), strict=True):
        expected = reduced([values(dtype, rank) for rank in range(size)], op)
        for result in results:
            assert result.dtype == dtype
            assert torch.equal(result, results[0]), (dtype, op)
            torch.testing.assert_close(result, expected, msg=lambda m: f"{dtype} {op} {m}")  # noqa: B023
            if dtype in (*INTEGERS, torch.bool) or op in ("MIN", "MAX"):
                assert torch.equal(result, expected), (dtype, op)


def test_nan_and_infinity_are_extremes():
    nan, inf = float("nan"), float("inf")
    rows = [[nan, 1.0, inf, -0.0, nan, -nan], [1.0, nan, -inf, 0.0, nan, -inf]]
    cases = [(dtype, op) for dtype in FLOATS for op in ("MIN", "MAX")]
    calls = [
        lambda r, d=d, o=o: partial(idist.all_reduce, torch.tensor(rows[r], dtype=d), o)
        for d, o in cases
    ]
    for (_, op), results in zip(cases, gather(calls, 2), strict=True):
        expected = torch.tensor([nan, nan, -inf if op == "MIN" else inf, 0.0, nan, nan])
        for result in results:
            assert torch.equal(result.float().nan_to_num(7), expected.nan_to_num(7))


def test_half_precision_is_rounded_once():
    # in float16, 2048 + 1 is 2048: only a wider sum sees both ones
    rows = [2048.0, 1.0, 1.0]
    calls = [lambda r: partial(idist.all_reduce, torch.tensor(rows[r], dtype=torch.float16))]
    assert [float(result) for result in gather(calls, 3)[0]] == [2050.0] * 3


@pytest.mark.parametrize(
    ("inputs", "op", "expected"),
    [
        ((2**62, 2**62 - 1), "SUM", 2**63 - 1),
        ((2**53 + 1, 0), "sum", 2**53 + 1),
        ((0.1, 0.2), "SUM", 0.1 + 0.2),
        ((1.0, 4.0), "AVG", 2.5),
        ((1, 3), "OR", 3),
        ((True, False), "AND", False),
        ((-1.5, float("inf")), "MIN", -1.5),
    ],
)
def test_numbers(inputs, op, expected):
    (results,) = gather([lambda r: partial(idist.all_reduce, inputs[r], op)], 2)
    assert results == (expected, expected)
    assert {type(result) for result in results} == {type(expected)}


LAYOUTS = {
    "scalar": lambda x: x[0, 0],
    "empty": lambda x: x[:0],
    "transposed": lambda x: x.T,
    "sliced": lambda x: x[1::2, ::3],
    "expanded": lambda x: x[:1].expand(4, 7),
    "one of many": lambda x: x[0, ::9],
    "trained": lambda x: x.clone().requires_grad_(),
}


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.complex64])
def test_layouts(dtype):
    forms = list(LAYOUTS.values())
    operations = (idist.all_reduce, idist.all_gather, partial(idist.broadcast, src=1))
    cases = [(operation, form) for operation in operations for form in forms]
    calls = [lambda r, o=o, f=f: partial(o, f(values(dtype, r))) for o, f in cases]
    for (operation, form), results in zip(cases, gather(calls, 2), strict=True):
        inputs = [form(values(dtype, rank)).detach() for rank in range(2)]
        if operation is idist.all_reduce:
            expected = reduced(inputs, "SUM")
        elif operation is idist.all_gather:
            expected = torch.stack(inputs) if inputs[0].dim() == 0 else torch.cat(inputs)
        else:
            expected = inputs[1]
        for result in results:
            assert not result.requires_grad
            torch.testing.assert_close(result, expected)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("rows", [3, 3000])  # within one message, and beyond
def test_data_of_any_dtype_is_moved_bit_by_bit(size, rows):
    moves = (idist.all_gather, partial(idist.broadcast, src=size - 1))
    cases = [(dtype, move) for dtype in DTYPES for move in moves]
    calls = [lambda r, d=d, m=m: partial(m, values(d, r, (rows, 4))) for d, m in cases]
    for (dtype, move), results in zip(cases, gather(calls, size), strict=True):
        inputs = [values(dtype, rank, (rows, 4)) for rank in range(size)]
        expected = torch.cat(inputs) if move is idist.all_gather else inputs[-1]
        for result in results:
            assert result.dtype == dtype
            assert torch.equal(result, expected)


@pytest.mark.parametrize("unit", [1, 500])
def test_ragged_tensors(unit):
    first = [(0, 3), (unit, 3), (2 * unit, 3)]
    other = [(unit, 2), (2,), (unit, 1, 3)]
    calls = [
        lambda r: partial(idist.all_gather, values(torch.float64, r, first[r])),
        lambda r: partial(idist.all_gather, values(torch.float64, r, other[r])),
        lambda r: partial(idist.all_gather, values(torch.float64, r, () if r else (1,))),
    ]
    joined, listed, mixed = gather(calls, 3)
    for result in joined:
        parts = [values(torch.float64, rank, shape) for rank, shape in enumerate(first)]
        assert torch.equal(result, torch.cat(parts))
    for result in listed:
        for rank, part in enumerate(result):
            assert torch.equal(part, values(torch.float64, rank, other[rank]))
    assert [[part.shape for part in result] for result in mixed] == [[(1,), (), ()]] * 3


OBJECTS = [1, 2**70, 0.1, True, "a", "é" * 5000, None, Path("x"), {"a": [1, b"2"]}, torch.Size([2])]


@pytest.mark.parametrize("safe_mode", [False, True])
def test_objects(safe_mode):
    calls = [
        lambda r, o=o: partial(idist.broadcast, o if r else "-", 1, safe_mode) for o in OBJECTS
    ]
    calls += [lambda r, o=o: partial(idist.all_gather, o if r else "-") for o in OBJECTS]
    results = gather(calls, 2)
    for value, sent, gathered in zip(
        OBJECTS, results[: len(OBJECTS)], results[len(OBJECTS) :], strict=True
    ):
        assert sent == (value, value)
        assert type(sent[0]) is type(value)
        assert gathered == (["-", value], ["-", value])


@pytest.mark.parametrize("shape", [(), (0, 3), (5000,)])
def test_safe_mode_needs_no_likeness(shape):
    sent = values(torch.bfloat16, 0, shape)
    anything = [sent, None, torch.zeros(9, dtype=torch.int64)]
    calls = [lambda r: partial(idist.broadcast, anything[r], src=0, safe_mode=True)]
    for result in gather(calls, 3)[0]:
        assert result.dtype == sent.dtype
        assert torch.equal(result, sent)


def test_the_same_inputs_give_the_same_bits():
    call = lambda r: partial(idist.all_reduce, values(torch.float32, r, (1000,)))  # noqa: E731
    results = gather([call, call], 3)
    assert torch.equal(results[0][0], results[1][2])


def test_refusals_are_those_of_the_serial_backend():
    calls = [
        lambda _: partial(idist.all_reduce, 1, "XOR"),
        lambda _: partial(idist.all_reduce, 1, "MEAN"),
        lambda _: partial(idist.all_reduce, "a"),
        lambda _: partial(idist.all_reduce, 2**63),
        lambda _: partial(idist.all_gather, torch.zeros(1, dtype=torch.uint16)),
        lambda _: partial(idist.all_gather, torch.zeros(1, device="meta")),
        lambda _: partial(idist.broadcast, torch.zeros(1, dtype=torch.uint16)),
        lambda _: partial(idist.broadcast, 1, src=2),
    ]
    kinds = [tuple(type(error).__name__ for error in results) for results in gather(calls, 2)]
    assert kinds == [
        ("ValueError",) * 2,
        ("TypeError",) * 2,
        ("TypeError",) * 2,
        ("OverflowError",) * 2,
        ("TypeError",) * 2,
        ("UnsupportedOperation",) * 2,
        ("TypeError",) * 2,
        ("ValueError",) * 2,
    ]


def test_values_that_do_not_go_together():
    mixed = [torch.zeros(1), torch.zeros(1, dtype=torch.int64)]
    calls = [
        lambda r: partial(idist.all_gather, mixed[r]),
        lambda r: partial(idist.all_gather, None if r else mixed[0]),
    ]
    for results in gather(calls, 2):
        for error in results:
            assert type(error).__name__ == "CollectiveMismatch"
            assert "rank 0: a torch.float32 tensor; rank 1: a" in str(error)


def test_one_rank_reports_for_all():
    """What only one rank cannot send is an error on every rank, and the world goes on."""
    bad = [torch.zeros(1), torch.zeros(1, dtype=torch.uint16)]
    calls = [
        lambda r: partial(idist.all_gather, bad[r]),
        lambda r: partial(idist.all_gather, r),
    ]
    refused, after = gather(calls, 2)
    assert [type(error) for error in refused] == [TypeError] * 2
    assert "rank 1" in str(refused[0])
    assert after == ([0, 1], [0, 1])
