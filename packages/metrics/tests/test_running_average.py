from __future__ import annotations

from copy import deepcopy

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ignite.events.testing import RecordingEventSource
from ignite.metrics import Accuracy, NotComputableError, RunningAverage

VALUES = st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=8)


def expected(values, alpha):
    """By the closed form: a weighted sum of all values."""
    weights = (1 - alpha) * alpha ** np.arange(len(values) - 1, -1, -1.0)
    weights[0] = alpha ** (len(values) - 1)
    return float(weights @ np.array(values))


def same(output):
    return output


@given(VALUES, st.floats(0.01, 1.0), st.booleans())
def test_outputs(values, alpha, as_tensors):
    average = RunningAverage(alpha=alpha, output_transform=same)
    for value in values:
        average.update(torch.tensor(value, dtype=torch.float64) if as_tensors else value)
        average.compute()
    assert float(average.compute()) == pytest.approx(expected(values, alpha), abs=1e-8)


def test_values_of_a_metric_for_each_batch():
    rights, source = [1, 1, 0, 1], RecordingEventSource()
    average = RunningAverage(Accuracy(), alpha=0.5)
    average.attach(source, "average")
    assert average.is_attached(source)
    source.run([(torch.tensor([right]), torch.tensor([1])) for right in rights])
    assert source.state.metrics["average"] == pytest.approx(expected(rights, 0.5))


@pytest.mark.parametrize(
    ("epoch_bound", "usage", "values"),
    [
        (None, None, [1.0, 2.0, 4.0] * 2),
        (False, None, [1.0, 2.0, 4.0] * 2),
        (True, None, [1.0, 2.0, 4.0]),
        (None, "single_epoch_running_batch_wise", [1.0, 2.0, 4.0]),
        (None, "running_epoch_wise", [4.0, 4.0]),
    ],
)
def test_what_it_averages_over(epoch_bound, usage, values):
    source = RecordingEventSource()
    average = RunningAverage(alpha=0.5, output_transform=same, epoch_bound=epoch_bound)
    average.attach(source, "average", usage)
    source.run([1.0, 2.0, 4.0], epochs=2)
    assert source.state.metrics["average"] == pytest.approx(expected(values, 0.5))
    average.detach(source, usage)
    assert not average.is_attached(source, usage)


def test_going_on_from_a_state_dict():
    average = RunningAverage(alpha=0.5, output_transform=same)
    average.update(1.0)
    resumed = RunningAverage(alpha=0.5, output_transform=same)
    resumed.load_state_dict(deepcopy(average.state_dict()))
    resumed.update(2.0)
    assert resumed.compute() == 1.5


def test_what_it_is_given_may_change():
    average = RunningAverage(alpha=0.5, output_transform=same)
    output = torch.ones(2)
    average.update(output)
    output.zero_()
    assert average.compute().tolist() == [1, 1]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"src": "x"}, TypeError, "src must be a metric"),
        ({}, ValueError, "give output_transform="),
        ({"alpha": 0.0, "output_transform": same}, ValueError, "0 < alpha <= 1"),
        ({"alpha": 2, "output_transform": same}, ValueError, "0 < alpha <= 1"),
        ({"src": Accuracy(), "output_transform": same}, ValueError, "output_transform is for"),
        ({"src": Accuracy(), "device": "cpu"}, ValueError, "device is for outputs"),
    ],
)
def test_arguments_that_do_not_fit(arguments, error, message):
    with pytest.raises(error, match=message):
        RunningAverage(**arguments)


def test_nothing_to_compute_from():
    with pytest.raises(NotComputableError):
        RunningAverage(output_transform=same).compute()
