"""The edit distance of two sequences, and error rates that are had from it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import compress, count
from operator import ne

from ignite.metrics.nlp._places import places

__all__ = ["edit_distance", "error_rate_compute"]


def edit_distance(a: Sequence[Hashable], b: Sequence[Hashable]) -> int:
    """Return how many tokens must be inserted, deleted or replaced to make ``b`` of ``a``.

    The distance of Levenshtein (1966), by the bit-parallel algorithm of Myers, "A fast bit-vector
    algorithm for approximate string matching based on dynamic programming" (1999), as put for
    whole sequences by Hyyro, "A bit-vector algorithm for computing Levenshtein and Damerau edit
    distances" (2003), on integers of any size.

    Args:
        a: a string, or hashable tokens.
        b: the same.

    >>> edit_distance("kitten", "sitting")
    3
    >>> edit_distance(["the", "cat", "sat"], ["cat", "sat"])
    1
    """
    start = _common_start(a, b)
    a, b = a[start:], b[start:]
    stop = _common_start(a[::-1], b[::-1])
    longer, shorter = sorted((a[: len(a) - stop], b[: len(b) - stop]), key=len, reverse=True)

    # With D[i] the distance from longer[:i] to the tokens of shorter so far, bit i is set in
    # `more` where D[i + 1] = D[i] + 1, and in `less` where D[i + 1] = D[i] - 1.
    rows = (1 << len(longer)) - 1
    more, less = rows, 0
    where = places(longer).get
    for token in shorter:
        same = where(token, 0) | less
        kept = ((((same & more) + more) ^ more) | same) & rows  # D grows along no diagonal here
        right = (less | rows ^ (kept | more)) << 1 | 1  # where D grows with the token
        more, less = ((kept & more) << 1 | rows ^ (kept | right)) & rows, kept & right
    return len(shorter) + more.bit_count() - less.bit_count()


def error_rate_compute(num_edits: int, num_tokens: int) -> float:
    """Return the edits per token of the references; 1 for any edits of references without one.

    >>> error_rate_compute(1, 4)
    0.25
    """
    return num_edits / num_tokens if num_tokens else float(num_edits > 0)


def _common_start(a: Sequence[Hashable], b: Sequence[Hashable]) -> int:
    return next(compress(count(), map(ne, a, b)), min(len(a), len(b)))
