"""What travels between the controller and the ranks: calls one way, outcomes the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Call", "Observation", "Outcome", "Raised", "Returned"]


@dataclass(frozen=True)
class Call:
    """One use of the backend by one rank.

    Attributes:
        operation: name of a method or a property of ``Backend``.
        args: its positional arguments; recipes are made into values by the rank.
        kwargs: its keyword arguments.
        delay: seconds the rank waits before the call.
        function: called in place of the backend's operation, which then only names it; the
            backend under test is the current one.
    """

    operation: str
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    delay: float = 0.0
    function: Callable[..., Any] | None = None


@dataclass(frozen=True)
class Returned:
    """A call that returned, tensors as snapshots.

    Attributes:
        value: what it returned.
        inputs: its positional arguments, looked at after the call.
        shares_memory: whether the value is a tensor on the memory of an input.
        entered: when it was called, in nanoseconds of the machine's monotonic clock.
        left: when it returned.
    """

    value: Any
    inputs: tuple[Any, ...]
    shares_memory: bool
    entered: int
    left: int


@dataclass(frozen=True)
class Raised:
    """A call that raised.

    Attributes:
        classes: names of the exception's class and of its bases.
        message: of the exception.
        traceback: as text.
    """

    classes: tuple[str, ...]
    message: str
    traceback: str

    @classmethod
    def of(cls, error: BaseException) -> Raised:
        """Describe an exception, which itself might not survive pickling."""
        from traceback import format_exception

        classes = tuple(base.__name__ for base in type(error).__mro__)
        return cls(classes, str(error), "".join(format_exception(error)))

    def __str__(self) -> str:
        return f"{self.classes[0]}: {self.message}"


Outcome = Returned | Raised


@dataclass(frozen=True)
class Observation:
    """One call as all ranks saw it.

    Attributes:
        title: operation, backend and world size, for messages.
        outcomes: one per rank, in rank order.
    """

    title: str
    outcomes: Sequence[Outcome]
