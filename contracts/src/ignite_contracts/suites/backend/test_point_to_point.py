"""``send`` and ``recv``: from one rank to another, past the others."""

from __future__ import annotations

from typing import Any

import pytest

from ignite.distributed.interface import UnsupportedOperation
from ignite_contracts.assertions import assert_equal, assert_raises, assert_works, members_of
from ignite_contracts.calls import Call
from ignite_contracts.cases import Mail
from ignite_contracts.properties import for_all
from ignite_contracts.specs import Unpicklable, plain
from ignite_contracts.strategies import mail
from ignite_contracts.world import World


def needs_two(world: World) -> None:
    """Skip where no two ranks can talk."""
    if not world.capabilities.point_to_point:
        pytest.skip("this backend declares no point-to-point messages")
    if world.size == 1:
        pytest.skip("one rank alone has nobody to talk to")


@for_all(case=mail)
def test_values_arrive_as_they_were_in_order(world: World, case: Mail) -> None:
    needs_two(world)
    observations = world.run(programs(world, case))
    for value, observation in zip(case.values, observations, strict=False):
        assert_equal(members_of(observation, [case.src]), [None])
        assert_equal(members_of(observation, [case.dst]), plain([value]))
    assert len(observations) == len(case.values)


def programs(world: World, case: Mail) -> list[list[Call]]:
    """One rank sends, one receives, the others look at their rank."""
    calls = [[Call("rank")] * len(case.values) for _ in range(world.size)]
    calls[case.src] = [Call("send", (value, case.dst)) for value in case.values]
    calls[case.dst] = [Call("recv", (case.src,))] * len(case.values)
    return calls


def test_tags_tell_messages_apart(world: World) -> None:
    needs_two(world)
    calls = [[Call("rank")] * 2 for _ in range(world.size)]
    calls[0] = [Call("send", (f"of tag {tag}", 1), {"tag": tag}) for tag in (1, 2)]
    calls[1] = [Call("recv", (0,), {"tag": tag}) for tag in (1, 2)]
    first, second = world.run(calls)
    assert_equal(members_of(first, [1]), ["of tag 1"])
    assert_equal(members_of(second, [1]), ["of tag 2"])


def test_two_ranks_may_send_to_each_other_at_once(world: World) -> None:
    needs_two(world)
    calls = [[Call("rank")] * 2 for _ in range(world.size)]
    for rank, other in ((0, 1), (1, 0)):
        sending = Call("send", ("x" * 100_000 + str(rank), other), {"async_op": True})
        calls[rank] = [sending, Call("recv", (other,))]
    _, received = world.run(calls)
    assert_equal(members_of(received, [0, 1]), ["x" * 100_000 + "1", "x" * 100_000 + "0"])


@pytest.mark.parametrize("operation", ["send", "recv"])
@pytest.mark.parametrize("other", [-1, 99, None, "0", True], ids=repr)
def test_what_is_no_rank_is_a_value_error(world: World, operation: str, other: Any) -> None:
    if not world.capabilities.point_to_point:
        pytest.skip("this backend declares no point-to-point messages")
    args = ("value", other) if operation == "send" else (other,)
    [observation] = world.run([[Call(operation, args)]] * world.size)
    assert_raises(observation, ValueError)
    assert_works(world)


def test_nobody_talks_to_itself(world: World) -> None:
    if not world.capabilities.point_to_point:
        pytest.skip("this backend declares no point-to-point messages")
    [observation] = world.run([[Call("recv", (rank,))] for rank in range(world.size)])
    assert_raises(observation, ValueError)
    assert_works(world)


def test_what_cannot_be_sent_is_a_type_error_on_both_ranks(world: World) -> None:
    needs_two(world)
    if world.size > 2:
        pytest.skip("the other ranks would not raise")
    calls = [[Call("send", (Unpicklable("lock"), 1))], [Call("recv", (0,))]]
    [observation] = world.run(calls)
    assert_raises(observation, TypeError)
    assert_works(world)


def test_undeclared_messages_are_refused(world: World) -> None:
    if world.capabilities.point_to_point:
        pytest.skip("this backend declares point-to-point messages")
    [observation] = world.run([[Call("recv", (0,))]] * world.size)
    assert_raises(observation, UnsupportedOperation)
