"""The value is the oracle's, however the data is cut, and inputs are left as they are."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
import torch
from hypothesis import strategies as st

from ignite.metrics.interface import NotComputableError
from ignite_contracts.metric.case import Data, taken
from ignite_contracts.metric.cut import Cut, cuts
from ignite_contracts.metric.selection import NamedCase
from ignite_contracts.metric.values import assert_near, assert_same
from ignite_contracts.properties import for_all


def any_cut(ignite_metric: NamedCase) -> st.SearchStrategy[Cut]:
    return cuts(ignite_metric)


def updated(named: NamedCase, batches: list[Data]) -> Any:
    """Return a new metric that has seen the batches."""
    metric = named.case.metric()
    for batch in batches:
        metric.update(batch)
    return metric


@for_all(cut=any_cut)
def test_any_cut_equals_the_oracle(ignite_metric: NamedCase, cut: Cut) -> None:
    batches = cut.batches(ignite_metric)
    value = updated(ignite_metric, batches).compute()
    case = ignite_metric.case
    assert_near(value, case.expected(batches), case.tolerance)


@for_all(cut=any_cut, order=st.randoms(use_true_random=False))
def test_order_makes_no_difference(ignite_metric: NamedCase, cut: Cut, order: Any) -> None:
    case = ignite_metric.case
    if case.is_ordered:
        pytest.skip("its value depends on the order of the examples")
    if case.is_batchwise:
        batches = cut.batches(ignite_metric)
        other = order.sample(batches, len(batches))
    else:
        batches = [cut.data(ignite_metric)]
        other = [taken(batches[0], order.sample(range(cut.size), cut.size))]
    value = updated(ignite_metric, batches).compute()
    assert_near(updated(ignite_metric, other).compute(), value, case.tolerance)


@for_all(cut=any_cut)
def test_inputs_are_left_as_they_are(ignite_metric: NamedCase, cut: Cut) -> None:
    batches = cut.batches(ignite_metric)
    before = deepcopy(batches)
    metric = updated(ignite_metric, batches)
    metric.compute()
    metric.reset()
    assert_same(batches, before)


@for_all(cut=any_cut)
def test_layout_makes_no_difference(ignite_metric: NamedCase, cut: Cut) -> None:
    """Of tensors: strided, and with a gradient."""
    batches = cut.batches(ignite_metric)
    strided = [mapped(batch, _strided) for batch in batches]
    value = updated(ignite_metric, batches).compute()
    assert_near(updated(ignite_metric, strided).compute(), value, ignite_metric.case.tolerance)


def mapped(value: Any, function: Any) -> Any:
    """Return the same structure with the function of each tensor."""
    if isinstance(value, torch.Tensor):
        return function(value)
    if isinstance(value, (list, tuple)):
        return type(value)(mapped(item, function) for item in value)
    if isinstance(value, dict):
        return {key: mapped(item, function) for key, item in value.items()}
    return value


def _strided(tensor: torch.Tensor) -> torch.Tensor:
    other = torch.stack([tensor, tensor], dim=-1)[..., 0]
    return other.requires_grad_() if other.is_floating_point() else other


@for_all(cut=any_cut)
def test_one_shot_equals_a_metric_of_one_batch(ignite_metric: NamedCase, cut: Cut) -> None:
    data = cut.data(ignite_metric)
    metric = updated(ignite_metric, [data])
    value = metric.compute()
    output = data if isinstance(data, tuple) else (data,)
    assert_same(metric(*output), value)
    assert_same(metric.compute(), value)


def test_no_example_has_no_value(ignite_metric: NamedCase) -> None:
    metric = ignite_metric.case.metric()
    for _ in range(2):
        with pytest.raises(NotComputableError):
            metric.compute()
        metric.reset()


@for_all(cut=any_cut)
def test_update_looks_at_no_value(ignite_metric: NamedCase, cut: Cut) -> None:
    """On the device ``meta`` any look at a value raises."""
    if ignite_metric.case.looks_at_values:
        pytest.skip("its update may look at values")
    metric: Any = ignite_metric.case.metric()
    metric.to("meta")
    for batch in cut.batches(ignite_metric):
        metric.update(mapped(batch, lambda tensor: tensor.to("meta")))


@for_all(cut=any_cut)
def test_states_do_not_grow(ignite_metric: NamedCase, cut: Cut) -> None:
    if ignite_metric.case.keeps_rows:
        pytest.skip("it has to keep what it is given")
    for source in updated(ignite_metric, cut.batches(ignite_metric)).sources():
        for name, spec in source.state_specs.items():
            assert spec.reduction != "cat", f"{name} keeps rows"


def test_a_bad_output_is_refused_and_changes_nothing(ignite_metric: NamedCase) -> None:
    case = ignite_metric.case
    if not case.bad:
        pytest.skip("it names no output that is bad")
    good = Cut(sorted(case.draws)[0], seed=0, size=case.most).data(ignite_metric)
    for name, bad in case.bad.items():
        fresh = case.metric()
        with pytest.raises(bad.error):
            fresh.update(bad.output)
        with pytest.raises(NotComputableError):
            fresh.compute()
        metric = updated(ignite_metric, [good])
        value = metric.compute()
        with pytest.raises(bad.error):
            metric.update(bad.output)
        try:
            assert_same(metric.compute(), value)
        except AssertionError as error:
            raise AssertionError(f"{name!r} was refused, but changed the value: {error}") from None
