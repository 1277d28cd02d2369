"""The published interface: what a backend must do, and how to reach the current one.

A third party implements :class:`Backend` and registers the class under the
entry-point group ``ignite.distributed.backends``; everything else in this
package, and every dependant, talks to backends through these names alone.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar

from ignite.distributed._current import current_backend
from ignite.distributed.errors import (
    BackendUnavailable,
    CollectiveMismatch,
    CollectiveTimeout,
    DistributedError,
    UnsupportedOperation,
)

if TYPE_CHECKING:
    import torch

__all__ = [
    "Backend",
    "BackendUnavailable",
    "Capabilities",
    "CollectiveMismatch",
    "CollectiveTimeout",
    "DistributedError",
    "ReduceOp",
    "UnsupportedOperation",
    "current_backend",
]


class ReduceOp(str, Enum):
    """How values of several ranks become one.

    ``AND`` and ``OR`` are logical on bool and bitwise on integers; ``MEAN`` is
    for floating and complex dtypes only.
    """

    SUM = "SUM"
    MEAN = "MEAN"
    PRODUCT = "PRODUCT"
    MIN = "MIN"
    MAX = "MAX"
    AND = "AND"
    OR = "OR"

    @classmethod
    def parse(cls, op: str | ReduceOp) -> ReduceOp:
        """Return the op of that name, in any case; ``AVG`` and ``AVERAGE`` are ``MEAN``.

        Raises:
            ValueError: no op has that name.

        >>> ReduceOp.parse("avg")
        <ReduceOp.MEAN: 'MEAN'>
        """
        if isinstance(op, ReduceOp):
            return op
        name = str(op).upper()
        found = cls.__members__.get({"AVG": "MEAN", "AVERAGE": "MEAN"}.get(name, name))
        if found is None:
            known = ", ".join(cls.__members__)
            raise ValueError(f"Unknown reduce op {op!r}; use one of {known}.")
        return found


@dataclass(frozen=True)
class Capabilities:
    """What a backend can do on this machine; enforced at run time.

    Attributes:
        max_world_size: the largest world it can run here; ``None`` means no limit.
        dtypes: dtypes of tensors it moves.
        reduce_ops: ops that ``all_reduce`` accepts.
        devices: device types on which tensors may live, such as ``"cpu"``.
        objects: whether picklable objects can be sent.
    """

    max_world_size: int | None
    dtypes: frozenset[torch.dtype]
    reduce_ops: frozenset[ReduceOp]
    devices: frozenset[str]
    objects: bool = True


class Backend(ABC):
    """One way for ranks to reach each other.

    Operations are collective: every rank of the world must call them, in the same
    order. They are out of place, keep dtype, device and shape, and give the same
    values on every backend. Arguments are tensors of any layout, or, where said,
    Python numbers, strings, paths and picklable objects.
    """

    name: ClassVar[str]

    @classmethod
    @abstractmethod
    def create(
        cls,
        *,
        timeout: timedelta,
        **options: Any,
    ) -> Backend:
        """Join the world and return the backend that stands for it (collective).

        Args:
            timeout: how long any later call may wait for the other ranks.
            options: what the launcher or the user gave to ``initialize``: ``rank``,
                ``world_size``, ``init_method`` and whatever the backend documents.

        Raises:
            BackendUnavailable: it cannot run here.
        """

    @classmethod
    def adopt(cls) -> Backend | None:
        """Return a backend over a context that the user made, or None if there is none.

        A context that was adopted is never torn down by :meth:`finalize`.
        """
        return None

    @classmethod
    @abstractmethod
    def check_available(cls) -> None:
        """Return if the backend can run here.

        Raises:
            BackendUnavailable: it cannot; says why and the command that mends it.
        """

    @property
    @abstractmethod
    def capabilities(self) -> Capabilities: ...

    # -- identity ---------------------------------------------------------------

    @property
    @abstractmethod
    def rank(self) -> int:
        """0 <= rank < world_size, different on every rank."""

    @property
    @abstractmethod
    def world_size(self) -> int:
        """The number of ranks, the same on every rank."""

    @property
    @abstractmethod
    def local_rank(self) -> int:
        """The position among the ranks of this node."""

    @property
    @abstractmethod
    def nproc_per_node(self) -> int:
        """The number of ranks on this node."""

    @property
    @abstractmethod
    def nnodes(self) -> int: ...

    @property
    @abstractmethod
    def node_rank(self) -> int: ...

    @property
    @abstractmethod
    def device(self) -> torch.device:
        """The device this rank should compute on."""

    # -- operations ---------------------------------------------------------------

    @abstractmethod
    def all_reduce(self, value: Any, op: str | ReduceOp = ReduceOp.SUM) -> Any:
        """Combine the ranks' tensors (of one shape and dtype) or numbers into one.

        Returns:
            The combined value, of the input's type, dtype, shape and device.

        Raises:
            ValueError: unknown op.
            TypeError: an op that the dtype does not have (``MEAN`` of integers,
                ``SUM`` of bool, ``AND`` of floats), or a value that is neither.
        """

    @abstractmethod
    def all_gather(self, value: Any) -> Any:
        """Give every rank the values of all ranks, in rank order.

        Returns:
            For tensors that differ at most in their first dimension: one tensor,
            ``(sum of first dimensions, *rest)``; 0-dim tensors give ``(world_size,)``.
            For tensors whose other dimensions differ too: a list of tensors. For
            anything else picklable, numbers and strings included: a list.

        Raises:
            TypeError: the value is no tensor and cannot be pickled.
        """

    @abstractmethod
    def broadcast(self, value: Any, src: int = 0, *, safe_mode: bool = False) -> Any:
        """Give every rank the value of rank ``src``.

        Other ranks pass a value of the same type, and for tensors of the same shape
        and dtype; with ``safe_mode`` (on every rank) they may pass anything, such as
        None, at the cost of one more message.

        Returns:
            What ``src`` passed: the same type, dtype, shape and values; a tensor
            lies on the receiving rank's ``device``, or on the device of the tensor
            that the rank passed.

        Raises:
            ValueError: ``src`` is not a rank of the world.
            TypeError: the value is no tensor and cannot be pickled.
        """

    @abstractmethod
    def barrier(self) -> None:
        """Return once every rank has called it."""

    # -- lifecycle ----------------------------------------------------------------

    @abstractmethod
    def finalize(self) -> None:
        """Leave the world; a context that was adopted is left as it is."""
