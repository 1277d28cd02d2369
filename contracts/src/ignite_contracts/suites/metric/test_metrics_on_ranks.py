"""However the batches are spread over ranks, each rank computes the value of the whole."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import strategies as st

from ignite.metrics.testing import Observation, observe_on_rank
from ignite_contracts.assertions import returned
from ignite_contracts.calls import Call
from ignite_contracts.metric.cut import Cut
from ignite_contracts.metric.selection import NamedCase
from ignite_contracts.metric.values import assert_near, assert_same
from ignite_contracts.properties import for_all
from ignite_contracts.suites.metric.test_values import any_cut, updated
from ignite_contracts.world import World


def owners(world: World) -> st.SearchStrategy[list[int]]:
    """Draw which rank has each batch; some ranks may have none."""
    return st.lists(st.integers(0, world.size - 1), min_size=5, max_size=5).map(sorted)


@for_all(one_in=50, cut=any_cut, owners=owners)
def test_ranks_together_equal_one(
    ignite_metric: NamedCase, world: World, cut: Cut, owners: list[int]
) -> None:
    if world.size == 1:
        pytest.skip("what one rank computes has suites of its own")
    case, batches = ignite_metric.case, cut.batches(ignite_metric)
    expected = updated(ignite_metric, batches).compute()
    shards = [
        [batch for batch, owner in zip(batches, owners, strict=False) if owner == rank]
        for rank in range(world.size)
    ]
    observe = partial(observe_on_rank, case.metric(), [shards])
    [observation] = world.run([[Call("observe a metric", function=observe)]] * world.size)
    seen: list[Observation] = [outcome.value[0] for outcome in returned(observation)]
    for each in seen:
        assert_near(each.value, expected, case.tolerance)
        assert_same(each.value, seen[0].value)
        assert_same(each.again, each.value)
        assert_near(each.resumed, each.value, case.tolerance)
