"""Precision, recall and F-measure of each class, and their means."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, Literal

import torch

from ignite.metrics._class_table import PrecisionAndRecall
from ignite.metrics.fbeta import check_beta
from ignite.metrics.functional.precision_recall import fbeta_compute
from ignite.metrics.metric import identity
from ignite.metrics.metrics_lambda import MetricsLambda

__all__ = ["ClassificationReport"]


def ClassificationReport(  # noqa: N802 - a name that users know
    beta: int = 1,
    output_dict: bool = False,
    output_transform: Callable[[Any], Any] = identity,
    device: str | torch.device = "cpu",
    is_multilabel: bool = False,
    labels: Sequence[str] | None = None,
    metrics_result_mode: Literal["flatten", "named", "both"] = "both",
) -> MetricsLambda:
    """Return a metric of precision, recall and F-measure of each class, and their means.

    ``update`` takes what :class:`Precision` takes.

    Args:
        beta: of :func:`Fbeta`; 1 for ``"f1-score"``.
        output_dict: whether the value is a dict; otherwise it is that dict as JSON.
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        device: where the counts live.
        is_multilabel: whether tensors of one shape are multilabel.
        labels: names of all classes; None for ``"0"``, ``"1"``, and so on.
        metrics_result_mode: as in :class:`Metric`.

    Raises:
        ValueError: a bad ``beta``; when computed, labels for another number of classes.

    >>> metric = ClassificationReport(output_dict=True, labels=["cat", "dog"])
    >>> scores = torch.tensor([[0.9, 0.1], [0.2, 0.8], [0.7, 0.3]])
    >>> metric.update((scores, torch.tensor([0, 1, 1])))
    >>> metric.compute()["dog"]
    {'precision': 1.0, 'recall': 0.5, 'f1-score': 0.6666666666666666}
    """
    check_beta(beta)
    parts = PrecisionAndRecall(
        both=True, output_transform=output_transform, is_multilabel=is_multilabel, device=device
    )
    return MetricsLambda(
        _report,
        parts,
        beta=beta,
        labels=labels,
        output_dict=output_dict,
        metrics_result_mode=metrics_result_mode,
    )


def _report(
    precision_recall: torch.Tensor,
    beta: float,
    labels: Sequence[str] | None,
    output_dict: bool,
) -> dict[str, dict[str, float]] | str:
    precision, recall = precision_recall
    names = [str(index) for index in range(len(precision))] if labels is None else labels
    if len(names) != len(precision):
        raise ValueError(
            f"The data has {len(precision)} classes, and labels= names {len(names)}: "
            f"{list(names)}; name each class once."
        )
    columns = {
        "precision": precision,
        "recall": recall,
        f"f{beta}-score": fbeta_compute(precision, recall, beta),
    }
    report = {
        name: {column: values[index].item() for column, values in columns.items()}
        for index, name in enumerate(names)
    }
    report["macro avg"] = {column: values.mean().item() for column, values in columns.items()}
    return report if output_dict else json.dumps(report)
