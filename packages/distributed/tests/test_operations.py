"""What goes beyond all_reduce, all_gather and broadcast: on real ranks, many calls per world."""

import functools
from functools import partial

import pytest
import torch

import ignite.distributed as idist
from ignite.distributed.interface import CollectiveTimeout, Group, Handle
from ignite.distributed.testing import call_each, run_world

SIZES = (2, 3)


@functools.cache
def world(size, name):
    """Return what each rank got from the calls registered under ``name``."""
    return run_world(
        call_each, size, [[c(rank, size) for c in CALLS[name]] for rank in range(size)]
    )


def unaligned(size):
    """Tensors whose bytes, side by side, do not lie where their dtypes want them."""
    return [torch.full((3,), 7, dtype=torch.uint8), torch.full((2000,), 0.5), torch.ones(3).bool()][
        :size
    ]


def rows(rank, size):
    return [torch.tensor([place, rank]) for place in range(size)]


CALLS = {
    "reduce": [
        lambda rank, size: partial(idist.reduce, rank + 1, 1),
        lambda rank, size: partial(idist.reduce, torch.tensor([1.5 * rank, rank]), 0, "max"),
        lambda rank, size: partial(idist.reduce, torch.tensor(1j * (rank + 1)), 0, "PRODUCT"),
    ],
    "reduce_scatter": [
        lambda rank, size: partial(idist.reduce_scatter, rows(rank, size)),
        lambda rank, size: partial(idist.reduce_scatter, torch.arange(2 * size) + rank, "MAX"),
        lambda rank, size: partial(idist.reduce_scatter, [0.5 * rank] * size, "MEAN"),
        lambda rank, size: partial(idist.reduce_scatter, torch.arange(size) == rank, "OR"),
        lambda rank, size: partial(
            idist.reduce_scatter, [torch.tensor(1j + rank)] * size, "PRODUCT"
        ),
    ],
    "gather": [
        lambda rank, size: partial(idist.gather, torch.full((rank, 2), rank), 0),
        lambda rank, size: partial(idist.gather, "x" * 9000 * rank, 1),
    ],
    "scatter": [
        lambda rank, size: partial(
            idist.scatter, [f"to {i}" for i in range(size)] if rank == 1 else None, 1
        ),
        lambda rank, size: partial(idist.scatter, torch.arange(3000 * size) if rank == 0 else None),
        lambda rank, size: partial(
            idist.scatter, [torch.full((i,), i) for i in range(size)] if rank == 0 else None
        ),
        lambda rank, size: partial(idist.scatter, ["one too few"] * (size - 1)),
        lambda rank, size: partial(idist.scatter, [torch.zeros(1, dtype=torch.float8_e5m2)] * size),
    ],
    "all_to_all": [
        lambda rank, size: partial(idist.all_to_all, [(rank, to) for to in range(size)]),
        lambda rank, size: partial(
            idist.all_to_all, [torch.full((1000 * rank + to,), rank) for to in range(size)]
        ),
        lambda rank, size: partial(idist.all_to_all, [0] * (size + (rank == 1))),
        lambda rank, size: partial(idist.all_to_all, unaligned(size)),
    ],
    "coalesced": [
        lambda rank, size: partial(
            idist.all_reduce_coalesced,
            [
                torch.tensor([rank]),
                torch.tensor(rank + 0.5),
                torch.ones(2, 2),
                torch.tensor([1j * rank]),
            ],
        ),
        lambda rank, size: partial(
            idist.all_reduce_coalesced,
            [torch.tensor([rank + 1]), torch.tensor([1 + 1j * rank])],
            "PRODUCT",
        ),
        lambda rank, size: partial(
            idist.all_gather_coalesced,
            [torch.full((rank,), rank), torch.tensor(rank), torch.ones(rank + 1, rank)],
        ),
        lambda rank, size: partial(idist.all_gather_coalesced, unaligned(3)),
        lambda rank, size: partial(idist.all_reduce_coalesced, []),
        lambda rank, size: partial(idist.all_gather_coalesced, []),
        lambda rank, size: partial(idist.all_reduce_coalesced, [1]),
    ],
    "shapes": [
        lambda rank, size: partial(
            idist.all_gather_tensors_with_shapes,
            torch.full((rank + 1, 2), rank),
            [(other + 1, 2) for other in range(size)],
        ),
        lambda rank, size: partial(
            idist.all_gather_tensors_with_shapes, torch.ones(2), [(2,)] * (size + 1)
        ),
        lambda rank, size: partial(
            idist.all_gather_tensors_with_shapes, torch.ones(2), [(2,)], [0]
        ),
    ],
    "groups": [
        lambda rank, size: partial(idist.all_reduce, rank + 1, "SUM", [1]),
        lambda rank, size: partial(idist.all_reduce, rank + 1, "SUM", range(size)),
        lambda rank, size: partial(idist.all_gather, torch.ones(1, 3), [0]),
        lambda rank, size: partial(idist.all_gather, rank, [1, 0]),
        lambda rank, size: partial(idist.broadcast, f"of {rank}", 1, group=[0, 1]),
        lambda rank, size: partial(idist.broadcast, "x", 0, group=[1]),
        lambda rank, size: partial(idist.reduce, rank, 1, "SUM", [0, 1]),
        lambda rank, size: partial(idist.barrier, [0]),
        lambda rank, size: partial(idist.all_to_all, ["a", "b"], [0, 1]),
    ],
}


