"""Drawn examples: data, and how it is cut into batches."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from ignite_contracts.metric.case import Data, length, taken

if TYPE_CHECKING:
    from ignite_contracts.metric.selection import NamedCase

__all__ = ["Cut", "cuts"]


@dataclass(frozen=True)
class Cut:
    """Data that a seed determines, and its cut into batches.

    Attributes:
        draw: which of the case's ways to make data.
        seed: of its random numbers.
        size: number of examples.
        places: where it is cut; two that are equal leave an empty batch between them.
    """

    draw: str
    seed: int
    size: int
    places: tuple[int, ...] = ()

    def data(self, named: NamedCase) -> Data:
        """Return the data, whole."""
        import numpy as np

        data = named.case.draws[self.draw](np.random.default_rng(self.seed), self.size)
        assert length(data) == self.size, f"{self.draw} made {length(data)} of {self.size} examples"
        return data

    def batches(self, named: NamedCase) -> list[Data]:
        """Return the batches, in order."""
        data = self.data(named)
        bounds = [0, *sorted(min(place, self.size) for place in self.places), self.size]
        batches = [taken(data, range(start, stop)) for start, stop in pairwise(bounds)]
        if named.case.is_batchwise:  # the value of no example is not defined
            batches = [batch for batch in batches if length(batch) >= named.case.least]
            return batches or [data]
        return batches


def cuts(named: NamedCase, least: int | None = None) -> st.SearchStrategy[Cut]:
    """Draw data for a case with ``least`` examples, or as few as have a value."""
    case = named.case
    return st.builds(
        Cut,
        draw=st.sampled_from(sorted(case.draws)),
        seed=st.integers(0, 2**32 - 1),
        size=st.integers(case.least if least is None else least, case.most),
        places=st.lists(st.integers(0, case.most), max_size=4).map(tuple),
    )
