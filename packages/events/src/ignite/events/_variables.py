"""What differs from run to run: the types of its batches and of its outputs."""

from __future__ import annotations

import typing
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing_extensions import TypeVar
else:  # the default is for type checkers alone, and Python knows it from 3.13 on

    def TypeVar(name: str, *, default: Any, covariant: bool = False) -> Any:  # noqa: N802
        return typing.TypeVar(name, covariant=covariant)


Batch = TypeVar("Batch", default=Any)
Output = TypeVar("Output", default=Any)
Batch_co = TypeVar("Batch_co", default=Any, covariant=True)
Output_co = TypeVar("Output_co", default=Any, covariant=True)
