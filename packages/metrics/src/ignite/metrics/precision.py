"""Precision."""

from __future__ import annotations

from ignite.metrics._precision_recall import PrecisionRecall
from ignite.metrics.functional.precision_recall import precision_compute, sample_precision_update

__all__ = ["Precision"]


class Precision(PrecisionRecall):
    """The share of the predictions of a class that are right.

    ``update`` takes ``(y_pred, y)``, which are binary, multiclass or multilabel as for
    :class:`Accuracy`. A class that is never predicted has a precision of 0.

    Args:
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        average: False, per class, and of class 1 alone if the data is binary; None, per class,
            also of binary data; True or ``"macro"``, the mean over classes; ``"weighted"``, that
            mean weighted by how often a class is the label; ``"micro"``, of all classes together;
            ``"samples"``, the mean over examples of the precision of each one's labels.
        is_multilabel: whether tensors of one shape are multilabel.
        device: where the counts live.
        skip_unrolling: as in :class:`Metric`.

    Raises:
        ValueError: unknown ``average``, or ``"samples"`` of what is not multilabel.

    >>> import torch
    >>> metric = Precision()
    >>> scores = torch.tensor([[0.9, 0.1], [0.2, 0.8], [0.7, 0.3]])
    >>> metric.update((scores, torch.tensor([0, 1, 1])))
    >>> metric.compute()
    tensor([0.5000, 1.0000], dtype=torch.float64)
    """

    _compute = staticmethod(precision_compute)
    _sample_update = staticmethod(sample_precision_update)
