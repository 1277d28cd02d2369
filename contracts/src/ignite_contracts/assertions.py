"""Assertions whose message names the operation, backend, world size and rank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn

import torch

from ignite.distributed.interface import ReduceOp
from ignite_contracts import reference
from ignite_contracts.calls import Observation, Raised, Returned
from ignite_contracts.snapshots import Snapshot, snapshot
from ignite_contracts.specs import plain

if TYPE_CHECKING:
    from ignite_contracts.cases import Reduction
    from ignite_contracts.world import World

__all__ = [
    "assert_close",
    "assert_device_kept",
    "assert_equal",
    "assert_identical",
    "assert_inputs_unchanged",
    "assert_like_input",
    "assert_raises",
    "assert_same",
    "assert_within",
    "assert_works",
    "members_of",
    "returned",
]


def _fail(observation: Observation, rank: int, what: str, expected: Any, got: Any) -> NoReturn:
    raise AssertionError(
        f"{observation.title}, rank {rank}: {what}\n"
        f"  expected {_short(expected)}\n  got      {_short(got)}"
    )


def _short(value: Any, limit: int = 2000) -> str:
    text = str(value)
    return text if len(text) <= limit else f"{text[:limit]} ... ({len(text)} characters)"


def returned(observation: Observation) -> list[Returned]:
    """Return the outcomes of a call that must not raise on any rank."""
    for rank, outcome in enumerate(observation.outcomes):
        if isinstance(outcome, Raised):
            _fail(observation, rank, "raised", "a result", f"{outcome}\n{outcome.traceback}")
    return [outcome for outcome in observation.outcomes if isinstance(outcome, Returned)]


def assert_raises(observation: Observation, error: type[Exception], *mentions: str) -> None:
    """Every rank raised ``error``, with a message that holds each of ``mentions``."""
    for rank, outcome in enumerate(observation.outcomes):
        if isinstance(outcome, Returned) or error.__name__ not in outcome.classes:
            _fail(observation, rank, "wrong outcome", error.__name__, outcome)
        for text in mentions:
            if text not in outcome.message:
                _fail(observation, rank, "unclear message", f"... {text} ...", outcome.message)


def assert_equal(observation: Observation, expected: Sequence[Any]) -> None:
    """Every rank got its expected value: type, dtype, shape and each bit.

    Tensors in ``expected`` lie on the CPU; the device is not compared.
    """
    for rank, (outcome, value) in enumerate(zip(returned(observation), expected, strict=True)):
        if _bits(outcome.value) != _bits(snapshot(value)):
            _fail(observation, rank, "wrong value", snapshot(value), outcome.value)


def assert_close(
    observation: Observation, expected: Sequence[torch.Tensor], tolerance: torch.Tensor
) -> None:
    """Every rank got its expected tensor, or number, within ``tolerance``.

    NaN and infinity are expected exactly; the dtype is not compared.
    """
    for rank, (outcome, value) in enumerate(zip(returned(observation), expected, strict=True)):
        got = outcome.value
        actual = got.tensor() if isinstance(got, Snapshot) else _tensor_of(got)
        if actual.shape != value.shape:
            _fail(observation, rank, "wrong shape", snapshot(value), got)
        wide = actual if actual.dtype == value.dtype else actual.to(value.dtype)
        close = (wide == value) | (wide.isnan() & value.isnan())
        if tolerance.any():
            close |= (wide - value).abs() <= tolerance
        if not close.all():
            _fail(observation, rank, "wrong value", snapshot(value), got)


def assert_within(
    observation: Observation, case: Reduction, only: int, *, others: bool = True
) -> None:
    """Rank ``only`` got the reduction of the case, within tolerance; ``others`` got None."""
    op = ReduceOp(case.op)
    inputs = [
        value if isinstance(value, torch.Tensor) else _tensor_of(value)
        for value in plain(case.inputs)
    ]
    expected, tolerance = reference.all_reduce(inputs, op), reference.tolerance(inputs, op)
    assert_close(members_of(observation, [only]), expected[:1], tolerance)
    if others:
        rest = [rank for rank in range(len(case.inputs)) if rank != only]
        assert_equal(members_of(observation, rest), [None] * len(rest))


def members_of(observation: Observation, ranks: Sequence[int]) -> Observation:
    """Return the call as these ranks saw it, in rank order."""
    return replace(observation, outcomes=[observation.outcomes[rank] for rank in sorted(ranks)])


def _tensor_of(number: float) -> torch.Tensor:
    return torch.tensor(number, dtype=torch.float64 if isinstance(number, float) else None)


def assert_like_input(observation: Observation) -> None:
    """Every rank's result has the dtype, shape and device of its input."""
    for rank, outcome in enumerate(returned(observation)):
        looks = [
            (value.dtype, value.shape, value.device) if isinstance(value, Snapshot) else type(value)
            for value in (outcome.inputs[0], outcome.value)
        ]
        if looks[0] != looks[1]:
            _fail(observation, rank, "not like the input", *looks)


def assert_device_kept(observation: Observation) -> None:
    """Every tensor that a rank got lies where its input lies."""
    for rank, outcome in enumerate(returned(observation)):
        values = outcome.value if isinstance(outcome.value, list) else [outcome.value]
        devices = {value.device for value in values}
        if devices != {outcome.inputs[0].device}:
            _fail(observation, rank, "moved", outcome.inputs[0].device, devices)


def assert_identical(observation: Observation) -> None:
    """Every rank got the same bits."""
    values = [_bits(outcome.value) for outcome in returned(observation)]
    for rank, value in enumerate(values):
        if value != values[0]:
            _fail(observation, rank, "differs from rank 0", values[0], value)


def assert_same(first: Observation, second: Observation) -> None:
    """Two calls gave every rank the same bits."""
    assert_equal(second, [outcome.value for outcome in returned(first)])


def assert_inputs_unchanged(observation: Observation, inputs: Sequence[Any]) -> None:
    """Every rank's input is, after the call, what it was, and the result is not on its memory."""
    for rank, (outcome, value) in enumerate(zip(returned(observation), inputs, strict=True)):
        after = outcome.inputs[0]
        if _bits(after) != _bits(snapshot(value)):
            _fail(observation, rank, "the input was changed", snapshot(value), after)
        if outcome.shares_memory:
            _fail(observation, rank, "the result is the input", "memory of its own", "the input's")


def assert_works(world: World) -> None:
    """The world does the next operation, as after an error that it refused."""
    ranks = list(range(world.size))
    assert_equal(world.call("all_gather", ranks), [ranks] * world.size)


def _bits(value: Any) -> Any:
    """Return something that is equal for equal bits: of tensors, and of NaN and -0.0 in objects."""
    if isinstance(value, Snapshot):
        return (value.dtype, value.shape, value.data)
    if type(value) is list:
        return [_bits(item) for item in value]
    return (type(value), repr(value))
