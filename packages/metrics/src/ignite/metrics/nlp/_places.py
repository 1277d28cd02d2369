"""Sequences as bits, for algorithms that compare a token with a whole sequence at once."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

__all__ = ["places"]


def places(sequence: Sequence[Hashable]) -> dict[Hashable, int]:
    """Return for each token where it stands: bit ``i`` is set for ``sequence[i]``.

    >>> {token: bin(bits) for token, bits in places("abca").items()}
    {'a': '0b1001', 'b': '0b10', 'c': '0b100'}
    """
    found: dict[Hashable, int] = {}
    for index, token in enumerate(sequence):
        found[token] = found.get(token, 0) | 1 << index
    return found
