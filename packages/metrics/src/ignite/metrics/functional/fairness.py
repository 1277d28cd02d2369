"""What is counted of groups, as functions."""

from __future__ import annotations

from typing import NamedTuple

import torch

__all__ = [
    "Membership",
    "group_accuracy_update",
    "group_membership",
    "group_selection_update",
    "largest_difference",
    "multiclass_group_selection_update",
]


class Membership(NamedTuple):
    """Which group each example is of.

    Attributes:
        group: int64, ``(batch,)``, in 0..groups-1.
        is_member: int64, ``(batch,)``, 1; or 0 where an example is of none of the groups.
    """

    group: torch.Tensor
    is_member: torch.Tensor


def group_membership(labels: torch.Tensor, groups: torch.Tensor) -> Membership:
    """Return which group each example is of.

    Args:
        labels: ``(batch,)``, any real dtype.
        groups: the labels of groups, ``(groups,)``, in ascending order.

    >>> group_membership(torch.tensor([7, 3, 5]), groups=torch.tensor([3, 7]))
    Membership(group=tensor([1, 0, 1]), is_member=tensor([1, 1, 0]))
    """
    found = torch.searchsorted(groups, labels.to(groups.dtype).contiguous())
    group = found.clamp_(max=len(groups) - 1)
    return Membership(group, groups[group].eq(labels).long())


def group_selection_update(
    counts: torch.Tensor, y_pred: torch.Tensor, members: Membership
) -> torch.Tensor:
    """Add to ``counts`` in place how often a class is predicted in each group, and return it.

    Args:
        counts: int64, ``(groups, classes)``.
        y_pred: 0 and 1, any real dtype, ``(batch, classes, ...)``.
        members: of the batch.

    >>> members = Membership(group=torch.tensor([0, 1]), is_member=torch.tensor([1, 1]))
    >>> y_pred = torch.tensor([[0, 1], [1, 1]])
    >>> group_selection_update(torch.zeros(2, 2, dtype=torch.int64), y_pred, members)
    tensor([[0, 1],
            [1, 1]])
    """
    selected = y_pred.long()
    if selected.dim() > 2:
        selected = selected.flatten(2).sum(dim=2)
    return counts.index_add_(0, members.group, selected * members.is_member.unsqueeze(1))


def multiclass_group_selection_update(
    counts: torch.Tensor, y_pred: torch.Tensor, members: Membership
) -> torch.Tensor:
    """Add to ``counts`` in place how often a class has the highest score, and return it.

    Args:
        counts: int64, ``(groups, classes)``, contiguous.
        y_pred: scores ``(batch, classes, ...)``, floating or integer; a NaN is the highest.
        members: of the batch.

    >>> members = Membership(group=torch.tensor([0, 1]), is_member=torch.tensor([1, 1]))
    >>> scores = torch.tensor([[0.9, 0.1], [0.2, 0.8]])
    >>> multiclass_group_selection_update(torch.zeros(2, 2).long(), scores, members)
    tensor([[1, 0],
            [0, 1]])
    """
    predicted = torch.argmax(y_pred, dim=1)
    shape = (-1,) + (1,) * (predicted.dim() - 1)
    index = torch.add(predicted, members.group.view(shape), alpha=counts.shape[1])
    weight = members.is_member.view(shape).expand_as(index)
    counts.view(-1).index_add_(0, index.flatten(), weight.flatten())
    return counts


def group_accuracy_update(
    counts: torch.Tensor, is_right: torch.Tensor, members: Membership
) -> torch.Tensor:
    """Add to ``counts`` in place how many predictions are right in each group, and return it.

    Args:
        counts: int64, ``(groups,)``.
        is_right: bool, ``(batch, ...)``.
        members: of the batch.

    >>> members = Membership(group=torch.tensor([0, 1]), is_member=torch.tensor([1, 1]))
    >>> group_accuracy_update(torch.zeros(2).long(), torch.tensor([True, False]), members)
    tensor([1, 0])
    """
    right = is_right.flatten(1).sum(dim=1) if is_right.dim() > 1 else is_right
    return counts.index_add_(0, members.group, right * members.is_member)


def largest_difference(values: torch.Tensor) -> torch.Tensor:
    """Return the largest difference between two groups, in any class.

    Args:
        values: ``(groups, ...)``.

    Returns:
        ``()``.

    >>> largest_difference(torch.tensor([[0.1, 0.9], [0.2, 0.5]]))
    tensor(0.4000)
    """
    return (values.amax(dim=0) - values.amin(dim=0)).max()
