"""What sequences of tokens have in common: n-grams and subsequences.

A token is anything hashable: a word, a character of a string, an id.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import repeat
from typing import Any

from ignite.metrics.nlp._places import places

__all__ = ["lcs", "modified_precision", "ngrams"]


def ngrams(sequence: Sequence[Any], n: int) -> Counter[tuple[Any, ...]]:
    """Return how often each run of ``n`` tokens occurs; none in a shorter sequence.

    Args:
        sequence: tokens.
        n: at least 1.

    Raises:
        ValueError: a smaller ``n``.

    >>> ngrams(["a", "b", "a", "b"], 2)
    Counter({('a', 'b'): 2, ('b', 'a'): 1})
    """
    if n < 1:
        raise ValueError(f"The order of n-grams is at least 1, got {n}.")
    return Counter(zip(*(sequence[start:] for start in range(n)), strict=False))


def lcs(seq_a: Sequence[Any], seq_b: Sequence[Any]) -> int:
    """Return the length of the longest common subsequence, whose tokens may lie apart.

    By the bit-parallel algorithm of Hyyro, "Bit-parallel LCS-length computation revisited"
    (2004), on integers of any size: as many additions as the shorter sequence has tokens.

    >>> lcs("abcde", "xbyd")
    2
    """
    longer, shorter = (seq_a, seq_b) if len(seq_a) > len(seq_b) else (seq_b, seq_a)
    # Bit i is cleared where the length grows from longer[:i] to longer[:i + 1].
    steady = (1 << len(longer)) - 1
    for same in filter(None, map(places(longer).get, shorter)):
        held = same & steady
        steady = (steady + held) | (steady - held)
    # Each growth of the whole has carried one more bit out at the top.
    return steady.bit_length() - len(longer)


def modified_precision(
    references: Sequence[Sequence[Any]], candidate: Any, n: int
) -> tuple[int, int]:
    """Return how many n-grams of the candidate are in the references, and how many it has.

    An n-gram counts at most as often as the reference has it that has it most often (Papineni
    et al., "BLEU: a method for automatic evaluation of machine translation", 2002).

    Args:
        references: sequences of tokens.
        candidate: a sequence of tokens.
        n: the order of the n-grams.

    Raises:
        ValueError: ``n`` is less than 1.

    >>> modified_precision([["the", "cat"], ["the", "the"]], ["the", "the", "the"], 1)
    (2, 3)
    """
    counts = ngrams(candidate, n)
    others = [ngrams(reference, n) for reference in references]
    limits = (map(other.get, counts, repeat(0)) for other in others or [Counter()])
    matched = sum(map(min, counts.values(), map(max, repeat(0), *limits)))
    return matched, counts.total()
