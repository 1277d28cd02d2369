from __future__ import annotations

import pytest
import torch

from ignite.metrics import InvalidValuesError, MetricGroup
from ignite.metrics.calibration_error import CalibrationError
from ignite.metrics.functional.calibration_error import (
    calibration_error_compute,
    calibration_error_update,
    calibration_inner_edges,
)

# In two bins: confidence 0.25 with accuracy 0.5, and 0.75 with 1.
CHANCES = torch.tensor([0.125, 0.375, 0.625, 0.75, 0.75, 0.875])
FLAGS = torch.tensor([1, 0, 1, 1, 1, 1])


def value(metric, *batches):
    for batch in batches:
        metric.update(batch)
    return metric.compute()


@pytest.mark.parametrize("shape", [(6,), (6, 1), (2, 3)])
@pytest.mark.parametrize(("norm", "expected"), [("l1", 0.25), ("l2", 0.25), ("max", 0.25)])
def test_by_hand_where_all_bins_are_alike(shape, norm, expected):
    batch = CHANCES.reshape(shape), FLAGS.reshape(shape)
    assert value(CalibrationError(2, norm), batch) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("norm", "expected"), [("l1", 2 / 6 * 0.75), ("l2", (2 / 6) ** 0.5 * 0.75), ("max", 0.75)]
)
def test_by_hand_where_bins_differ(norm, expected):
    y_pred = torch.tensor([0.25, 0.25, 1.0, 1.0, 1.0, 1.0])
    y = torch.tensor([1, 1, 1, 1, 1, 1])
    assert value(CalibrationError(10, norm), (y_pred, y)) == pytest.approx(expected)


def test_multiclass_takes_the_most_probable_class():
    scores = torch.tensor([[0.5, 0.25, 0.25], [0.0, 0.0, 1.0], [0.25, 0.75, 0.0]])
    labels = torch.tensor([0, 1, -100])  # the last one is no class
    # In five bins: 0.5 and right, 0.75 and wrong, 1 and wrong.
    assert value(CalibrationError(5), (scores, labels)) == pytest.approx((0.5 + 0.75 + 1) / 3)
    image = scores.t()[None], labels[None]  # three pixels
    assert value(CalibrationError(5), image) == pytest.approx((0.5 + 0.75 + 1) / 3)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_a_bin_is_closed_above(dtype):
    y_pred = torch.tensor([0.0, 0.2, 0.4, 0.6, 0.8, 1.0], dtype=torch.float64).to(dtype)
    metric = CalibrationError(5)
    metric.update((y_pred, torch.ones(6)))
    assert metric._counts.tolist() == [[0] * 5, [2, 1, 1, 1, 1]]


def test_a_perfect_and_the_worst_forecast():
    for norm in ("l1", "l2", "max"):
        sure = torch.tensor([0.0, 1.0, 1.0])
        assert value(CalibrationError(norm=norm), (sure, sure)) == 0
        assert value(CalibrationError(norm=norm), (sure, 1 - sure)) == 1
        assert value(CalibrationError(1, norm), (torch.full((2,), 0.5), FLAGS[:2])) == 0


@pytest.mark.parametrize(
    ("y_pred", "y", "count"),
    [
        (torch.tensor([0.5, 1.5, -0.5, float("nan"), float("inf")]), torch.zeros(5), 4),
        (torch.tensor([0.5, 0.5, 1.5]), torch.tensor([2, -1, 0]), 3),
        (torch.tensor([[0.5, 2.0], [float("nan"), 0.5]]), torch.tensor([0, 1]), 2),
    ],
)
def test_refused_values(y_pred, y, count):
    metric = CalibrationError()
    metric.update((y_pred, y))
    with pytest.raises(InvalidValuesError, match=f"{count} values are refused.*softmax"):
        metric.compute()


@pytest.mark.parametrize(
    ("y_pred", "y", "error", "message"),
    [
        (FLAGS, FLAGS, TypeError, "got torch.int64; give them as floats"),
        (CHANCES, FLAGS[:5], ValueError, r"y_pred \(6,\) and y \(5,\)"),
        (CHANCES.cfloat(), FLAGS, TypeError, "are real"),
        (CHANCES.tolist(), FLAGS, TypeError, "got list and Tensor"),
    ],
)
def test_a_bad_update_changes_nothing(y_pred, y, error, message):
    metric = CalibrationError(2)
    metric.update((CHANCES, FLAGS))
    with pytest.raises(error, match=message):
        metric.update((y_pred, y))
    assert metric.compute() == pytest.approx(0.25)


def test_bad_arguments():
    for bad in (0, -1, 2.5, None):
        with pytest.raises(ValueError, match="num_bins must be a positive integer"):
            CalibrationError(bad)
    with pytest.raises(ValueError, match="Unknown norm 'l3'"):
        CalibrationError(norm="l3")


def test_many_small_terms_do_not_drift():
    metric = CalibrationError(1)
    for _ in range(2000):
        metric.update((torch.full((8,), 0.1), torch.zeros(8)))
    assert metric.compute() == pytest.approx(torch.tensor(0.1).item(), rel=1e-12)


def test_in_a_group_the_bins_are_filled_once():
    group = MetricGroup({norm: CalibrationError(2, norm) for norm in ("l1", "l2", "max")})
    assert len(list(group.sources())) == 1
    assert value(group, (CHANCES, FLAGS)) == pytest.approx({"l1": 0.25, "l2": 0.25, "max": 0.25})


def test_functions_compile_whole():
    def values(confidence, is_correct):
        counts = torch.zeros(2, 4, dtype=torch.int64)
        sums = calibration_error_update(counts, confidence, is_correct, calibration_inner_edges(4))
        return [calibration_error_compute(counts, sums, norm) for norm in ("l1", "l2", "max")]

    compiled = torch.compile(values, fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(CHANCES, FLAGS > 0), values(CHANCES, FLAGS > 0))


def test_a_reliability_diagram():
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots()
    metric = CalibrationError(4)
    metric.update((CHANCES, FLAGS))
    assert metric.plot(axes) is axes
    figure.canvas.draw()
    bars = [(bar.get_x(), bar.get_height()) for bar in axes.patches]
    assert bars == [(0, 1), (0.25, 0), (0.5, 1), (0.75, 1)]
    assert axes.lines[0].get_xdata().tolist() == pytest.approx([0.125, 0.375, 0.7083333, 0.875])
    assert "0.375" in axes.get_title()
    pyplot.close(figure)