def test_call_tables_are_run_at_every_size():
    assert all(len(world(size, name)) == size for size in SIZES for name in CALLS)


@pytest.mark.parametrize("size", SIZES)
def test_reduce_gives_the_result_to_one_rank(size):
    results = world(size, "reduce")
    assert [rank[0] for rank in results] == [
        sum(range(1, size + 1)) if rank == 1 else None for rank in range(size)
    ]
    assert results[0][1].tolist() == [1.5 * (size - 1), size - 1]
    assert results[0][2].item() == {2: -2, 3: -6j}[size]
    assert all(rank[1] is None and rank[2] is None for rank in results[1:])


@pytest.mark.parametrize("size", SIZES)
def test_reduce_scatter_gives_each_rank_its_part(size):
    for rank, (lists, split, numbers, flags, product) in enumerate(world(size, "reduce_scatter")):
        assert lists.tolist() == [size * rank, sum(range(size))]
        assert split.tolist() == [2 * rank + size - 1, 2 * rank + size]
        assert numbers == 0.5 * (size - 1) / 2
        assert flags.tolist() == [True]
        assert product.item() == {2: 1j * (1 + 1j), 3: 1j * (1 + 1j) * (2 + 1j)}[size]


@pytest.mark.parametrize("size", SIZES)
def test_gather_gives_ragged_values_to_one_rank(size):
    results = world(size, "gather")
    assert results[0][0].tolist() == [[r, r] for r in range(size) for _ in range(r)]
    assert results[1][1] == ["x" * 9000 * rank for rank in range(size)]
    assert all(r[0] is None for r in results[1:])
    assert results[0][1] is None


@pytest.mark.parametrize("size", SIZES)
def test_scatter_gives_each_rank_its_value(size):
    for rank, (text, split, ragged, short, unsendable) in enumerate(world(size, "scatter")):
        assert text == f"to {rank}"
        assert split.tolist() == list(range(3000 * rank, 3000 * (rank + 1)))
        assert ragged.tolist() == [rank] * rank
        assert isinstance(short, ValueError)
        assert f"list of {size} values" in str(short)
        assert isinstance(unsendable, TypeError)


@pytest.mark.parametrize("size", SIZES)
def test_all_to_all_transposes(size):
    for rank, (pairs, tensors, wrong, mixed) in enumerate(world(size, "all_to_all")):
        assert pairs == [(source, rank) for source in range(size)]
        assert [t.tolist() for t in tensors] == [[s] * (1000 * s + rank) for s in range(size)]
        assert isinstance(wrong, ValueError)
        assert "rank 1 has nothing to send" in str(wrong)
        assert all(torch.equal(got, unaligned(size)[rank]) for got in mixed)


