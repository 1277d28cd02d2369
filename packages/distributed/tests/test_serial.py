import pickle
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import ignite.distributed as idist
from ignite.distributed.interface import ReduceOp, UnsupportedOperation
from ignite.distributed.testing import serial_world

OPS = list(ReduceOp)
FLOATS = [torch.float16, torch.bfloat16, torch.float32, torch.float64]
INTEGERS = [torch.int8, torch.uint8, torch.int16, torch.int32, torch.int64]


@pytest.fixture(autouse=True)
def world():
    with serial_world() as world:
        yield world


def test_it_is_rank_0_of_1():
    assert (idist.get_rank(), idist.get_world_size(), idist.get_local_rank()) == (0, 1, 0)
    assert (idist.get_nproc_per_node(), idist.get_nnodes(), idist.get_node_rank()) == (1, 1, 0)
    assert idist.backend() is None


@pytest.mark.parametrize("dtype", [*FLOATS, *INTEGERS, torch.bool, torch.complex64])
def test_operations_copy(dtype):
    value = torch.tensor([[1, 0], [1, 1]]).to(dtype)
    op = "OR" if dtype is torch.bool else "SUM"
    for result in (idist.all_reduce(value, op), idist.all_gather(value), idist.broadcast(value)):
        assert result.dtype == dtype
        assert torch.equal(result, value)
        assert result.untyped_storage().data_ptr() != value.untyped_storage().data_ptr()


@pytest.mark.parametrize(
    "value",
    [
        torch.arange(6.0).reshape(2, 3).T,
        torch.arange(6.0)[::2],
        torch.tensor([1.0]).expand(4),
        torch.ones(2, requires_grad=True),
        torch.tensor([1 + 2j]).conj(),
        torch.empty(0, 3),
        torch.nn.Parameter(torch.ones(2)),
    ],
)
def test_only_the_values_count(value):
    result = idist.all_reduce(value)
    assert type(result) is torch.Tensor
    assert not result.requires_grad
    assert result.is_contiguous()
    assert torch.equal(result, value.detach().resolve_conj())


def test_all_gather_gives_scalars_a_dimension():
    assert torch.equal(idist.all_gather(torch.tensor(3)), torch.tensor([3]))


@pytest.mark.parametrize("value", [1, 2.5, True, "a", None, Path("x"), {"a": [1]}, 2**70])
def test_objects_come_back(value):
    assert idist.all_gather(value) == [value]
    assert idist.broadcast(value) == value
    assert type(idist.broadcast(value)) is type(value)


def test_objects_are_copies():
    value = {"a": [1]}
    result = idist.broadcast(value)
    value["a"].append(2)
    assert result == {"a": [1]}


@given(st.one_of(st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False), st.booleans()))
def test_numbers_are_reduced_exactly(number):
    result = idist.all_reduce(number, "max")
    assert result == number
    assert type(result) is type(number)


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1])
def test_ints_beyond_64_bits_cannot_be_reduced(number):
    with pytest.raises(OverflowError, match="all_gather"):
        idist.all_reduce(number)


def test_what_is_no_number_cannot_be_reduced():
    with pytest.raises(TypeError, match="not str"):
        idist.all_reduce("a")


@pytest.mark.parametrize("op", ["Sum", "avg", "AVERAGE", "product", ReduceOp.MAX])
def test_ops_have_names(op):
    assert idist.all_reduce(1.5, op) == 1.5


def test_unknown_ops():
    with pytest.raises(ValueError, match="SUM, MEAN, PRODUCT, MIN, MAX, AND, OR"):
        idist.all_reduce(1, "XOR")


@pytest.mark.parametrize(
    ("dtypes", "ops"),
    [
        (FLOATS, "SUM MEAN PRODUCT MIN MAX"),
        (INTEGERS, "SUM PRODUCT MIN MAX AND OR"),
        ([torch.bool], "MIN MAX AND OR"),
        ([torch.complex64, torch.complex128], "SUM MEAN PRODUCT"),
    ],
)
@pytest.mark.parametrize("op", OPS)
def test_each_dtype_has_its_ops(dtypes, ops, op):
    for dtype in dtypes:
        if op.value in ops.split():
            assert idist.all_reduce(torch.ones(1, dtype=dtype), op).dtype == dtype
        else:
            with pytest.raises(TypeError, match=f"{op.value} is not defined for {dtype}; "):
                idist.all_reduce(torch.ones(1, dtype=dtype), op)


@pytest.mark.parametrize("number", [True, 1])
def test_numbers_have_the_ops_of_their_dtype(number):
    with pytest.raises(TypeError):
        idist.all_reduce(number, "MEAN")


@pytest.mark.parametrize(
    ("value", "error"),
    [
        (torch.zeros(1, dtype=torch.uint16), TypeError),
        (torch.eye(2).to_sparse(), TypeError),
        (torch.zeros([1] * 65), TypeError),
        (torch.zeros(1, device="meta"), UnsupportedOperation),
    ],
)
@pytest.mark.parametrize("operation", [idist.all_reduce, idist.all_gather, idist.broadcast])
def test_tensors_that_cannot_be_sent(operation, value, error):
    with pytest.raises(error, match="cannot be sent"):
        operation(value)


@pytest.mark.parametrize("operation", [idist.all_gather, idist.broadcast])
@pytest.mark.parametrize("value", [lambda: 0, (i for i in ()), open])
def test_objects_that_cannot_be_pickled(operation, value):
    if value is open:  # pickled by name
        assert operation(value) in (open, [open])
    else:
        with pytest.raises(TypeError, match="cannot be pickled"):
            operation(value)


class Hollow:
    def __reduce__(self):
        return pickle.loads, (b"",)


@pytest.mark.parametrize("operation", [idist.all_gather, idist.broadcast])
def test_objects_that_cannot_be_unpickled(operation):
    with pytest.raises(TypeError, match="cannot be unpickled"):
        operation(Hollow())


@pytest.mark.parametrize("src", [1, -1, True, "0", None])
def test_src_must_be_a_rank(src):
    with pytest.raises(ValueError, match="0 <= src < 1"):
        idist.broadcast(1, src=src)
