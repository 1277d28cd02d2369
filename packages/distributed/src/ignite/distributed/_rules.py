"""The rules of the operations that do not depend on the backend, each stated once."""

from __future__ import annotations

import pickle
from collections.abc import Iterable
from functools import cache
from typing import Any

import torch

from ignite.distributed.errors import UnsupportedDtype, UnsupportedOperation
from ignite.distributed.interface import Capabilities, ReduceOp

__all__ = [
    "DTYPES",
    "check_reduction",
    "check_tensor",
    "dump",
    "join_gathered",
    "load",
    "local_devices",
    "number_to_tensor",
    "own_copy",
    "plain",
]

FLOATING = frozenset({torch.float16, torch.bfloat16, torch.float32, torch.float64})
INTEGER = frozenset({torch.int8, torch.uint8, torch.int16, torch.int32, torch.int64})
COMPLEX = frozenset({torch.complex64, torch.complex128})
DTYPES = FLOATING | INTEGER | COMPLEX | {torch.bool}

MAX_DIMENSIONS = 64  # what most of torch's own kernels take
INT64 = torch.iinfo(torch.int64)

_EVERYWHERE = frozenset({ReduceOp.SUM, ReduceOp.PRODUCT})
_ORDER = frozenset({ReduceOp.MIN, ReduceOp.MAX})
_BITS = frozenset({ReduceOp.AND, ReduceOp.OR})


def check_reduction(op: ReduceOp, dtype: torch.dtype) -> None:
    """Raise TypeError if tensors of ``dtype`` cannot be reduced by ``op``.

    >>> check_reduction(ReduceOp.MEAN, torch.int64)
    Traceback (most recent call last):
    TypeError: MEAN is not defined for torch.int64; reduce value.to(torch.float64), ...
    """
    if dtype == torch.bool:
        allowed, remedy = _ORDER | _BITS, "use AND or OR, or reduce value.to(torch.int64)"
    elif dtype in INTEGER:
        allowed = _EVERYWHERE | _ORDER | _BITS
        remedy = "reduce value.to(torch.float64), or SUM and divide by the world size"
    elif dtype in COMPLEX:
        allowed = _EVERYWHERE | {ReduceOp.MEAN}
        remedy = "complex numbers have no order and no bits: reduce torch.view_as_real(value)"
    else:
        allowed = _EVERYWHERE | _ORDER | {ReduceOp.MEAN}
        remedy = "reduce a bool, such as value != 0, or an integer"
    if op not in allowed:
        raise TypeError(f"{op.value} is not defined for {dtype}; {remedy}.")


def check_tensor(tensor: torch.Tensor, capabilities: Capabilities) -> None:
    """Raise if no backend could move ``tensor``, or not the one of these capabilities.

    Raises:
        TypeError: its dtype or layout is not supported.
        UnsupportedDtype: the backend does not move that dtype.
        UnsupportedOperation: it does not move tensors from that device.
    """
    if tensor.dtype not in DTYPES:
        raise TypeError(
            f"{tensor.dtype} tensors cannot be sent; convert to one of {_names(DTYPES)}."
        )
    if tensor.layout != torch.strided:
        raise TypeError(f"{tensor.layout} tensors cannot be sent; convert with to_dense().")
    if tensor.dim() > MAX_DIMENSIONS:
        raise TypeError(
            f"Tensors of {tensor.dim()} dimensions cannot be sent; at most {MAX_DIMENSIONS}: "
            "reshape it."
        )
    if tensor.dtype not in capabilities.dtypes:
        raise UnsupportedDtype(
            f"{tensor.dtype} tensors cannot be sent here; convert to one of "
            f"{_names(capabilities.dtypes)}."
        )
    if tensor.device.type not in capabilities.devices:
        raise UnsupportedOperation(
            f"Tensors on {tensor.device} cannot be sent here; move it to one of "
            f"{', '.join(sorted(capabilities.devices))}."
        )


def _names(dtypes: Iterable[torch.dtype]) -> str:
    return ", ".join(sorted(str(dtype).removeprefix("torch.") for dtype in dtypes))


def number_to_tensor(value: Any) -> torch.Tensor:
    """Return the 0-dim tensor that holds a Python number exactly; ``item()`` undoes it.

    Raises:
        TypeError: it is no int, float or bool.
        OverflowError: an int that does not fit int64.

    >>> number_to_tensor(2**53 + 1).item()
    9007199254740993
    """
    if isinstance(value, bool):
        return torch.tensor(value, dtype=torch.bool)
    if isinstance(value, float):
        return torch.tensor(value, dtype=torch.float64)
    if not isinstance(value, int):
        raise TypeError(
            f"Only tensors and numbers (int, float, bool) can be reduced, not "
            f"{type(value).__name__}; all_gather takes any picklable object."
        )
    if not INT64.min <= value <= INT64.max:
        raise OverflowError(
            f"{value} does not fit a 64-bit integer and cannot be reduced exactly; "
            "all_gather it and combine the list."
        )
    return torch.tensor(int(value), dtype=torch.int64)


def plain(tensor: torch.Tensor) -> torch.Tensor:
    """Return the values alone: detached, materialized, contiguous; may share memory."""
    values = tensor.detach() if tensor.requires_grad else tensor
    if values.is_conj() or values.is_neg():
        values = values.resolve_conj().resolve_neg()
    return values.contiguous()


def own_copy(tensor: torch.Tensor) -> torch.Tensor:
    """Return the values alone, as :func:`plain` does, in memory of their own."""
    values = tensor.detach() if tensor.requires_grad else tensor
    return values.clone(memory_format=torch.contiguous_format)


def join_gathered(parts: list[torch.Tensor]) -> torch.Tensor | list[torch.Tensor]:
    """Return what ``all_gather`` makes of the ranks' tensors.

    >>> join_gathered([torch.zeros(1, 2), torch.ones(2, 2)]).shape
    torch.Size([3, 2])
    >>> join_gathered([torch.tensor(1), torch.tensor(2)])
    tensor([1, 2])
    """
    if all(part.dim() == 0 for part in parts):
        return torch.stack(parts)
    if any(part.dim() == 0 for part in parts) or len({part.shape[1:] for part in parts}) > 1:
        return parts
    return torch.cat(parts)


def dump(value: Any) -> bytes:
    """Return ``value`` pickled.

    Raises:
        TypeError: it cannot be pickled.
    """
    try:
        return pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        raise TypeError(
            f"{type(value).__name__} cannot be pickled, so not be sent to other ranks ({error}); "
            "send what it is made of."
        ) from error


def load(data: bytes) -> Any:
    """Return what :func:`dump` pickled.

    Raises:
        TypeError: it cannot be rebuilt in this process.
    """
    try:
        return pickle.loads(data)
    except Exception as error:
        raise TypeError(
            f"What was pickled cannot be unpickled on this rank ({error}); "
            "its class must be importable here."
        ) from error


@cache
def local_devices() -> frozenset[str]:
    """Return the device types of this machine, such as ``{"cpu", "cuda"}``."""
    accelerator = torch.accelerator.current_accelerator(check_available=True)
    return frozenset({"cpu"} if accelerator is None else {"cpu", accelerator.type})
