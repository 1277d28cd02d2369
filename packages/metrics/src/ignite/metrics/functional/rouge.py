"""ROUGE as functions: what a candidate shares with each reference, and the scores of that.

Lin, "ROUGE: a package for automatic evaluation of summaries" (2004).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from ignite.metrics.nlp.utils import lcs, modified_precision

__all__ = ["Overlap", "RougeScore", "rouge_compute", "rouge_l_update", "rouge_n_update"]


class Overlap(NamedTuple):
    """What a candidate and a reference have in common.

    Attributes:
        matched: n-grams in both, or the length of their longest common subsequence.
        candidate: n-grams of the candidate, or its length.
        reference: n-grams of the reference, or its length.
    """

    matched: int
    candidate: int
    reference: int


class RougeScore(NamedTuple):
    """Which share of the candidate matches, which of the reference, and a mean of the two."""

    precision: float
    recall: float
    f_measure: float


def rouge_n_update(
    candidate: Sequence[Any], references: Sequence[Sequence[Any]], ngram: int
) -> list[Overlap]:
    """Return the n-grams in common with each reference, each as often as both have it.

    >>> rouge_n_update("the the cat".split(), ["the cat sat down".split()], 1)
    [Overlap(matched=2, candidate=3, reference=4)]
    """
    return [
        Overlap(
            *modified_precision([reference], candidate, ngram),
            reference=max(0, len(reference) - ngram + 1),
        )
        for reference in references
    ]


def rouge_l_update(candidate: Sequence[Any], references: Sequence[Sequence[Any]]) -> list[Overlap]:
    """Return the longest common subsequence with each reference.

    >>> rouge_l_update("the black cat".split(), ["the cat sat down".split()])
    [Overlap(matched=2, candidate=3, reference=4)]
    """
    return [
        Overlap(lcs(candidate, reference), len(candidate), len(reference))
        for reference in references
    ]


def rouge_compute(
    overlaps: Sequence[Overlap], multiref: str = "average", alpha: float = 0
) -> RougeScore:
    """Return the scores of one candidate; all are 0 where nothing matches.

    Args:
        overlaps: with each reference.
        multiref: ``"average"``, the matches with all references over the n-grams of all;
            ``"best"``, the reference of the highest recall, of several the first.
        alpha: the weight of precision in the F-measure ``1 / (alpha / precision + (1 - alpha) /
            recall)``: 0 is recall, 0.5 the harmonic mean, 1 precision.

    >>> rouge_compute([Overlap(2, 3, 4)], alpha=0.5)
    RougeScore(precision=0.6666666666666666, recall=0.5, f_measure=0.5714285714285714)
    """
    if multiref == "best":
        matched, candidate, reference = max(overlaps, key=_recall)
    else:
        matched, candidate, reference = map(sum, zip(*overlaps, strict=True))
    if not matched:
        return RougeScore(0.0, 0.0, 0.0)
    return RougeScore(
        matched / candidate,
        matched / reference,
        matched / (alpha * candidate + (1 - alpha) * reference),
    )


def _recall(overlap: Overlap) -> float:
    return overlap.matched / max(1, overlap.reference)
