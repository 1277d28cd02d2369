"""Results that go into a tensor that is there already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ignite.distributed._handle import Handle

if TYPE_CHECKING:
    import torch

__all__ = ["check_writable", "copied_into"]


def check_writable(tensor: Any) -> None:
    """Raise unless a result can be left in ``tensor``.

    Raises:
        TypeError: it is no tensor.
        ValueError: several of its elements are one in memory.
    """
    import torch

    if not isinstance(tensor, torch.Tensor):
        raise TypeError(
            f"A result can be left in a tensor, not in {type(tensor).__name__}; use the form "
            "without the underscore."
        )
    if not tensor.is_contiguous() and any(
        size > 1 and stride == 0 for size, stride in zip(tensor.shape, tensor.stride(), strict=True)
    ):
        raise ValueError("Elements of the tensor share memory (it is expanded); clone it first.")


def copied_into(tensor: torch.Tensor, result: torch.Tensor | Handle) -> Any:
    """Return ``tensor`` with the result in it, or a handle that gives it."""

    def copy(value: torch.Tensor) -> torch.Tensor:
        if value is not tensor:  # as it is outside of the group
            tensor.detach().copy_(value)
        return tensor

    return result.then(copy) if isinstance(result, Handle) else copy(result)
