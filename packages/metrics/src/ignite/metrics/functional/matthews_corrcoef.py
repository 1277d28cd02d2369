"""Matthews' correlation coefficient as a function."""

from __future__ import annotations

import torch

from ignite.metrics.functional._precision import double, ratio

__all__ = ["matthews_corrcoef_compute"]


def matthews_corrcoef_compute(matrix: torch.Tensor) -> torch.Tensor:
    """Return the correlation coefficient of Matthews, for any number of classes.

    After Matthews, "Comparison of the predicted and observed secondary structure of T4 phage
    lysozyme", 1975, as Gorodkin, "Comparing two K-category assignments by a K-category correlation
    coefficient", 2004, extends it.

    Args:
        matrix: counts ``(classes, classes)`` of labels and predictions.

    Returns:
        float64, ``()``; 0 where the labels or the predictions are of one class.

    >>> matthews_corrcoef_compute(torch.tensor([[2, 1], [0, 2]]))
    tensor(0.6667, dtype=torch.float64)
    """
    counts = double(matrix)
    predicted, actual, total = counts.sum(dim=0), counts.sum(dim=1), counts.sum()
    covariance = counts.diagonal().sum() * total - (predicted * actual).sum()
    variances = [(each * (total - each)).sum() for each in (predicted, actual)]
    return ratio(covariance, variances[0].sqrt() * variances[1].sqrt())
