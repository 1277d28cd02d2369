"""What a suite measures: rows, each with a goal for the first contender."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

OURS = "ours"
"""The environment that the controller itself runs in; any other is named after the
distribution that it is there for."""


@dataclass(frozen=True)
class Contender:
    """One way to do what a row measures.

    Attributes:
        name: names it in the report; unique within a row.
        environment: where it runs, by the name that the controller gives environments.
        module: the module that has the case, importable from the repository's root.
        case: the case's name in there; see :mod:`benchmarks.timing`.
    """

    name: str
    environment: str
    module: str
    case: str


@dataclass(frozen=True)
class Row:
    """One line of the report: how ours compares with another, or what it comes to by itself.

    Attributes:
        what: names the row.
        ours: the contender that has a goal.
        at_most: the goal: for ours compared with ``against``, or for ours where there is none.
        against: what ours is compared with, sample by sample: the fastest of these.
        difference: whether that is subtracted from ours; else ours is divided by it.
        beside: measured in turn with the others, and shown.
        unit: of the figures.
        rounds: how often to measure at most, for a figure that is slow to get or exact.
    """

    what: str
    ours: Contender
    at_most: float
    against: tuple[Contender, ...] = ()
    difference: bool = False
    beside: tuple[Contender, ...] = ()
    unit: str = "us"
    rounds: int | None = None

    def contenders(self) -> Iterator[Contender]:
        """Give all in the order of a round: those that are compared are neighbours."""
        yield from self.against[:1]
        yield self.ours
        yield from self.against[1:]
        yield from self.beside
