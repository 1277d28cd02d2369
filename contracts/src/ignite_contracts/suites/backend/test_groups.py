"""Groups: their members get the group's result, the others the documented one."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from ignite.distributed.interface import ReduceOp
from ignite_contracts import reference
from ignite_contracts.assertions import (
    assert_close,
    assert_equal,
    assert_raises,
    assert_works,
    members_of,
)
from ignite_contracts.calls import Call
from ignite_contracts.cases import Grouped, Reduction
from ignite_contracts.properties import for_all
from ignite_contracts.specs import TensorSpec, plain
from ignite_contracts.strategies import (
    grouped,
    objects,
    ragged,
    reductions,
    some_ranks,
    two_groups,
)
from ignite_contracts.world import World


@for_all(ranks=some_ranks, case=reductions)
def test_members_reduce_among_themselves_and_others_keep_theirs(
    world: World, ranks: list[int], case: Reduction
) -> None:
    inputs, op = plain(case.inputs), ReduceOp(case.op)
    observation = world.call("all_reduce", case.inputs, op=op, group=ranks)
    of_group = [inputs[rank] for rank in sorted(ranks)]
    expected, tolerance = reference.all_reduce(of_group, op), reference.tolerance(of_group, op)
    assert_close(members_of(observation, ranks), expected, tolerance)
    outside = [rank for rank in range(world.size) if rank not in ranks]
    assert_equal(members_of(observation, outside), [inputs[rank] for rank in outside])


@for_all(case=grouped(ragged))
def test_members_gather_among_themselves_and_others_get_nothing(
    world: World, case: Grouped
) -> None:
    inputs = plain(case.inputs)
    observation = world.call("all_gather", case.inputs, group=case.ranks)
    of_group = [inputs[rank] for rank in sorted(case.ranks)]
    assert_equal(members_of(observation, case.ranks), reference.all_gather(of_group))
    outside = [rank for rank in range(world.size) if rank not in case.ranks]
    empty = [inputs[rank].new_empty((0, *inputs[rank].shape[1:])) for rank in outside]
    assert_equal(members_of(observation, outside), empty)


@for_all(case=grouped(objects))
def test_members_send_objects_among_themselves(world: World, case: Grouped) -> None:
    observation = world.call("all_gather", case.inputs, group=case.ranks)
    of_group = [case.inputs[rank] for rank in sorted(case.ranks)]
    expected = [of_group if rank in case.ranks else [] for rank in range(world.size)]
    assert_equal(observation, expected)


@for_all(case=grouped(objects))
def test_members_hear_their_source_and_others_keep_theirs(world: World, case: Grouped) -> None:
    src = case.ranks[0]
    observation = world.call("broadcast", case.inputs, src=src, group=case.ranks)
    expected = [
        case.inputs[src] if rank in case.ranks else case.inputs[rank] for rank in range(world.size)
    ]
    assert_equal(observation, expected)


@for_all(case=grouped(objects))
def test_one_member_gets_and_gives(world: World, case: Grouped) -> None:
    first, members = case.ranks[0], sorted(case.ranks)
    gathered = world.call("gather", case.inputs, dst=first, group=case.ranks)
    of_group = [case.inputs[rank] for rank in members]
    assert_equal(gathered, [of_group if rank == first else None for rank in range(world.size)])
    parts = [of_group if rank == first else None for rank in range(world.size)]
    scattered = world.call("scatter", parts, src=first, group=case.ranks)
    own = [case.inputs[rank] if rank in case.ranks else None for rank in range(world.size)]
    assert_equal(scattered, own)


@for_all(groups=two_groups)
def test_groups_of_unequal_sizes_do_not_disturb_each_other(
    world: World, groups: list[list[int]]
) -> None:
    programs = [
        [Call("all_gather", (rank,), {"group": groups[n % 2]}) for n in range(4)]
        for rank in range(world.size)
    ]
    for number, observation in enumerate(world.run(programs)):
        group = sorted(groups[number % 2])
        assert_equal(observation, [group if r in group else [] for r in range(world.size)])


def test_a_group_is_a_value(world: World) -> None:
    ranks = list(range(world.size))
    made = world.values("new_group", [list(reversed(ranks))] * world.size)
    assert made == world.values("new_group", [ranks] * world.size)
    assert len(set(made)) == 1
    assert_equal(world.call("all_gather", ranks, group=made[0]), [ranks] * world.size)


def test_members_alone_may_make_the_call(world: World) -> None:
    """A member does not wait for ranks outside of its group."""
    last = world.size - 1
    programs = [[Call("barrier", (), {"group": [last]})] for _ in range(world.size)]
    for rank in range(last):
        programs[rank] = [Call("rank")]
    [observation] = world.run(programs)
    assert_equal(members_of(observation, [last]), [None])
    assert_works(world)


@pytest.mark.parametrize("operation", ["all_reduce", "all_gather", "broadcast", "barrier"])
@pytest.mark.parametrize("group", [[], [0, 0], [-1], [99], [None], ["0"], "0", 0.5], ids=repr)
def test_what_is_no_group_is_a_value_error(world: World, operation: str, group: Any) -> None:
    inputs = None if operation == "barrier" else [1] * world.size
    assert_raises(world.call(operation, inputs, group=group), ValueError, "group")
    assert_works(world)


def test_a_source_outside_the_group_is_a_value_error(world: World) -> None:
    if world.size == 1:
        pytest.skip("one rank alone has nobody outside")
    for operation, name in (("broadcast", "src"), ("reduce", "dst"), ("gather", "dst")):
        observation = world.call(operation, [1] * world.size, group=[0], **{name: 1})
        assert_raises(members_of(observation, [0]), ValueError, name)
    assert_works(world)


def test_a_group_reduces_every_number(world: World) -> None:
    ranks = list(range(world.size))
    for least in ranks:
        group = ranks[least:]
        observation = world.call("all_reduce", [rank + 1 for rank in ranks], group=group)
        total = sum(rank + 1 for rank in group)
        assert_equal(observation, [total if rank in group else rank + 1 for rank in ranks])
    spec = TensorSpec(torch.float32, (2,), (1.0,))
    assert_equal(
        world.call("all_reduce", [spec] * world.size, group=[0]), plain([spec]) * world.size
    )
