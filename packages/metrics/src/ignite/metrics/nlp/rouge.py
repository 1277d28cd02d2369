"""The ROUGE scores."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch

from ignite.metrics.functional.rouge import rouge_compute, rouge_l_update, rouge_n_update
from ignite.metrics.metric import Metric, identity
from ignite.metrics.nlp._examples import Batch, candidates_with_references

__all__ = ["Rouge", "RougeL", "RougeN"]


class _Rouge(Metric):
    """The mean scores of variants: an order of n-grams each, or ``"L"``."""

    _sum: torch.Tensor
    _num_examples: int

    def __init__(
        self,
        variants: Sequence[str | int],
        multiref: str,
        alpha: float,
        output_transform: Callable[[Any], Any],
        device: str | torch.device,
    ) -> None:
        if multiref not in ("average", "best"):
            raise ValueError(f"Unknown multiref {multiref!r}; use 'average' or 'best'.")
        if not 0 <= alpha <= 1:
            raise ValueError(f"alpha must hold 0 <= alpha <= 1, got {alpha!r}.")
        for variant in variants:
            if variant != "L" and not (isinstance(variant, int) and variant >= 1):
                raise ValueError(
                    f"A variant of ROUGE is 'L' or an order of n-grams of at least 1, got "
                    f"{variant!r}."
                )
        self._variants = list(dict.fromkeys(variants))
        self._multiref = multiref
        self._alpha = alpha
        super().__init__(output_transform, device, skip_unrolling=True)  # tokens come in lists
        self.declare_sum("_sum", (len(self._variants), 3))
        self.declare_examples()

    def update(self, output: Batch) -> None:
        """Take in ``(candidates, references of each candidate)``.

        Raises:
            ValueError: not as many lists of references as candidates, or one without any.
            TypeError: what cannot be compared token by token.
        """
        scores = [
            [self._scores(variant, candidate, references) for variant in self._variants]
            for candidate, references in candidates_with_references(output)
        ]
        if scores:
            self.accumulate("_sum", torch.tensor(scores, dtype=torch.float64).sum(dim=0))
            self._num_examples += len(scores)

    def compute(self) -> Mapping[str, float]:
        """Return precision, recall and F-measure of each variant (collective).

        Returns:
            ``{"Rouge-L-P": 0.5, "Rouge-L-R": 0.4, "Rouge-L-F": 0.4}`` and the like.

        Raises:
            NotComputableError: no example was given on any rank.
        """
        return {
            f"Rouge-{variant}-{letter}": value / self._num_examples
            for variant, values in zip(self._variants, self._sum.tolist(), strict=True)
            for letter, value in zip("PRF", values, strict=True)
        }

    def _scores(
        self, variant: str | int, candidate: Sequence[Any], references: Sequence[Sequence[Any]]
    ) -> tuple[float, float, float]:
        if isinstance(variant, int):
            overlaps = rouge_n_update(candidate, references, variant)
        else:
            overlaps = rouge_l_update(candidate, references)
        return rouge_compute(overlaps, self._multiref, self._alpha)


class RougeN(_Rouge):
    """How many n-grams candidates, such as summaries, share with references: ROUGE-N.

    The mean over candidates of precision, the share of the candidate's n-grams that match;
    recall, that of the references' n-grams; and the F-measure ``1 / (alpha / precision + (1 -
    alpha) / recall)`` (Lin, "ROUGE: a package for automatic evaluation of summaries", 2004).

    ``update`` takes ``(y_pred, y)``: a list of candidates, each a list of tokens, and for each
    candidate a list of references. Tokens are strings, integers or anything hashable; of a string
    they are its characters. They are compared as they are: lowercase and stem them before.

    Args:
        ngram: the order of the n-grams.
        multiref: of several references, ``"average"`` counts matches and n-grams of all together;
            ``"best"`` takes the one of the highest recall, of equal ones the first.
        alpha: the weight of precision in the F-measure: 0 makes it recall, 1 precision, and 0.5
            the harmonic mean.
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        device: where the sums live.

    Raises:
        ValueError: a bad ``ngram``, ``multiref`` or ``alpha``.

    >>> metric = RougeN(ngram=1, alpha=0.5)
    >>> metric.update((["the the cat".split()], [["the cat sat down".split()]]))
    >>> {name: round(value, 3) for name, value in metric.compute().items()}
    {'Rouge-1-P': 0.667, 'Rouge-1-R': 0.5, 'Rouge-1-F': 0.571}
    """

    def __init__(
        self,
        ngram: int = 4,
        multiref: str = "average",
        alpha: float = 0,
        output_transform: Callable[[Any], Any] = identity,
        device: str | torch.device = "cpu",
    ) -> None:
        if not isinstance(ngram, int):
            raise ValueError(f"ngram must be an integer of at least 1, got {ngram!r}.")
        super().__init__([ngram], multiref, alpha, output_transform, device)


class RougeL(_Rouge):
    """How much candidates share with references in the same order: ROUGE-L.

    As :class:`RougeN`, with the length of the longest common subsequence for the number of
    matches, and lengths for the numbers of n-grams.

    Args:
        multiref: as in :class:`RougeN`.
        alpha: as in :class:`RougeN`.
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        device: where the sums live.

    Raises:
        ValueError: a bad ``multiref`` or ``alpha``.

    >>> metric = RougeL(alpha=0.5)
    >>> metric.update((["the black cat".split()], [["the cat sat down".split()]]))
    >>> {name: round(value, 3) for name, value in metric.compute().items()}
    {'Rouge-L-P': 0.667, 'Rouge-L-R': 0.5, 'Rouge-L-F': 0.571}
    """

    def __init__(
        self,
        multiref: str = "average",
        alpha: float = 0,
        output_transform: Callable[[Any], Any] = identity,
        device: str | torch.device = "cpu",
    ) -> None:
        super().__init__(["L"], multiref, alpha, output_transform, device)


class Rouge(_Rouge):
    """Several ROUGE scores at once; see :class:`RougeN` and :class:`RougeL`.

    Args:
        variants: orders of n-grams, and ``"L"``; None for 1, 2, 4 and ``"L"``.
        multiref: as in :class:`RougeN`.
        alpha: as in :class:`RougeN`.
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        device: where the sums live.

    Raises:
        ValueError: a bad variant, ``multiref`` or ``alpha``.

    >>> metric = Rouge(variants=["L", 2])
    >>> metric.update((["the black cat".split()], [["the cat sat down".split()]]))
    >>> {name: round(value, 3) for name, value in metric.compute().items() if name[-1] != "F"}
    {'Rouge-L-P': 0.667, 'Rouge-L-R': 0.5, 'Rouge-2-P': 0.0, 'Rouge-2-R': 0.0}
    """

    def __init__(
        self,
        variants: Sequence[str | int] | None = None,
        multiref: str = "average",
        alpha: float = 0,
        output_transform: Callable[[Any], Any] = identity,
        device: str | torch.device = "cpu",
    ) -> None:
        super().__init__(variants or (1, 2, 4, "L"), multiref, alpha, output_transform, device)
