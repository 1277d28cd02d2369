"""The character error rate."""

from __future__ import annotations

from ignite.metrics.nlp._error_rate import ErrorRate

__all__ = ["CharacterErrorRate"]


class CharacterErrorRate(ErrorRate):
    """How many characters of texts are wrong, per character of the references.

    The edit distance (characters inserted, deleted or replaced; Levenshtein, "Binary codes
    capable of correcting deletions, insertions, and reversals", 1966) of all predictions
    from their references, over the length of the references. It may exceed 1.

    ``update`` takes ``(y_pred, y)``: two strings, or two lists of strings. A character is a code
    point of Unicode; whitespace, case and composition are compared as they are.

    Args:
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        device: as in :class:`Metric`; the counts are Python numbers.
        skip_unrolling: as in :class:`Metric`.

    >>> metric = CharacterErrorRate()
    >>> metric.update((["kitten", "cat"], ["sitting", "cat"]))
    >>> metric.compute()  # 3 of 10
    0.3
    """

    @staticmethod
    def tokens(text: str) -> str:
        """Return the characters of a text: itself."""
        return text
