"""From samples to a verdict: what each round compares, its spread, and the table that shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from operator import sub, truediv
from statistics import geometric_mean, median, quantiles
from typing import Any

from benchmarks.row import Row

Samples = Mapping[str, Sequence[float]]
"""The figures of each contender by name, one per round; of those that were measured."""


@dataclass(frozen=True)
class Spread:
    """How a figure came out over the rounds."""

    median: float
    lower_quartile: float
    upper_quartile: float
    least: float

    @classmethod
    def of(cls, figures: Sequence[float]) -> Spread:
        """Return the spread of at least one figure."""
        lower, _, upper = (
            quantiles(figures, n=4, method="inclusive") if len(figures) > 1 else 3 * [figures[0]]
        )
        return cls(median(figures), lower, upper, min(figures))


@dataclass(frozen=True)
class Result:
    """A row and what was measured for it."""

    row: Row
    samples: Samples

    @property
    def fastest(self) -> str | None:
        """The name of what ours is compared with; None if nothing of it was measured."""
        measured = [each.name for each in self.row.against if each.name in self.samples]
        return min(measured, key=lambda name: median(self.samples[name]), default=None)

    def spread(self, name: str) -> Spread | None:
        """Return how a contender came out, as the row counts it; None if it cannot be said.

        That is its figure divided by the one that the fastest of ``row.against`` had in the same
        round, or less that one, or the figure itself where the row has none.
        """
        if name not in self.samples:
            return None
        figures = self.samples[name]
        if not self.row.against:
            return Spread.of(figures)
        if self.fastest is None:
            return None
        others = self.samples[self.fastest]
        compare = sub if self.row.difference else truediv
        return Spread.of(list(map(compare, figures, others)))

    @property
    def verdict(self) -> str:
        """Say whether the median reached the goal."""
        spread = self.spread(self.row.ours.name)
        if spread is None:
            return "not compared"
        return "reached" if spread.median <= self.row.at_most else "missed"

    def as_json(self) -> dict[str, Any]:
        """Return all that is known, for later comparisons."""
        spread = self.spread(self.row.ours.name)
        return {
            **asdict(self.row),
            "samples": self.samples,
            "spread": asdict(spread) if spread else None,
            "verdict": self.verdict,
        }


def table(results: Sequence[Result]) -> str:
    """Return the results as a Markdown table."""
    lines = [
        "| what | median | quartiles | least | goal | | beside it |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [_line(result) for result in results]
    return "\n".join(lines) + f"\n{_mean_ratio(results)}"


def _mean_ratio(results: Sequence[Result]) -> str:
    """Return a line with the geometric mean of the rows that compare with several others."""
    spreads = [
        result.spread(result.row.ours.name) for result in results if len(result.row.against) > 1
    ]
    ratios = [spread.median for spread in spreads if spread is not None]
    if not ratios:
        return ""
    mean = geometric_mean(ratios)
    return f"\nGeometric mean of {len(ratios)} ratios to the fastest other: {mean:.3g}\n"


def _line(result: Result) -> str:
    row, spread = result.row, result.spread(result.row.ours.name)
    unit = row.unit
    if row.against:
        other = result.fastest or " or ".join(each.name for each in row.against)
        unit = f"{row.unit} over {other}" if row.difference else f"x {other}"
    ours = ["", "", ""]
    if spread is not None:
        ours = [
            f"{spread.median:.3g}",
            f"{spread.lower_quartile:.3g} to {spread.upper_quartile:.3g}",
            f"{spread.least:.3g}",
        ]
    goal = f"at most {row.at_most:g} {unit}"
    others = [*row.against, *row.beside] if len(row.against) > 1 else row.beside
    beside = ", ".join(_beside(result, each.name) for each in others if each.name != result.fastest)
    return "| " + " | ".join([row.what, *ours, goal, result.verdict, beside]) + " |"


def _beside(result: Result, name: str) -> str:
    spread = result.spread(name)
    return f"{name} {spread.median:.3g}" if spread else f"{name} not compared"
