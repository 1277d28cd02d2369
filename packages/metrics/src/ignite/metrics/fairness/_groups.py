"""Groups of examples, by their labels."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from ignite.metrics.interface import NotComputableError

__all__ = ["check_labels", "check_several", "checked_groups"]


def checked_groups(groups: Sequence[int]) -> list[int]:
    """Return the labels of groups in ascending order.

    Raises:
        TypeError: labels that are no integers.
        ValueError: none, or one twice.
    """
    found = groups.tolist() if isinstance(groups, torch.Tensor) else list(groups)
    if not all(isinstance(group, int) for group in found):
        raise TypeError(f"groups are integers, as in the tensor group_labels, got {found}.")
    if not found or len(set(found)) < len(found):
        raise ValueError(f"groups must name at least one group, and each once, got {found}.")
    return sorted(found)


def check_labels(labels: torch.Tensor, batch: int) -> torch.Tensor:
    """Return the groups of examples as ``(batch,)``.

    Raises:
        TypeError: not a real tensor.
        ValueError: of another shape.
    """
    if not isinstance(labels, torch.Tensor) or labels.is_complex():
        found = labels.dtype if isinstance(labels, torch.Tensor) else type(labels).__name__
        raise TypeError(f"group_labels must be a tensor of numbers, got {found}.")
    if labels.shape == (batch, 1):
        labels = labels.squeeze(1)
    if labels.shape != (batch,):
        raise ValueError(
            f"Expected group_labels of shape ({batch},), one for each example, got "
            f"{tuple(labels.shape)}."
        )
    return labels


def check_several(num_groups: int) -> None:
    """Raise NotComputableError unless there are two groups to compare."""
    if num_groups < 2:
        raise NotComputableError(
            f"A difference needs examples of at least 2 groups, and there are some of {num_groups};"
            " call update with examples of more."
        )
