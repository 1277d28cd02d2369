"""The inception score as functions."""

from __future__ import annotations

import torch

from ignite.metrics.functional.mutual_information import mutual_information_compute

__all__ = ["inception_score_compute", "inception_score_update"]


def inception_score_update(probabilities: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return of each class the sum over examples of p log p, where 0 log 0 is 0, and of p.

    Args:
        probabilities: float32 or float64, ``(batch, classes)``; of a negative one p log p is NaN.

    Returns:
        Both of its dtype, ``(classes,)``.

    >>> inception_score_update(torch.tensor([[1.0, 0.0], [0.5, 0.5]]))
    (tensor([-0.3466, -0.3466]), tensor([1.5000, 0.5000]))
    """
    logs = probabilities.log()
    logs = logs.clamp_min_(torch.finfo(logs.dtype).min)  # finite, so that 0 log 0 is 0
    return logs.mul_(probabilities).sum(0), probabilities.sum(0)


def inception_score_compute(
    sum_of_p_log_p: torch.Tensor, sum_of_p: torch.Tensor, num_examples: int
) -> torch.Tensor:
    """Return exp of the mean over examples of KL(p || mean of p), their mutual information.

    Args:
        sum_of_p_log_p: ``(classes,)``.
        sum_of_p: ``(classes,)``.
        num_examples: over how many they are summed.

    Returns:
        ``()``, from 1 to the number of classes.

    >>> inception_score_compute(torch.zeros(2), torch.tensor([3.0, 3.0]), 6)
    tensor(2.)
    """
    return mutual_information_compute(sum_of_p_log_p, sum_of_p, num_examples).exp()
