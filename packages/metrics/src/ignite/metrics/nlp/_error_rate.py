"""The rate of edits that predicted texts need, for any kind of token."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Hashable, Sequence
from typing import Any

import torch

from ignite.metrics.functional.edit_distance import edit_distance, error_rate_compute
from ignite.metrics.metric import Metric, identity

__all__ = ["ErrorRate"]


class ErrorRate(Metric):
    """Edits over tokens of the references, both added up over all texts."""

    _num_edits: int
    _num_tokens: int
    _num_examples: int

    def __init__(
        self,
        output_transform: Callable[[Any], Any] = identity,
        device: str | torch.device = "cpu",
        skip_unrolling: bool = False,
    ) -> None:
        super().__init__(output_transform, device, skip_unrolling)
        for name in ("_num_edits", "_num_tokens"):
            self.declare_state(name, "sum", int)
        self.declare_examples()

    @staticmethod
    @abstractmethod
    def tokens(text: str) -> Sequence[Hashable]:
        """Return what an edit changes one of."""

    def update(self, output: Sequence[str | Sequence[str]]) -> None:
        """Take in ``(y_pred, y)``: two texts, or two lists of texts of one length.

        Raises:
            TypeError: neither a string nor a list of strings.
            ValueError: lists of different lengths.
        """
        predictions, references = (
            _texts(name, given) for name, given in zip(("y_pred", "y"), output, strict=True)
        )
        if len(predictions) != len(references):
            raise ValueError(
                f"y_pred has {len(predictions)} texts and y {len(references)}; give as many."
            )
        predicted, expected = map(self.tokens, predictions), list(map(self.tokens, references))
        self._num_edits += sum(map(edit_distance, predicted, expected))
        self._num_tokens += sum(map(len, expected))
        self._num_examples += len(expected)

    def compute(self) -> float:
        """Return edits per token of the references (collective); 1 if those have no token.

        Raises:
            NotComputableError: no example was given on any rank.
        """
        return error_rate_compute(self._num_edits, self._num_tokens)


def _texts(name: str, given: str | Sequence[str]) -> Sequence[str]:
    texts = (given,) if isinstance(given, str) else given
    if not isinstance(texts, (list, tuple)):
        raise TypeError(
            f"{name} must be a string or a list of strings, got {type(given).__name__}."
        )
    for text in texts:
        if not isinstance(text, str):
            raise TypeError(
                f"{name} must be a string or a list of strings, got a list with a "
                f"{type(text).__name__}; join tokens to a text."
            )
    return texts
