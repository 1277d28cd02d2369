"""BLEU as functions: what a candidate shares with its references, and the score of that.

Papineni et al., "BLEU: a method for automatic evaluation of machine translation" (2002).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log
from typing import Any, NamedTuple

from ignite.metrics.nlp.utils import modified_precision

__all__ = ["SMOOTHINGS", "BleuCounts", "bleu_compute", "bleu_update"]

SMOOTHINGS = ("no_smooth", "smooth1", "nltk_smooth2", "smooth2")
"""What to do about orders of n-grams with few matches; see :class:`ignite.metrics.nlp.Bleu`."""


class BleuCounts(NamedTuple):
    """What BLEU is computed from, of one candidate or added up over many.

    Attributes:
        matched: n-grams of the candidate that are in a reference, by order from 1.
        total: n-grams of the candidate, by order.
        candidate_length: in tokens.
        reference_length: that of the reference next in length; of two the shorter one.
    """

    matched: Sequence[int]
    total: Sequence[int]
    candidate_length: int
    reference_length: int


def bleu_update(
    candidate: Sequence[Any], references: Sequence[Sequence[Any]], ngram: int
) -> BleuCounts:
    """Return the counts of one candidate.

    Args:
        candidate: hashable tokens.
        references: at least one sequence of tokens.
        ngram: the highest order of n-grams.

    >>> bleu_update("the the cat".split(), ["the cat sat".split()], 2)
    BleuCounts(matched=(2, 1), total=(3, 2), candidate_length=3, reference_length=3)
    """
    precisions = [modified_precision(references, candidate, n) for n in range(1, ngram + 1)]
    matched, total = zip(*precisions, strict=True)
    length = len(candidate)
    _, closest = min((abs(len(reference) - length), len(reference)) for reference in references)
    return BleuCounts(matched, total, length, closest)


def bleu_compute(counts: BleuCounts, smooth: str = "no_smooth") -> float:
    """Return the score: the geometric mean of the precisions, times the penalty for brevity.

    Without a single token in common it is 0, however smoothed.

    Args:
        counts: of one candidate, or the sums of many.
        smooth: one of ``SMOOTHINGS``.

    Raises:
        ValueError: another ``smooth``.

    >>> counts = bleu_update("the the cat".split(), ["the cat sat".split()], 2)
    >>> round(bleu_compute(counts), 4)  # sqrt(2/3 * 1/2)
    0.5774
    """
    if smooth not in SMOOTHINGS:
        raise ValueError(f"Unknown smooth {smooth!r}; use one of {', '.join(SMOOTHINGS)}.")
    if not counts.matched[0]:
        return 0.0
    precisions = [
        _precision(order, matched, total, smooth)
        for order, (matched, total) in enumerate(zip(counts.matched, counts.total, strict=True), 1)
    ]
    if not all(precisions):
        return 0.0
    brevity = min(0.0, 1 - counts.reference_length / counts.candidate_length)
    return exp(brevity + sum(map(log, precisions)) / len(precisions))


def _precision(order: int, matched: int, total: int, smooth: str) -> float:
    if smooth != "smooth2":
        total = max(total, 1)
    if smooth == "smooth1":
        return (matched or 0.1) / total
    if smooth != "no_smooth" and order > 1:
        return (matched + 1) / (total + 1)
    return matched / total
