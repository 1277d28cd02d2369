"""The world of ranks: hangs, deaths, errors out of step, and that nothing stays behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ignite_contracts.assertions import assert_raises, assert_works
from ignite_contracts.calls import Call
from ignite_contracts.world import World, WorldBroken, WorldHung


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()


@pytest.fixture
def world():
    with World("gloo", 2, timeout=5.0) as world:
        yield world


def test_ranks_live_from_call_to_call(world):
    world.call("barrier")
    first = world.pids
    world.call("barrier")
    assert world.pids == first
    assert len(set(first)) == 2


def test_ranks_end_with_the_world():
    with World("gloo", 2) as world:
        world.start()
        pids = world.pids
        assert all(map(alive, pids))
    assert not any(map(alive, pids))


def test_a_hang_is_told_killed_and_forgotten():
    with World("broken_backends:HangsInTheBarrier", 2, timeout=1.0) as world:
        before = world.start().pids
        with pytest.raises(WorldHung, match=r"barrier on .* at world size 2: .*rank") as hang:
            world.call("barrier")
        assert "did not answer" in str(hang.value) or "another rank raised" in str(hang.value)
        assert not any(map(alive, before))
        assert_works(world)
        assert set(world.pids).isdisjoint(before)


def test_a_death_is_told_at_once(world):
    world.start()
    os.kill(world.pids[1], 9)
    began = time.monotonic()
    with pytest.raises(WorldHung, match=r"barrier .* rank 1 died"):
        world.call("barrier")
    assert time.monotonic() - began < world.timeout
    assert_works(world)


def test_refusals_on_every_rank_keep_the_ranks(world):
    world.start()
    before = world.pids
    assert_raises(world.call("all_reduce", [1, 1], op="MEDIAN"), ValueError)
    assert_works(world)
    assert world.pids == before


def test_ranks_out_of_step_are_replaced(world):
    before = world.start().pids
    world.run([[Call("no_such_operation")], [Call("rank")]])
    assert_works(world)
    assert set(world.pids).isdisjoint(before)


def test_a_program_stops_at_its_first_error(world):
    program = [Call("rank"), Call("all_reduce", (None,)), Call("barrier")]
    observations = world.run([program, program])
    assert len(observations) == 2
    assert_raises(observations[1], TypeError)


def test_a_world_that_cannot_start_says_why():
    with World("serial", 2) as world, pytest.raises(WorldBroken, match="rank 0 of 1"):
        world.start()


def test_ranks_do_not_outlive_a_killed_controller():
    script = Path(__file__).with_name("hung_controller.py")
    with subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, text=True
    ) as controller:
        pids = [int(pid) for pid in controller.stdout.readline().split()]
        time.sleep(0.5)  # until they hang
        assert len(pids) == 2
        assert all(map(alive, pids))
        controller.kill()
    deadline = time.monotonic() + 10
    while any(map(alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(alive, pids))
