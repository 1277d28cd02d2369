"""Averages of whatever a run puts out, and other accumulations of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from numbers import Real
from typing import Any

import torch

from ignite.metrics.functional.accumulation import average_update, geometric_average_update
from ignite.metrics.interface import InvalidValuesError, Rows
from ignite.metrics.metric import Metric, identity

__all__ = ["Average", "GeometricAverage", "VariableAccumulation"]


class VariableAccumulation(Metric):
    """What an operation makes of all outputs, and how many there were.

    ``update`` takes a number; a tensor of at most one dimension, which is one value; or a tensor
    ``(batch, ...)``, which counts as so many. The results of several ranks are added.

    Args:
        op: ``op(accumulated, output)`` returns what is accumulated next, as a float64 tensor or
            a number; it begins with the tensor zero, ``()``.
        output_transform: makes of ``engine.state.output`` what ``update`` takes.
        device: where the result lives.
        skip_unrolling: as in :class:`Metric`.

    Raises:
        TypeError: ``op`` cannot be called.

    >>> metric = VariableAccumulation(lambda total, output: total + output**2)
    >>> for value in (1.0, 2.0, 3.0):
    ...     metric.update(value)
    >>> metric.compute()
    (tensor(14., dtype=torch.float64), 3)
    """

    required_output_keys = None

    # One row: unlike a sum, rows need not be of a shape that is known beforehand.
    accumulator: Rows
    num_examples: int

    def __init__(
        self,
        op: Callable[[torch.Tensor, Any], torch.Tensor | float],
        output_transform: Callable[[Any], Any] = identity,
        device: str | torch.device = "cpu",
        skip_unrolling: bool = False,
    ) -> None:
        if not callable(op):
            raise TypeError(f"op must be callable, got {op!r}.")
        self._op = op
        super().__init__(output_transform, device, skip_unrolling)
        self.declare_state("accumulator", "cat", torch.float64, None)
        self.declare_examples("num_examples")

    def update(self, output: float | torch.Tensor) -> None:
        """Take in a number or a tensor.

        Raises:
            TypeError: neither a real number nor a real tensor.
        """
        value, count = self._checked(output)
        rows = self.accumulator
        is_one = len(rows) == 1
        so_far = rows.tensor()[0] if is_one else self._total()
        result = self._op(so_far, value)
        if not isinstance(result, torch.Tensor) or result.requires_grad:
            result = torch.as_tensor(result).detach()
        if is_one and so_far.shape == result.shape:
            so_far.copy_(result)
        else:
            self._keep(result)
        self.num_examples += count

    def compute(self) -> Any:
        """Return what is accumulated, and the number of examples (collective).

        Raises:
            NotComputableError: no example was given on any rank.
        """
        return self._total(), self.num_examples

    def _checked(self, output: float | torch.Tensor) -> tuple[Any, int]:
        """Return the output, a tensor on the device, and how many examples it is."""
        if isinstance(output, torch.Tensor) and not output.is_complex():
            if output.requires_grad:
                output = output.detach()
            return output.to(self._device), output.shape[0] if output.dim() > 1 else 1
        if isinstance(output, (int, float, Real)):  # the first two are found faster
            return output, 1
        kind = output.dtype if isinstance(output, torch.Tensor) else type(output).__name__
        raise TypeError(
            f"{type(self).__name__} takes a real number or tensor, got {kind}; choose one from the "
            "output with output_transform=."
        )

    def _total(self) -> torch.Tensor:
        """Return what is accumulated as a new tensor; zero, ``()``, if nothing is."""
        return self.accumulator.tensor().sum(0)

    def _keep(self, value: torch.Tensor | float) -> None:
        rows = self.accumulator
        rows.replace(torch.as_tensor(value).to(rows.tensor())[None])

    def _add(self, value: torch.Tensor | float, count: int) -> None:
        """Add to what is accumulated, in place.

        Raises:
            ValueError: another shape than before.
        """
        rows = self.accumulator
        num_rows = len(rows)
        if num_rows == 0:
            self._keep(value)
        else:
            total = rows.tensor()
            if num_rows > 1:  # some were merged in
                total = total[:1]
            shape = value.shape if isinstance(value, torch.Tensor) else ()
            if total.shape[1:] != shape:
                raise ValueError(
                    f"Expected an output that averages to shape {tuple(total.shape[1:])}, as "
                    f"before, got {tuple(shape)}; call reset, or use a metric for each."
                )
            total.add_(value)
        self.num_examples += count


class Average(VariableAccumulation):
    """The average of all outputs.

    ``update`` takes a number; a tensor of at most one dimension, which is one value; or a tensor
    ``(batch, ...)`` of so many. All values have one shape.

    Args:
        output_transform: makes of ``engine.state.output`` what ``update`` takes.
        device: where the sum lives.
        skip_unrolling: as in :class:`Metric`.

    >>> metric = Average()
    >>> metric.update(torch.tensor([[1.0, 2.0], [3.0, 5.0]]))
    >>> metric.update(torch.tensor([[8.0, 8.0]]))
    >>> metric.compute()
    tensor([4., 5.], dtype=torch.float64)
    """

    def __init__(
        self,
        output_transform: Callable[[Any], Any] = identity,
        device: str | torch.device = "cpu",
        skip_unrolling: bool = False,
    ) -> None:
        super().__init__(torch.add, output_transform, device, skip_unrolling)

    def update(self, output: float | torch.Tensor) -> None:
        """Take in a number or a tensor.

        Raises:
            TypeError: neither a real number nor a real tensor.
            ValueError: values of another shape than before.
        """
        value, count = self._checked(output)
        self._add(average_update(value) if isinstance(value, torch.Tensor) else value, count)

    def compute(self) -> torch.Tensor:
        """Return the average, float64, of the shape of a value (collective).

        Raises:
            NotComputableError: no example was given on any rank.
        """
        return self._total() / self.num_examples

    def sharing_key(self) -> Hashable:
        """Return what metrics that add up outputs have in common."""
        return Average


class GeometricAverage(VariableAccumulation):
    """The geometric average of all outputs, ``exp(mean log output)``.

    ``update`` takes a number; a tensor of at most one dimension, which is one value; or a tensor
    ``(batch, ...)`` of so many. All values have one shape, and none is negative.

    Args:
        output_transform: makes of ``engine.state.output`` what ``update`` takes.
        device: where the sum of logarithms lives.
        skip_unrolling: as in :class:`Metric`.

    >>> metric = GeometricAverage()
    >>> for value in (1, 2, 4):
    ...     metric.update(value)
    >>> round(metric.compute(), 4)
    2.0
    """

    def __init__(
        self,
        output_transform: Callable[[Any], Any] = identity,
        device: str | torch.device = "cpu",
        skip_unrolling: bool = False,
    ) -> None:
        super().__init__(torch.add, output_transform, device, skip_unrolling)

    def update(self, output: float | torch.Tensor) -> None:
        """Take in a number or a tensor.

        Raises:
            TypeError: neither a real number nor a real tensor.
            ValueError: values of another shape than before.
        """
        value, count = self._checked(output)
        is_tensor = isinstance(value, torch.Tensor)
        self._add(geometric_average_update(value) if is_tensor else _log(value), count)

    def compute(self) -> float | torch.Tensor:
        """Return the geometric average (collective).

        Returns:
            A number; for values that have a shape a tensor of it, float64.

        Raises:
            NotComputableError: no example was given on any rank.
            InvalidValuesError: a value was negative or NaN.
        """
        average = self._total().div_(self.num_examples).exp_()
        if num_nan := int(average.isnan().sum()):
            raise InvalidValuesError(
                f"{num_nan} of {average.numel()} geometric averages are of values of which some "
                "are negative or NaN; leave those out in output_transform=."
            )
        return average if average.dim() else average.item()


def _log(value: float) -> float:
    """Return the logarithm as tensors have it: of zero minus infinity, of what is negative NaN."""
    if value > 0:
        return math.log(value)
    return -math.inf if value == 0 else math.nan
