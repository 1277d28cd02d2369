from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ignite.distributed._layout import Where, layout_of, node_sizes
from ignite.distributed.interface import DistributedError

SIZES = st.lists(st.integers(1, 9), min_size=1, max_size=9)


def places(sizes, told):
    """Where each rank is, as it knows it by its machine or was told its local rank."""
    return [
        Where("one machine", local_rank) if told else Where(f"machine {node}")
        for node, size in enumerate(sizes)
        for local_rank in range(size)
    ]


@given(SIZES)
def test_places_follow_from_sizes(sizes):
    spots = [(node, local_rank) for node, size in enumerate(sizes) for local_rank in range(size)]
    for rank, (node, local_rank) in enumerate(spots):
        assert layout_of(rank, sizes) == (local_rank, sizes[node], len(sizes), node)


@given(SIZES, st.booleans())
def test_sizes_follow_from_places(sizes, told):
    assert node_sizes(places(sizes, told)) == sizes


@pytest.mark.parametrize(
    "ranks",
    [
        [Where("a"), Where("b"), Where("a")],
        [Where("a", 0), Where("b", 0), Where("a", 2)],
        [Where("a", 1), Where("a", 0)],
        [Where("a", 0), Where("a", 2), Where("a", 1)],
    ],
)
def test_the_ranks_of_a_node_follow_one_another(ranks):
    with pytest.raises(DistributedError, match="must follow one another"):
        node_sizes(ranks)


@pytest.mark.parametrize("rank", [-1, 3])
def test_a_place_is_that_of_a_rank(rank):
    with pytest.raises(ValueError, match="0 <= rank < 3"):
        layout_of(rank, [2, 1])


class Counted(Sequence):
    """A sequence that counts how often an element is looked at."""

    def __init__(self, elements):
        self.elements = elements
        self.looks = 0

    def __len__(self):
        return len(self.elements)

    def __getitem__(self, index):
        self.looks += 1
        return self.elements[index]


@pytest.mark.parametrize("ranks", [1024, 16_384])
def test_a_place_costs_as_much_as_there_are_nodes(ranks):
    sizes = Counted([8] * (ranks // 8))
    assert layout_of(ranks - 1, sizes) == (7, 8, ranks // 8, ranks // 8 - 1)
    assert sizes.looks <= 3 * len(sizes)


def test_sizes_are_found_in_one_pass():
    ranks = iter(places([8] * 2048, told=False))
    assert node_sizes(ranks) == [8] * 2048
