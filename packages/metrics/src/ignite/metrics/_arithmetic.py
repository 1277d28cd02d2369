"""Arithmetic with metrics: what is computed once they have their values."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from ignite.metrics.metrics_lambda import MetricsLambda

__all__ = ["Arithmetic"]


def _lambda(f: Callable[..., Any], *args: Any, **kwargs: Any) -> MetricsLambda:
    from ignite.metrics.metrics_lambda import MetricsLambda  # which is a metric itself

    return MetricsLambda(f, *args, **kwargs)


def _binary(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], MetricsLambda]:
    return lambda self, other: _lambda(function, self, other)


def _reflected(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], MetricsLambda]:
    return lambda self, other: _lambda(function, other, self)


class Arithmetic:
    """Operators, indexing and the methods of tensors; each gives a :class:`MetricsLambda`.

    >>> from ignite.metrics import ConfusionMatrix
    >>> matrix = ConfusionMatrix(2)
    >>> share = matrix.diag().sum() / matrix.sum()
    >>> share.update((torch.tensor([[0.9, 0.1], [0.2, 0.8]]), torch.tensor([0, 0])))
    >>> share.compute()
    tensor(0.5000)
    """

    __add__ = _binary(operator.add)
    __radd__ = _reflected(operator.add)
    __sub__ = _binary(operator.sub)
    __rsub__ = _reflected(operator.sub)
    __mul__ = _binary(operator.mul)
    __rmul__ = _reflected(operator.mul)
    __pow__ = _binary(operator.pow)
    __rpow__ = _reflected(operator.pow)
    __mod__ = _binary(operator.mod)
    __rmod__ = _reflected(operator.mod)
    __truediv__ = _binary(operator.truediv)
    __rtruediv__ = _reflected(operator.truediv)
    __floordiv__ = _binary(operator.floordiv)
    __rfloordiv__ = _reflected(operator.floordiv)
    __getitem__ = _binary(operator.getitem)

    def __neg__(self) -> MetricsLambda:
        return _lambda(operator.neg, self)

    # What could be indexed for ever is no iterable.
    __iter__ = None

    def __getattr__(self, name: str) -> Callable[..., MetricsLambda]:
        if name.startswith("_") or not callable(getattr(torch.Tensor, name, None)):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return lambda *args, **kwargs: _lambda(_Method(name), self, *args, **kwargs)


class _Method:
    """Calls the method of that name; unlike a lambda it can be pickled."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        return getattr(value, self._name)(*args, **kwargs)
