"""A persistent world of ranks under the controller's hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any

from ignite_contracts.assertions import returned
from ignite_contracts.calls import Call, Observation, Raised
from ignite_contracts.errors import WorldBroken, WorldHung
from ignite_contracts.ranks import GRACE, Ranks

if TYPE_CHECKING:
    from ignite.distributed.interface import Capabilities

__all__ = ["World", "WorldBroken", "WorldHung"]

STARTING = 60.0
"""Seconds that ranks may take to start: the first ones wait for torch to be imported."""

REFUSALS = {"ValueError", "TypeError", "UnsupportedOperation", "CollectiveMismatch"}
"""Errors of one call that leave the world usable, when every rank raises them."""


class World:
    """Ranks of one backend, each in a process that lives as long as it behaves.

    A call costs what the backend's operation costs, and new ranks after a hang a tenth
    of a second.

    Args:
        backend: name of a registered backend, or ``"package.module:Class"``.
        size: number of ranks.
        timeout: seconds that the backend lets a call wait for other ranks.
        checks: whether ranks compare what they are about to do, and raise if it differs.

    >>> with World("serial", 1) as world:
    ...     world.values("broadcast", [3])
    [3]
    """

    def __init__(
        self, backend: str, size: int, timeout: float = 10.0, *, checks: bool = True
    ) -> None:
        self.backend = backend
        self.size = size
        self.timeout = timeout
        self.checks = checks
        self._ranks: Ranks | None = None
        self._declared: list[Capabilities] = []

    def __repr__(self) -> str:
        return f"World({self.backend!r}, {self.size})"

    @property
    def capabilities(self) -> Capabilities:
        """What rank 0 declares.

        Raises:
            WorldBroken: the ranks could not start.
        """
        self.start()
        return self._declared[0]

    @property
    def pids(self) -> list[int]:
        """Process ids of the living ranks, in rank order."""
        return self._ranks.pids if self._ranks else []

    def start(self) -> Ranks:
        """Return the living ranks, new ones if there are none.

        Raises:
            WorldBroken: they cannot form a world.
            WorldHung: they do not answer.
        """
        if self._ranks is None:
            self._ranks = Ranks(self.backend, self.size, self.timeout, checks=self.checks)
            try:
                self._declared = self._unless_hung("initialize", self._ranks.join, STARTING)
            except WorldBroken as error:
                self._ranks = None
                raise WorldBroken(f"{self} could not start.\n{error}") from None
        return self._ranks

    def call(
        self,
        operation: str,
        inputs: Sequence[Any] | None = None,
        **kwargs: Any,
    ) -> Observation:
        """Let every rank do one operation, or read one property, of its backend.

        Args:
            operation: name in ``Backend``.
            inputs: each rank's first argument, in rank order, where there is one.
            kwargs: further arguments, the same on every rank.

        Raises:
            WorldBroken: the ranks could not start.
            WorldHung: a rank died or did not answer.
        """
        args = [()] * self.size if inputs is None else [(value,) for value in inputs]
        return self.run([[Call(operation, of_rank, kwargs)] for of_rank in args])[0]

    def values(self, operation: str, inputs: Sequence[Any] | None = None, **kwargs: Any) -> Any:
        """Return what :meth:`call` gave on each rank.

        Raises:
            AssertionError: a rank raised.
        """
        return [outcome.value for outcome in returned(self.call(operation, inputs, **kwargs))]

    def run(self, programs: Sequence[Sequence[Call]]) -> list[Observation]:
        """Let each rank make its calls one after the other, without the controller between.

        A rank stops at its first call that raises. After errors that not all ranks
        share, the ranks are out of step: the next call starts new ones.

        Args:
            programs: each rank's calls; the n-th calls of all ranks belong together.

        Returns:
            One observation per call, up to the first that raised on any rank.

        Raises:
            WorldBroken: the ranks could not start.
            WorldHung: a rank died or did not answer.
        """
        ranks = self.start()
        ranks.ask(programs)
        titles = [
            " or ".join(dict.fromkeys(map(_title, calls))) for calls in zip(*programs, strict=True)
        ]
        answers = self._unless_hung(" then ".join(titles), ranks.answers, self.timeout + GRACE)
        if not _in_step(answers):
            self.kill()
        outcomes = zip(*answers, strict=False)
        return [
            Observation(f"{title} on {self.backend} at world size {self.size}", of_call)
            for title, of_call in zip(titles, outcomes, strict=False)
        ]

    def kill(self) -> None:
        """End the ranks whatever they do; the next call starts new ones."""
        if self._ranks is not None:
            self._ranks.kill()
        self._ranks = None

    def close(self) -> None:
        """Let the ranks leave the world."""
        if self._ranks is not None:
            self._ranks.close()
        self._ranks = None

    def __enter__(self) -> World:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _unless_hung(
        self, title: str, answers: Callable[[float], list[Any]], patience: float
    ) -> list[Any]:
        try:
            return answers(patience)
        except WorldHung as error:
            self._ranks = None
            where = f"{title} on {self.backend} at world size {self.size}"
            raise WorldHung(f"{where}: {error}") from None


def _title(call: Call) -> str:
    return call.operation + "".join(f" {name}={value!r}" for name, value in call.kwargs.items())


def _in_step(answers: Sequence[Sequence[Any]]) -> bool:
    """Whether all ranks made all calls, or all were refused the same way at the same one."""
    refused = [program[-1].classes for program in answers if isinstance(program[-1], Raised)]
    if not refused:
        return True
    same = len(set(refused)) == 1 and len({len(program) for program in answers}) == 1
    return same and len(refused) == len(answers) and bool(REFUSALS & set(refused[0]))
