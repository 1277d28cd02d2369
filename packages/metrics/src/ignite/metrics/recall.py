"""Recall."""

from __future__ import annotations

from ignite.metrics._precision_recall import PrecisionRecall
from ignite.metrics.functional.precision_recall import recall_compute, sample_recall_update

__all__ = ["Recall"]


class Recall(PrecisionRecall):
    """The share of the labels of a class that are found.

    ``update`` takes ``(y_pred, y)``, which are binary, multiclass or multilabel as for
    :class:`Accuracy`. A class that is never the label has a recall of 0.

    Args:
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        average: False, per class, and of class 1 alone if the data is binary; None, per class,
            also of binary data; True or ``"macro"``, the mean over classes; ``"weighted"``, that
            mean weighted by how often a class is the label; ``"micro"``, of all classes together;
            ``"samples"``, the mean over examples of the recall of each one's labels.
        is_multilabel: whether tensors of one shape are multilabel.
        device: where the counts live.
        skip_unrolling: as in :class:`Metric`.

    Raises:
        ValueError: unknown ``average``, or ``"samples"`` of what is not multilabel.

    >>> import torch
    >>> metric = Recall()
    >>> scores = torch.tensor([[0.9, 0.1], [0.2, 0.8], [0.7, 0.3]])
    >>> metric.update((scores, torch.tensor([0, 1, 1])))
    >>> metric.compute()
    tensor([1.0000, 0.5000], dtype=torch.float64)
    """

    _compute = staticmethod(recall_compute)
    _sample_update = staticmethod(sample_recall_update)
