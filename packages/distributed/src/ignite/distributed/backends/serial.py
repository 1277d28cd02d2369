"""One rank alone: every operation is a copy, with the same rules as everywhere."""
# ruff: noqa: D102 - what overrides a method of Backend keeps its contract

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import Any, ClassVar

import torch

from ignite.distributed._layout import check_rank
from ignite.distributed._rules import (
    DTYPES,
    check_reduction,
    check_tensor,
    dump,
    join_gathered,
    load,
    local_devices,
    number_to_tensor,
    own_copy,
)
from ignite.distributed.interface import Backend, Capabilities, ReduceOp

__all__ = ["SerialBackend"]


class SerialBackend(Backend):
    """Rank 0 of 1.

    >>> SerialBackend().all_reduce(3.0, "mean")
    3.0
    """

    name: ClassVar[str] = "serial"

    @classmethod
    def create(
        cls,
        *,
        timeout: timedelta,  # noqa: ARG003 - there is nobody to wait for
        rank: int = 0,
        world_size: int = 1,
        init_method: str | None = None,  # noqa: ARG003 - and nobody to meet
        **options: Any,
    ) -> SerialBackend:
        """Return a world of this process alone.

        Raises:
            ValueError: any other rank or world size is asked for.
            TypeError: an option that does not exist.
        """
        if options:
            raise TypeError(f"The serial backend has no option {', '.join(options)}.")
        if (rank, world_size) != (0, 1):
            raise ValueError(
                f"The serial backend is rank 0 of 1, not {rank} of {world_size}; "
                "use another backend, such as gloo, for more ranks."
            )
        return cls()

    @classmethod
    def check_available(cls) -> None:
        """Return: it runs everywhere."""

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            max_world_size=1,
            dtypes=DTYPES,
            reduce_ops=frozenset(ReduceOp),
            devices=local_devices(),
        )

    @property
    def rank(self) -> int:
        return 0

    @property
    def world_size(self) -> int:
        return 1

    @property
    def local_rank(self) -> int:
        return 0

    @property
    def nproc_per_node(self) -> int:
        return 1

    @property
    def nnodes(self) -> int:
        return 1

    @property
    def node_rank(self) -> int:
        return 0

    @cached_property
    def device(self) -> torch.device:
        """CUDA's current device where there is one, else the CPU."""
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")

    def all_reduce(self, value: Any, op: str | ReduceOp = ReduceOp.SUM) -> Any:
        op = ReduceOp.parse(op)
        if not isinstance(value, torch.Tensor):
            number = number_to_tensor(value)
            check_reduction(op, number.dtype)
            return number.item()
        check_tensor(value, local_devices())
        check_reduction(op, value.dtype)
        return own_copy(value)

    def all_gather(self, value: Any) -> Any:
        mine = self._copy(value)
        return join_gathered([mine]) if isinstance(mine, torch.Tensor) else [mine]

    def broadcast(self, value: Any, src: int = 0, *, safe_mode: bool = False) -> Any:
        check_rank(src, 1)
        return self._copy(value)

    def barrier(self) -> None:
        """Return: there is nobody to wait for."""

    def finalize(self) -> None:
        """Return: there is nothing to leave."""

    def _copy(self, value: Any) -> Any:
        if not isinstance(value, torch.Tensor):
            return load(dump(value))
        check_tensor(value, local_devices())
        return own_copy(value)