@pytest.mark.parametrize("size", SIZES)
def test_coalesced_forms_equal_one_call_each(size):
    total = sum(range(size))
    for sums, products, gathered, mixed, none, nothing, refused in world(size, "coalesced"):
        assert [t.tolist() for t in sums] == [
            [total],
            total + size / 2,
            [[size] * 2] * 2,
            [1j * total],
        ]
        assert [t.tolist() for t in products] == {
            2: [[2], [1 + 1j]],
            3: [[6], [(1 + 1j) * (1 + 2j)]],
        }[size]
        assert gathered[0].tolist() == [rank for rank in range(size) for _ in range(rank)]
        assert gathered[1].tolist() == list(range(size))
        assert [t.shape for t in gathered[2]] == [(r + 1, r) for r in range(size)]
        for got, given in zip(mixed, unaligned(3), strict=True):
            assert torch.equal(got, torch.cat([given] * size))
        assert none == nothing == []
        assert isinstance(refused, TypeError)


@pytest.mark.parametrize("size", SIZES)
def test_gathering_with_known_shapes(size):
    for rank, (given, wrong, outside) in enumerate(world(size, "shapes")):
        assert [t.tolist() for t in given] == [[[r, r]] * (r + 1) for r in range(size)]
        assert isinstance(wrong, ValueError)
        assert [t.tolist() for t in outside] == ([[1, 1]] if rank == 0 else [])


@pytest.mark.parametrize("size", SIZES)
def test_groups_have_their_own_result_and_leave_the_others_theirs(size):
    for rank, results in enumerate(world(size, "groups")):
        one, everyone, gathered, objects, said, foreign, to_one, barrier, swapped = results
        assert one == rank + 1
        assert everyone == sum(range(1, size + 1))
        assert gathered.shape == ((1, 3) if rank == 0 else (0, 3))
        assert objects == ([0, 1] if rank < 2 else [])
        assert said == ("of 1" if rank < 2 else f"of {rank}")
        assert isinstance(foreign, ValueError) if rank == 1 else foreign == "x"
        assert to_one == (1 if rank == 1 else None)
        assert barrier is None
        assert swapped == ([["a", "a"], ["b", "b"], []][rank])


# -- groups as values -------------------------------------------------------------------


def test_a_group_is_a_value():
    backend = idist.interface.current_backend()
    assert idist.new_group([0]) == backend.new_group((0,)) == Group((0,))
    assert len({idist.new_group([0]), Group((0,))}) == 1
    assert 0 in Group((0, 2))
    assert 1 not in Group((0, 2))


@pytest.mark.parametrize("group", [[], [0, 0], [1], [-1], [True], ["0"], "0", 3, object()])
def test_what_is_no_group(group):
    for operation in (partial(idist.all_reduce, 1, "SUM"), partial(idist.all_gather, 1)):
        with pytest.raises(ValueError, match="group"):
            operation(group)


def test_a_group_of_a_larger_world():
    with pytest.raises(ValueError, match="larger than this one of 1"):
        idist.all_reduce(1, group=Group((0, 1)))


# -- in the background ------------------------------------------------------------------


def test_a_handle_tells_what_the_operation_raised():
    handle = idist.all_reduce(torch.ones(1), "AND", async_op=True)
    assert isinstance(handle, Handle)
    with pytest.raises(TypeError, match="AND is not defined"):
        handle.wait()


def test_waiting_has_an_end():
    from concurrent.futures import Future

    handle = Handle("all_reduce", Future())
    with pytest.raises(CollectiveTimeout, match="all_reduce did not finish"):
        handle.wait(0.01)
    assert not handle.done()


def test_nobody_talks_to_himself():
    for operation in (partial(idist.send, 1, 0), partial(idist.recv, 0)):
        with pytest.raises(ValueError, match="this rank itself"):
            operation()
