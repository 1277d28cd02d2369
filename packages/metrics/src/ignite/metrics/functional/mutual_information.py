"""The mutual information of examples and predicted classes as functions."""

from __future__ import annotations

import torch

from ignite.metrics.functional._logits import log_probabilities

__all__ = ["mutual_information_compute", "mutual_information_update"]


def mutual_information_update(y_pred: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return of each class the sum over examples of p log p, where 0 log 0 is 0, and of p.

    Args:
        y_pred: logits, floating, ``(batch, classes, ...)``; -inf is probability 0.

    Returns:
        Both of at least float32, ``(classes,)``.

    >>> mutual_information_update(torch.zeros(3, 2))
    (tensor([-1.0397, -1.0397]), tensor([1.5000, 1.5000]))
    """
    log_p = log_probabilities(y_pred)
    log_p = log_p.clamp_min_(torch.finfo(log_p.dtype).min)  # finite, so that 0 log 0 is 0
    p = log_p.exp()
    examples = [0, *range(2, p.dim())]
    return log_p.mul_(p).sum(examples), p.sum(examples)


def mutual_information_compute(
    sum_of_p_log_p: torch.Tensor, sum_of_p: torch.Tensor, num_examples: int
) -> torch.Tensor:
    """Return the entropy of the mean distribution, less the mean entropy; in nats.

    Args:
        sum_of_p_log_p: ``(classes,)``.
        sum_of_p: ``(classes,)``.
        num_examples: over how many distributions they are summed.

    Returns:
        ``()``, from 0 to the logarithm of the number of classes.

    >>> mutual_information_compute(torch.zeros(2), torch.tensor([2.0, 2.0]), 4)
    tensor(0.6931)
    """
    mean = sum_of_p / num_examples
    less = torch.xlogy(mean, mean).sum()
    information: torch.Tensor = sum_of_p_log_p.sum() / num_examples - less
    return information.clamp_min(0)
