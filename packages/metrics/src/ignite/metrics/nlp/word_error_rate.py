"""The word error rate."""

from __future__ import annotations

from ignite.metrics.nlp._error_rate import ErrorRate

__all__ = ["WordErrorRate"]


class WordErrorRate(ErrorRate):
    """How many words of texts are wrong, per word of the references.

    As :class:`CharacterErrorRate`, with words for characters: what whitespace separates.

    Args:
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        device: as in :class:`Metric`; the counts are Python numbers.
        skip_unrolling: as in :class:`Metric`.

    >>> metric = WordErrorRate()
    >>> metric.update(("the cat sat down", "the black cat sat"))
    >>> metric.compute()  # one word is missing, one too many
    0.5
    """

    @staticmethod
    def tokens(text: str) -> list[str]:
        """Return the words of a text."""
        return text.split()
