"""What a metric has accumulated can be forgotten, saved, copied, moved and merged."""

from __future__ import annotations

import pickle
from copy import deepcopy
from typing import Any

from ignite_contracts.metric.case import Data
from ignite_contracts.metric.cut import Cut
from ignite_contracts.metric.selection import NamedCase
from ignite_contracts.metric.values import assert_near, assert_same
from ignite_contracts.properties import for_all
from ignite_contracts.suites.metric.test_values import any_cut, updated


def halves(batches: list[Data]) -> tuple[list[Data], list[Data]]:
    return batches[: len(batches) // 2], batches[len(batches) // 2 :]


@for_all(cut=any_cut, other=any_cut)
def test_reset_forgets_all(ignite_metric: NamedCase, cut: Cut, other: Cut) -> None:
    batches = cut.batches(ignite_metric)
    value = updated(ignite_metric, batches).compute()
    metric = updated(ignite_metric, other.batches(ignite_metric))
    metric.compute()
    metric.reset()
    for batch in batches:
        metric.update(batch)
    assert_same(metric.compute(), value)


@for_all(cut=any_cut)
def test_compute_changes_nothing(ignite_metric: NamedCase, cut: Cut) -> None:
    batches = cut.batches(ignite_metric)
    value = updated(ignite_metric, batches).compute()
    metric = updated(ignite_metric, batches[:1])
    if not _has_a_value(metric):
        return
    assert_same(metric.compute(), metric.compute())
    for batch in batches[1:]:
        metric.update(batch)
    assert_near(metric.compute(), value, ignite_metric.case.tolerance)


def _has_a_value(metric: Any) -> bool:
    try:
        metric.compute()
    except (RuntimeError, ValueError):  # too few examples: whichever way it tells that
        return False
    return True


@for_all(cut=any_cut)
def test_results_are_left_alone(ignite_metric: NamedCase, cut: Cut) -> None:
    batches = cut.batches(ignite_metric)
    metric = updated(ignite_metric, batches)
    value = metric.compute()
    kept = deepcopy(value)
    for batch in batches:
        metric.update(batch)
    metric.reset()
    assert_same(value, kept)


@for_all(cut=any_cut)
def test_saved_in_between_it_goes_on(ignite_metric: NamedCase, cut: Cut) -> None:
    before, after = halves(cut.batches(ignite_metric))
    saved = pickle.dumps(updated(ignite_metric, before).state_dict())
    value = updated(ignite_metric, before + after).compute()
    metric: Any = ignite_metric.case.metric()
    metric.load_state_dict(pickle.loads(saved))
    for batch in after:
        metric.update(batch)
    assert_near(metric.compute(), value, ignite_metric.case.tolerance)


@for_all(cut=any_cut)
def test_copies_are_independent(ignite_metric: NamedCase, cut: Cut) -> None:
    before, after = halves(cut.batches(ignite_metric))
    whole = updated(ignite_metric, before + after).compute()
    metric = updated(ignite_metric, before)
    for copied in (deepcopy(metric), pickle.loads(pickle.dumps(metric))):
        for batch in after:
            copied.update(batch)
        assert_near(copied.compute(), whole, ignite_metric.case.tolerance)
        copied.reset()
    for batch in after:
        metric.update(batch)
    assert_near(metric.compute(), whole, ignite_metric.case.tolerance)


@for_all(cut=any_cut)
def test_merged_it_equals_the_whole(ignite_metric: NamedCase, cut: Cut) -> None:
    before, after = halves(cut.batches(ignite_metric))
    whole = updated(ignite_metric, before + after).compute()
    first, *others = [updated(ignite_metric, part) for part in ([], before, after)]
    assert_near(first.merge_state(others).compute(), whole, ignite_metric.case.tolerance)
