"""All collective operations: what each does, must agree on, and gives to those outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch

from ignite.distributed.backends import _moving, _reducing
from ignite.distributed.backends._message import look_of
from ignite.distributed.interface import ReduceOp

__all__ = ["OPERATIONS", "Operation"]


@dataclass(frozen=True)
class Operation:
    """An operation on all ranks of a group.

    Attributes:
        run: does it; called with the transport and the operation's arguments.
        describe: what ranks must agree on, from the arguments.
        outside: what a rank gets that is no member of the group.
    """

    run: Callable[..., Any]
    describe: Callable[..., str]
    outside: Callable[..., Any]


def _looks(values: Any) -> str:
    listed = values if isinstance(values, (list, tuple)) else [values]
    return ", ".join(look_of(value, type(value).__name__) for value in listed)


def _op_name(op: str | ReduceOp) -> str:
    try:
        return ReduceOp.parse(op).value
    except ValueError:
        return repr(op)


def _empty(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return value.detach().new_empty((0, *value.shape[1:]))
    return []


OPERATIONS: Mapping[str, Operation] = {
    "all_reduce": Operation(
        _reducing.all_reduce,
        describe=lambda value, op: f"({look_of(value)}, {_op_name(op)})",
        outside=lambda value, op: value,
    ),
    "all_reduce_": Operation(
        _reducing.all_reduce_,
        describe=lambda tensor, op: f"({look_of(tensor)}, {_op_name(op)})",
        outside=lambda tensor, op: tensor,
    ),
    "all_reduce_coalesced": Operation(
        _reducing.all_reduce_coalesced,
        describe=lambda tensors, op: f"([{_looks(tensors)}], {_op_name(op)})",
        outside=lambda tensors, op: list(tensors),
    ),
    "reduce": Operation(
        _reducing.reduce,
        describe=lambda value, dst, op: f"({look_of(value)}, {dst=!r}, {_op_name(op)})",
        outside=lambda value, dst, op: None,
    ),
    "reduce_scatter": Operation(
        _reducing.reduce_scatter,
        describe=lambda values, op: f"([{_looks(values)}], {_op_name(op)})",
        outside=lambda values, op: None,
    ),
    "all_gather": Operation(
        _moving.all_gather,
        describe=lambda value: "",
        outside=_empty,
    ),
    "all_gather_coalesced": Operation(
        _moving.all_gather_coalesced,
        describe=lambda tensors: f" of {len(tensors)} tensors",
        outside=lambda tensors: [_empty(tensor) for tensor in tensors],
    ),
    "gather": Operation(
        _moving.gather,
        describe=lambda value, dst: f"({dst=!r})",
        outside=lambda value, dst: None,
    ),
    "broadcast": Operation(
        _moving.broadcast,
        describe=lambda value, src, safe_mode: (
            f"({'anything' if safe_mode else look_of(value, 'object')}, {src=!r}, {safe_mode=})"
        ),
        outside=lambda value, src, safe_mode: value,
    ),
    "broadcast_": Operation(
        _moving.broadcast_,
        describe=lambda tensor, src: f"({look_of(tensor)}, {src=!r})",
        outside=lambda tensor, src: tensor,
    ),
    "scatter": Operation(
        _moving.scatter,
        describe=lambda values, src: f"({src=!r})",
        outside=lambda values, src: None,
    ),
    "all_to_all": Operation(
        _moving.all_to_all,
        describe=lambda values: "",
        outside=lambda values: [],
    ),
    "barrier": Operation(
        lambda transport: transport.barrier(),
        describe=lambda: "",
        outside=lambda: None,
    ),
}
