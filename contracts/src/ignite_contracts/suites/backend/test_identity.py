"""Who and where each rank is."""

from __future__ import annotations

from collections import Counter

from ignite_contracts.world import World


def test_ranks_are_all_different_and_in_range(world: World) -> None:
    assert sorted(world.values("rank")) == list(range(world.size))


def test_world_size_is_the_same_on_every_rank(world: World) -> None:
    assert world.values("world_size") == [world.size] * world.size


def test_name_is_the_same_on_every_rank(world: World) -> None:
    (name,) = set(world.values("name"))
    assert isinstance(name, str)
    assert name


def test_rank_follows_from_node_and_local_rank(world: World) -> None:
    """The rank is the sum of the earlier nodes' sizes plus the local rank."""
    nodes, local = world.values("node_rank"), world.values("local_rank")
    sizes = Counter(nodes)
    for rank, node, position in zip(world.values("rank"), nodes, local, strict=True):
        assert rank == sum(sizes[earlier] for earlier in range(node)) + position


def test_nodes_are_counted(world: World) -> None:
    nodes = world.values("node_rank")
    assert sorted(set(nodes)) == list(range(len(set(nodes))))
    assert world.values("nnodes") == [len(set(nodes))] * world.size
    assert world.values("nproc_per_node") == [Counter(nodes)[node] for node in nodes]


def test_device_is_one_that_the_backend_declares(world: World) -> None:
    for device in world.values("device"):
        assert device.type in world.capabilities.devices
