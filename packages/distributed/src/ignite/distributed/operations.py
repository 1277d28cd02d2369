"""What ranks say to each other, whatever the backend."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ignite.distributed._current import current_backend
from ignite.distributed._groups import members

if TYPE_CHECKING:
    import torch

    from ignite.distributed.interface import Group, ReduceOp

__all__ = [
    "all_gather",
    "all_gather_coalesced",
    "all_gather_tensors_with_shapes",
    "all_reduce",
    "all_reduce_",
    "all_reduce_coalesced",
    "all_to_all",
    "barrier",
    "broadcast",
    "broadcast_",
    "gather",
    "new_group",
    "recv",
    "reduce",
    "reduce_scatter",
    "scatter",
    "send",
]


def all_reduce(
    tensor: Any, op: str | ReduceOp = "SUM", group: Any = None, *, async_op: bool = False
) -> Any:
    """Combine the ranks' tensors or numbers into one (collective).

    Args:
        tensor: a tensor of one shape and dtype on all ranks, or an int, float or bool.
        op: ``SUM``, ``MEAN`` (``AVG``), ``PRODUCT``, ``MIN``, ``MAX``, ``AND`` or ``OR``.
        group: the ranks that take part: None for all, what :func:`new_group` returned, or a
            list of ranks. Other ranks may make the call too, and get their input back.
        async_op: whether to return a :class:`~ignite.distributed.interface.Handle` at once;
            its ``wait()`` gives the result. Until then, leave the input as it is.

    Returns:
        The combined value, of the input's type, dtype, shape and device; the input is
        left as it is.

    Raises:
        ValueError: unknown op, or no such group.
        TypeError: an op that the dtype does not have, or a value that is neither tensor
            nor number.
        OverflowError: an int that does not fit 64 bits.

    >>> all_reduce(3)
    3
    """
    return current_backend().all_reduce(tensor, op, group, async_op=async_op)


def all_reduce_(
    tensor: torch.Tensor, op: str | ReduceOp = "SUM", group: Any = None, *, async_op: bool = False
) -> Any:
    """Do as :func:`all_reduce`, but leave the result in ``tensor``, and return that (collective).

    Saves the memory of a result, and the time to fill it.

    Raises:
        TypeError: no tensor; and what ``all_reduce`` raises.
        ValueError: elements of the tensor share memory; and what ``all_reduce`` raises.

    >>> import torch
    >>> all_reduce_(torch.tensor([1.0, 2.0]))
    tensor([1., 2.])
    """
    return current_backend().all_reduce_(tensor, op, group, async_op=async_op)


def all_reduce_coalesced(
    tensors: Sequence[torch.Tensor],
    op: str | ReduceOp = "SUM",
    group: Any = None,
    *,
    async_op: bool = False,
) -> Any:
    """Combine many tensors as :func:`all_reduce` does each, in one message per dtype (collective).

    >>> import torch
    >>> all_reduce_coalesced([torch.tensor(1), torch.tensor([2, 3])])
    [tensor(1), tensor([2, 3])]
    """
    return current_backend().all_reduce_coalesced(tensors, op, group, async_op=async_op)


def reduce(
    tensor: Any,
    dst: int = 0,
    op: str | ReduceOp = "SUM",
    group: Any = None,
    *,
    async_op: bool = False,
) -> Any:
    """Combine the ranks' values as :func:`all_reduce` does, for rank ``dst`` alone (collective).

    Returns:
        The combined value on ``dst``, None elsewhere.

    Raises:
        ValueError: ``dst`` is no rank of the group; and what ``all_reduce`` raises.

    >>> reduce(3)
    3
    """
    return current_backend().reduce(tensor, dst, op, group, async_op=async_op)


def reduce_scatter(
    tensors: Any, op: str | ReduceOp = "SUM", group: Any = None, *, async_op: bool = False
) -> Any:
    """Combine the ranks' values for each rank, and give each rank its own (collective).

    Args:
        tensors: a list with a tensor or number for each rank, all of one shape and dtype; or
            a tensor whose first dimension is divided among the ranks.
        op: as for :func:`all_reduce`, like the arguments that follow.
        group: see there; outside of it the result is None.
        async_op: see there.

    Raises:
        ValueError: there is not one value for each rank; and what ``all_reduce`` raises.

    >>> reduce_scatter([5])
    5
    """
    return current_backend().reduce_scatter(tensors, op, group, async_op=async_op)


def all_gather(tensor: Any, group: Any = None, *, async_op: bool = False) -> Any:
    """Give every rank the values of all ranks, in rank order (collective).

    Args:
        tensor: a tensor, or anything that can be pickled.
        group: as for :func:`all_reduce`; outside of it the result is empty.
        async_op: as for :func:`all_reduce`.

    Returns:
        For tensors of shapes ``(n, *rest)`` with any n: one tensor
        ``(sum of n, *rest)``; 0-dim tensors give ``(ranks,)``; tensors whose other
        dimensions differ give a list. For anything else a list with a value of each rank.

    Raises:
        ValueError: no such group.
        TypeError: what a rank gave cannot be sent; raised on every rank.
        CollectiveMismatch: ranks gave tensors of different dtypes, or not all a tensor.

    >>> all_gather("a")
    ['a']
    """
    return current_backend().all_gather(tensor, group, async_op=async_op)


def all_gather_coalesced(
    tensors: Sequence[torch.Tensor], group: Any = None, *, async_op: bool = False
) -> Any:
    """Gather many tensors as :func:`all_gather` does each, in two messages (collective).

    >>> import torch
    >>> all_gather_coalesced([torch.tensor(1), torch.tensor([2, 3])])
    [tensor([1]), tensor([2, 3])]
    """
    return current_backend().all_gather_coalesced(tensors, group, async_op=async_op)


def all_gather_tensors_with_shapes(
    tensor: torch.Tensor, shapes: Sequence[Sequence[int]], group: Any = None
) -> list[torch.Tensor]:
    """Give every rank the tensors of all ranks, as a list (collective).

    Args:
        tensor: of any shape.
        shapes: the shapes of the ranks' tensors, in rank order; what arrives is checked
            against them.
        group: as for :func:`all_reduce`; outside of it the list is empty.

    Raises:
        ValueError: the tensors are not of these shapes.

    >>> import torch
    >>> all_gather_tensors_with_shapes(torch.zeros(2), [(2,)])
    [tensor([0., 0.])]
    """
    current = current_backend()
    known = members(group, current.world_size)
    if known is not None and current.rank not in known:
        return []
    gathered = current.all_gather(tensor.flatten(), known)
    sizes = [math.prod(shape) for shape in shapes]
    if len(gathered) != sum(sizes):
        raise ValueError(
            f"The ranks' tensors have {len(gathered)} elements, but shapes {list(shapes)} have "
            f"{sum(sizes)}; give the shape of each rank's tensor, in rank order."
        )
    parts = gathered.split(sizes)
    return [part.reshape(tuple(shape)) for part, shape in zip(parts, shapes, strict=True)]


def gather(tensor: Any, dst: int = 0, group: Any = None, *, async_op: bool = False) -> Any:
    """Do as :func:`all_gather`, for rank ``dst`` alone; the others get None (collective).

    Raises:
        ValueError: ``dst`` is no rank of the group; and what ``all_gather`` raises.

    >>> gather("a")
    ['a']
    """
    return current_backend().gather(tensor, dst, group, async_op=async_op)


def broadcast(
    tensor: Any,
    src: int = 0,
    safe_mode: bool = False,
    group: Any = None,
    *,
    async_op: bool = False,
) -> Any:
    """Give every rank the value of rank ``src`` (collective).

    Args:
        tensor: a tensor, of one shape and dtype on all ranks, or anything that can be pickled.
        src: the rank whose value it is.
        safe_mode: lets the other ranks pass anything, such as None, at the cost of a message
            more; all ranks must set it alike.
        group: as for :func:`all_reduce`.
        async_op: as for :func:`all_reduce`.

    Raises:
        ValueError: ``src`` is no rank of the group.
        TypeError: what ``src`` gave cannot be sent; raised on every rank for objects.

    >>> broadcast(2**53 + 1)
    9007199254740993
    """
    return current_backend().broadcast(tensor, src, group, safe_mode=safe_mode, async_op=async_op)


def broadcast_(
    tensor: torch.Tensor, src: int = 0, group: Any = None, *, async_op: bool = False
) -> Any:
    """Overwrite ``tensor`` with that of rank ``src``, and return it (collective).

    Args:
        tensor: of one shape and dtype on all ranks.
        src: the rank whose tensor all get.
        group: as for :func:`all_reduce`.
        async_op: as for :func:`all_reduce`.

    Raises:
        TypeError: no tensor.
        ValueError: elements of the tensor share memory; or ``src`` is not in the group.

    >>> import torch
    >>> broadcast_(torch.tensor([1.0, 2.0]))
    tensor([1., 2.])
    """
    return current_backend().broadcast_(tensor, src, group, async_op=async_op)


def scatter(tensors: Any = None, src: int = 0, group: Any = None, *, async_op: bool = False) -> Any:
    """Give each rank its own of the values of rank ``src`` (collective).

    Args:
        tensors: on ``src`` a list with a value for each rank, or a tensor whose first
            dimension is divided among them; elsewhere ignored.
        src: the rank whose values they are.
        group: as for :func:`all_reduce`; outside of it the result is None.
        async_op: as for :func:`all_reduce`.

    Raises:
        ValueError: ``src`` is no rank of the group; there is not one value for each rank.
        TypeError: a value cannot be sent; on every rank.

    >>> scatter(["a"])
    'a'
    """
    return current_backend().scatter(tensors, src, group, async_op=async_op)


def all_to_all(tensors: Any, group: Any = None, *, async_op: bool = False) -> Any:
    """Give each rank the values that the others have for it, as a list (collective).

    Args:
        tensors: a list with a value for each rank, or a tensor whose first dimension is
            divided among them.
        group: as for :func:`all_reduce`; outside of it the result is an empty list.
        async_op: as for :func:`all_reduce`.

    Raises:
        ValueError: there is not one value for each rank; on every rank.
        TypeError: a value cannot be sent; on every rank.

    >>> all_to_all(["a"])
    ['a']
    """
    return current_backend().all_to_all(tensors, group, async_op=async_op)


def barrier(group: Any = None, *, async_op: bool = False) -> Any:
    """Return once every rank has called it (collective).

    >>> barrier()
    """
    return current_backend().barrier(group, async_op=async_op)


def send(tensor: Any, dst: int, group: Any = None, *, tag: int = 0, async_op: bool = False) -> Any:
    """Send a value to rank ``dst``, which calls :func:`recv`.

    Args:
        tensor: a tensor, or anything that can be pickled.
        dst: another rank.
        group: as for :func:`all_reduce`; both ranks are members.
        tag: tells messages between two ranks apart; those of one tag keep their order.
        async_op: as for :func:`all_reduce`.

    Raises:
        ValueError: ``dst`` is this rank itself, or no rank of the group.
        TypeError: the value cannot be sent; on both ranks.
        UnsupportedOperation: the backend is collective only.
    """
    return current_backend().send(tensor, dst, group, tag=tag, async_op=async_op)


def recv(src: int, group: Any = None, *, tag: int = 0, async_op: bool = False) -> Any:
    """Return what rank ``src`` sends to this one; see :func:`send`."""
    return current_backend().recv(src, group, tag=tag, async_op=async_op)


def new_group(ranks: Sequence[int], **kwargs: Any) -> Group:
    """Return the group of ``ranks``, to be given to any operation.

    A group is a value: equal ranks give equal groups, no rank waits for another to make one,
    and the means to talk within it are made at its first use, by its members, once.

    Args:
        ranks: ranks of the world, in any order.
        kwargs: accepted for programs that pass options of ``torch.distributed.new_group``;
            the world's own apply.

    Raises:
        ValueError: no ranks, one twice, or one that is not in the world.

    >>> new_group([0])
    Group(ranks=(0,))
    """
    return current_backend().new_group(ranks)
