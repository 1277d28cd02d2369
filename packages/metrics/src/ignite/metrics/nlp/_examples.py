"""The batches of metrics that compare token sequences with references."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, TypeAlias

import torch

__all__ = ["Batch", "candidates_with_references"]

Batch: TypeAlias = tuple[Sequence[Sequence[Any]], Sequence[Sequence[Sequence[Any]]]]
"""Candidates, each a sequence of tokens, and for each candidate its references."""


def candidates_with_references(
    output: Batch,
) -> list[tuple[Sequence[Any], Sequence[Sequence[Any]]]]:
    """Return each candidate with its references.

    Raises:
        ValueError: not as many lists of references as candidates, or one without any.
        TypeError: what cannot be compared token by token.
    """
    candidates, references = output
    if len(candidates) != len(references):
        raise ValueError(
            f"Expected a list of references for each candidate, got {len(candidates)} candidates "
            f"and {len(references)} lists; give [candidate, ...] and [[reference, ...], ...]."
        )
    pairs = list(zip(candidates, references, strict=True))
    for index, (candidate, of_candidate) in enumerate(pairs):
        if len(of_candidate) == 0:
            raise ValueError(f"Candidate {index} has no reference; leave it out, or give one.")
        for tokens in (candidate, *of_candidate):
            _check(tokens)
            if isinstance(tokens, str) is not isinstance(candidate, str):
                raise TypeError(
                    f"Candidate {index} and its references must be all strings or all lists of "
                    f"tokens, got {candidate!r:.60} and {tokens!r:.60}; split the string, or put "
                    "a single reference into a list of references."
                )
    return pairs


def _check(tokens: Any) -> None:
    if isinstance(tokens, torch.Tensor) or not hasattr(tokens, "__getitem__"):
        raise TypeError(
            f"Expected a list of tokens, got {type(tokens).__name__}; convert a tensor with "
            ".tolist(), and give [candidate, ...] and [[reference, ...], ...]."
        )
    token = tokens[0] if len(tokens) else None
    # Two tensors of one value are not one key of a dictionary.
    if isinstance(token, torch.Tensor) or not isinstance(token, Hashable):
        raise TypeError(
            f"Expected hashable tokens, such as strings or integers, got {type(token).__name__}; "
            "convert tensors with .tolist(), and give [candidate, ...] and [[reference, ...], ...]."
        )
