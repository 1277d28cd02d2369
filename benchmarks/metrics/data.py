"""One batch of each kind of data, the same in every environment: 256 examples, 10 classes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

EXAMPLES, CLASSES = 256, 10


def _scores() -> tuple[torch.Tensor, torch.Tensor]:
    return torch.rand(EXAMPLES, CLASSES), torch.randint(CLASSES, (EXAMPLES,))


def _labels() -> tuple[torch.Tensor, torch.Tensor]:
    return torch.randint(CLASSES, (EXAMPLES,)), torch.randint(CLASSES, (EXAMPLES,))


def _mean() -> torch.Tensor:
    return torch.rand(EXAMPLES)


def _flags() -> tuple[torch.Tensor, torch.Tensor]:
    return torch.randint(2, (EXAMPLES,)), torch.randint(2, (EXAMPLES,))


def _many_flags() -> tuple[torch.Tensor, torch.Tensor]:
    shape = EXAMPLES, CLASSES
    return torch.randint(2, shape), torch.randint(2, shape)


def _probabilities() -> tuple[torch.Tensor, torch.Tensor]:
    return torch.rand(EXAMPLES), torch.randint(2, (EXAMPLES,))


def _values() -> tuple[torch.Tensor, torch.Tensor]:
    return torch.rand(EXAMPLES) + 0.1, torch.rand(EXAMPLES) + 0.1


def _vectors() -> tuple[torch.Tensor, torch.Tensor]:
    return torch.rand(EXAMPLES, CLASSES), torch.rand(EXAMPLES, CLASSES)


def _distributions() -> tuple[torch.Tensor, torch.Tensor]:
    first, second = _vectors()
    return first.softmax(1), second.softmax(1)


def _relevance() -> tuple[torch.Tensor, torch.Tensor]:
    return torch.rand(EXAMPLES, CLASSES), torch.randint(2, (EXAMPLES, CLASSES))


def _images() -> tuple[torch.Tensor, torch.Tensor]:
    return torch.rand(4, 3, 64, 64), torch.rand(4, 3, 64, 64)


def _tokens() -> tuple[torch.Tensor, torch.Tensor]:
    return torch.randn(8, 32, 100), torch.randint(100, (8, 32))


def _tokens_by_class() -> tuple[torch.Tensor, torch.Tensor]:
    y_pred, y = _tokens()
    return y_pred.movedim(-1, 1).contiguous(), y


_KINDS: dict[str, Callable[[], Any]] = {
    "scores": _scores,
    "labels": _labels,
    "mean": _mean,
    "flags": _flags,
    "many flags": _many_flags,
    "probabilities": _probabilities,
    "values": _values,
    "vectors": _vectors,
    "distributions": _distributions,
    "relevance": _relevance,
    "images": _images,
    "tokens": _tokens,
    "tokens by class": _tokens_by_class,
}


def batch(kind: str) -> Any:
    """Return the batch of that kind."""
    torch.manual_seed(0)
    return _KINDS[kind]()
