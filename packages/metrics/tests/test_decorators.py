from __future__ import annotations

import pytest
import torch

from ignite.metrics.metric import reinit__is_reduced, sync_all_reduce
from ignite.metrics.testing import DecoratedMean


def test_a_metric_written_for_pytorch_ignite():
    metric = DecoratedMean()
    metric.update(torch.tensor([1.0, 2.0]))
    metric.update(torch.tensor([6.0]))
    assert metric.compute() == 3.0
    assert metric.compute() == 3.0
    metric.reset()
    metric.update(torch.tensor([5.0]))
    assert metric.compute() == 5.0


def test_decorated_methods_keep_their_names():
    assert DecoratedMean.compute.__doc__ == "Return the mean (collective)."
    assert reinit__is_reduced(len) is len


def test_an_unknown_reduction_is_refused_where_it_is_written():
    with pytest.raises(ValueError, match="Unknown reduce op 'MEDIAN'"):
        sync_all_reduce("total:MEDIAN")
