"""The BLEU score."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from math import fsum
from typing import Any

import torch

from ignite.metrics.functional.bleu import SMOOTHINGS, BleuCounts, bleu_compute, bleu_update
from ignite.metrics.metric import Metric, identity
from ignite.metrics.nlp._examples import Batch, candidates_with_references

__all__ = ["Bleu"]


class Bleu(Metric):
    """How much of candidates, such as translations, is found in references: BLEU, 0 to 1.

    The geometric mean of the shares of n-grams of each order that a reference has too, times
    ``exp(1 - reference length / candidate length)`` for candidates that are shorter than the
    reference closest in length (Papineni et al., "BLEU: a method for automatic evaluation of
    machine translation", 2002).

    ``update`` takes ``(y_pred, y)``: a list of candidates, each a list of tokens, and for each
    candidate a list of references. Tokens are strings, integers or anything hashable; of a string
    they are its characters.

    ==================  =======================================================================
    ``smooth``          the share of an order with ``m`` matches of ``t`` n-grams
    ==================  =======================================================================
    ``"no_smooth"``     ``m / t``; the score is 0 if any order has no match
    ``"smooth1"``       ``0.1 / t`` if there is no match
    ``"smooth2"``       ``(m + 1) / (t + 1)`` from order 2 on
    ``"nltk_smooth2"``  the same, but with ``t`` at least 1, which matters for candidates of
                        fewer tokens than the order
    ==================  =======================================================================

    They are the methods 1 and 2 of Chen and Cherry, "A systematic comparison of smoothing
    techniques for sentence-level BLEU" (2014). Without any common token the score is 0.

    Args:
        ngram: the highest order of n-grams.
        smooth: what to do about orders with few matches.
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        device: where the sums live.
        average: ``"macro"``, the mean score of the candidates; ``"micro"``, the score of the
            counts of all candidates together, as it was defined for a corpus.

    Raises:
        ValueError: a bad ``ngram``, ``smooth`` or ``average``.

    >>> metric = Bleu(ngram=2)
    >>> metric.update(([["the", "the", "cat"]], [[["the", "cat", "sat"]]]))
    >>> round(float(metric.compute()), 4)  # sqrt(2/3 * 1/2)
    0.5774
    """

    _sum: torch.Tensor
    _matched: torch.Tensor
    _total: torch.Tensor
    _candidate_length: int
    _reference_length: int
    _num_examples: int

    def __init__(
        self,
        ngram: int = 4,
        smooth: str = "no_smooth",
        output_transform: Callable[[Any], Any] = identity,
        device: str | torch.device = "cpu",
        average: str = "macro",
    ) -> None:
        if not isinstance(ngram, int) or ngram < 1:
            raise ValueError(f"ngram must be an integer of at least 1, got {ngram!r}.")
        if smooth not in SMOOTHINGS:
            raise ValueError(f"Unknown smooth {smooth!r}; use one of {', '.join(SMOOTHINGS)}.")
        if average not in ("macro", "micro"):
            raise ValueError(f"Unknown average {average!r}; use 'macro' or 'micro'.")
        self.ngrams_order = ngram
        self.average = average
        self._smooth = smooth
        super().__init__(output_transform, device, skip_unrolling=True)  # tokens come in lists
        if average == "macro":
            self.declare_sum("_sum")
        else:
            for name in ("_matched", "_total"):
                self.declare_state(name, "sum", shape=(ngram,))
            for name in ("_candidate_length", "_reference_length"):
                self.declare_state(name, "sum", int)
        self.declare_examples()

    def update(self, output: Batch) -> None:
        """Take in ``(candidates, references of each candidate)``.

        Raises:
            ValueError: not as many lists of references as candidates, or one without any.
            TypeError: what cannot be compared token by token.
        """
        counts = [
            bleu_update(candidate, references, self.ngrams_order)
            for candidate, references in candidates_with_references(output)
        ]
        if not counts:
            return
        if self.average == "macro":
            score = fsum(bleu_compute(each, self._smooth) for each in counts)
            self.accumulate("_sum", torch.tensor(score, dtype=torch.float64))
        else:
            matched, total, candidate_lengths, reference_lengths = zip(*counts, strict=True)
            self._matched += torch.tensor(matched).sum(dim=0).to(self._device)
            self._total += torch.tensor(total).sum(dim=0).to(self._device)
            self._candidate_length += sum(candidate_lengths)
            self._reference_length += sum(reference_lengths)
        self._num_examples += len(counts)

    def compute(self) -> torch.Tensor | float:
        """Return the score (collective): macro as a tensor ``()``, micro as a number.

        Raises:
            NotComputableError: no example was given on any rank.
        """
        if self.average == "macro":
            return self._sum / self._num_examples
        counts = BleuCounts(
            self._matched.tolist(),
            self._total.tolist(),
            self._candidate_length,
            self._reference_length,
        )
        return bleu_compute(counts, self._smooth)

    def sharing_key(self) -> Hashable | None:
        """Return what is counted: counts of a corpus are smoothed when they are computed."""
        return (Bleu, self.ngrams_order) if self.average == "micro" else None
