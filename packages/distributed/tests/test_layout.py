import pytest
from hypothesis import given
from hypothesis import strategies as st

from ignite.distributed._layout import layout_of
from ignite.distributed.interface import DistributedError


@given(st.lists(st.integers(1, 9), min_size=1, max_size=9))
def test_places_follow_from_sizes(sizes):
    nodes = [f"host{node}" for node, size in enumerate(sizes) for _ in range(size)]
    for rank, node in enumerate(nodes):
        place = layout_of(rank, nodes)
        assert place.nnodes == len(sizes)
        assert node == f"host{place.node_rank}"
        assert place.nproc_per_node == sizes[place.node_rank]
        assert rank == sum(sizes[: place.node_rank]) + place.local_rank


def test_nodes_must_not_interleave():
    with pytest.raises(DistributedError, match="must follow one another"):
        layout_of(0, ["a", "b", "a"])
