"""What can be drawn: tensors of any dtype, shape and layout, numbers, objects, programs.

Each strategy takes the :class:`~ignite_contracts.world.World` under test and draws for
all its ranks at once; only the controller draws.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import torch
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ignite.distributed.interface import ReduceOp
from ignite_contracts.cases import (
    SPECIAL,
    Grouped,
    Mail,
    Reduction,
    Sending,
    Step,
    dtypes,
    large_integers,
    ops,
)
from ignite_contracts.reference import has_op
from ignite_contracts.specs import LAYOUTS, Blob, TensorSpec
from ignite_contracts.world import World

__all__ = [
    "alike",
    "anything",
    "background_programs",
    "blobs",
    "grouped",
    "mail",
    "many_ragged",
    "many_reductions",
    "not_finite",
    "number_reductions",
    "numbers",
    "objects",
    "part_reductions",
    "parts_of",
    "programs",
    "ragged",
    "reductions",
    "sending",
    "shapeless",
    "some_ranks",
    "two_groups",
]

# -- values -----------------------------------------------------------------------------


def _integers(least: int, most: int) -> SearchStrategy[int]:
    large = large_integers(least, most)
    anything = st.integers(least, most)
    return anything | st.sampled_from(large) if large else anything


def _width(dtype: torch.dtype) -> Literal[16, 32, 64]:
    return 16 if dtype == torch.float16 else 64 if dtype == torch.float64 else 32


def _terms(dtype: torch.dtype, count: int) -> SearchStrategy[float]:
    """Floats of which ``count`` added in any order do not overflow."""
    most = 2.0 ** math.floor(math.log2(torch.finfo(dtype).max / (2 * count)))
    return st.floats(-most, most, width=_width(dtype))


def _factors(dtype: torch.dtype, count: int) -> SearchStrategy[float]:
    """Floats of which ``count`` multiplied neither overflow nor underflow, and 0."""
    exponent = -math.log2(torch.finfo(dtype).smallest_normal)
    most = 2.0 ** math.floor((exponent - 2) / (2 * count))
    magnitudes = st.floats(1 / most, most, width=_width(dtype))
    return st.just(0.0) | st.builds(math.copysign, magnitudes, st.sampled_from([1.0, -1.0]))


def _elements(
    dtype: torch.dtype, op: ReduceOp | None = None, count: int = 1
) -> SearchStrategy[Any]:
    """Elements of tensors to be moved, or to be reduced by ``op`` over ``count`` ranks.

    Complex numbers that are computed with are finite: what infinity times a complex
    number is, torch itself does not say.
    """
    if dtype == torch.bool:
        return st.booleans()
    if not (dtype.is_floating_point or dtype.is_complex):
        limits = torch.iinfo(dtype)
        return _integers(limits.min, limits.max)
    part = dtype.to_real()
    special = st.sampled_from(SPECIAL)
    if op is None:
        parts = st.floats(width=_width(part), allow_nan=False) | special
    elif op is ReduceOp.PRODUCT:
        parts = _factors(part, count)
    else:
        parts = _terms(part, count)
    if dtype.is_complex:
        return st.builds(complex, parts, parts)
    return parts | special


# -- tensors ----------------------------------------------------------------------------

_sizes = st.integers(0, 4)
_shapes = st.lists(_sizes, max_size=3).map(tuple)


@st.composite
def _tensor(
    draw: st.DrawFn, dtype: torch.dtype, shape: tuple[int, ...], elements: SearchStrategy[Any]
) -> TensorSpec:
    values = tuple(draw(st.lists(elements, min_size=1, max_size=6)))
    layout = draw(st.sampled_from(list(LAYOUTS))) if len(shape) else "contiguous"
    differentiable = dtype.is_floating_point or dtype.is_complex
    return TensorSpec(dtype, shape, values, layout, differentiable and draw(st.booleans()))


def alike(world: World) -> SearchStrategy[list[TensorSpec]]:
    """Tensors of one dtype and one shape, laid out each in its own way."""

    @st.composite
    def draws(draw: st.DrawFn) -> list[TensorSpec]:
        dtype, shape = draw(st.sampled_from(dtypes(world))), draw(_shapes)
        tensor = _tensor(dtype, shape, _elements(dtype))
        return [draw(tensor) for _ in range(world.size)]

    return draws()


def ragged(world: World) -> SearchStrategy[list[TensorSpec]]:
    """Tensors of one dtype that differ in their first dimension."""

    @st.composite
    def draws(draw: st.DrawFn) -> list[TensorSpec]:
        dtype = draw(st.sampled_from(dtypes(world)))
        rest = draw(st.lists(_sizes, max_size=2))
        elements = _elements(dtype)
        return [draw(_tensor(dtype, (draw(_sizes), *rest), elements)) for _ in range(world.size)]

    return draws()


def shapeless(world: World) -> SearchStrategy[list[TensorSpec]]:
    """Tensors of one dtype and of as many dimensions, all of any size."""

    @st.composite
    def draws(draw: st.DrawFn) -> list[TensorSpec]:
        dtype = draw(st.sampled_from(dtypes(world)))
        shape = st.tuples(*[_sizes] * draw(st.integers(1, 3)))
        elements = _elements(dtype)
        return [draw(_tensor(dtype, draw(shape), elements)) for _ in range(world.size)]

    return draws()


def reductions(world: World) -> SearchStrategy[Reduction]:
    """An op, and tensors of one dtype and shape that it can reduce."""

    @st.composite
    def draws(draw: st.DrawFn) -> Reduction:
        op = draw(st.sampled_from(ops(world)))
        dtype = draw(st.sampled_from([d for d in dtypes(world) if has_op(d, op)]))
        tensor = _tensor(dtype, draw(_shapes), _elements(dtype, op, world.size))
        return Reduction(op.value, [draw(tensor) for _ in range(world.size)])

    return draws()


def not_finite(world: World) -> SearchStrategy[Reduction]:
    """Floating tensors full of NaN and infinities, and an op."""
    elements = st.sampled_from([0.0, 1.0, math.inf, -math.inf, math.nan])

    @st.composite
    def draws(draw: st.DrawFn) -> Reduction:
        dtype = draw(st.sampled_from([d for d in dtypes(world) if d.is_floating_point]))
        op = draw(st.sampled_from([op for op in ops(world) if has_op(dtype, op)]))
        values = st.lists(elements, min_size=3, max_size=3).map(tuple)
        return Reduction(
            op.value, [TensorSpec(dtype, (3,), draw(values)) for _ in range(world.size)]
        )

    return draws()


# -- numbers and objects ----------------------------------------------------------------

_int64 = torch.iinfo(torch.int64)
_number_kinds: list[SearchStrategy[Any]] = [
    st.booleans(),
    _integers(_int64.min, _int64.max),
    st.floats(),
]


def numbers(world: World) -> SearchStrategy[list[Any]]:
    """Python numbers: all bool, all int of 64 bits, or all float."""
    return st.one_of(
        [st.lists(kind, min_size=world.size, max_size=world.size) for kind in _number_kinds]
    )


def number_reductions(world: World) -> SearchStrategy[Reduction]:
    """An op, and numbers that it can reduce without leaving 64 bits."""

    @st.composite
    def draws(draw: st.DrawFn) -> Reduction:
        op = draw(st.sampled_from(ops(world)))
        kinds = {torch.bool: bool, torch.int64: int, torch.float64: float}
        dtype = draw(st.sampled_from([dtype for dtype in kinds if has_op(dtype, op)]))
        elements = _elements(dtype, op, world.size)
        if dtype == torch.int64 and op in {ReduceOp.SUM, ReduceOp.PRODUCT}:
            most = 2**63 - 1
            bound = most // world.size if op is ReduceOp.SUM else int(most ** (1 / world.size)) - 1
            elements = _integers(-bound, bound)
        return Reduction(op.value, [draw(elements) for _ in range(world.size)])

    return draws()


_leaves: SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.binary(max_size=20),
    st.sampled_from(["", ".", "a/b.pt", "folder/\N{LATIN SMALL LETTER E WITH ACUTE}"]).map(Path),
)
_objects = st.recursive(
    _leaves,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)


def objects(world: World) -> SearchStrategy[list[Any]]:
    """Anything that can be pickled, of another kind on each rank."""
    return st.lists(_objects, min_size=world.size, max_size=world.size)


def blobs(world: World) -> SearchStrategy[list[Blob]]:
    """Objects of very different sizes."""
    sizes = st.integers(0, 20) | st.integers(0, 300_000)
    return st.lists(sizes.map(Blob), min_size=world.size, max_size=world.size)


def sending(
    inputs: Callable[[World], SearchStrategy[list[Any]]],
) -> Callable[[World], SearchStrategy[Sending]]:
    """Return the strategy of a source rank and of such inputs.

    Args:
        inputs: another strategy of this module.
    """

    def draws(world: World) -> SearchStrategy[Sending]:
        return st.builds(Sending, st.integers(0, world.size - 1), inputs(world))

    return draws


def anything(world: World) -> SearchStrategy[list[Any]]:
    """A tensor or an object on each rank, whatever the others have."""
    tensors = st.sampled_from(dtypes(world)).flatmap(
        lambda dtype: _shapes.flatmap(lambda shape: _tensor(dtype, shape, _elements(dtype)))
    )
    return st.lists(tensors | _objects, min_size=world.size, max_size=world.size)


# -- programs ---------------------------------------------------------------------------


def programs(world: World) -> SearchStrategy[list[Step]]:
    """A few different operations, one after the other."""
    late = st.integers(0, world.size - 1)

    def reduces(case: Reduction, late: int) -> Step:
        return Step("all_reduce", case.inputs, {"op": case.op}, late)

    def sends(case: Sending, late: int) -> Step:
        return Step("broadcast", case.inputs, {"src": case.src}, late)

    step = st.one_of(
        st.builds(reduces, reductions(world), late),
        st.builds(Step, st.just("all_gather"), ragged(world) | numbers(world), st.just({}), late),
        st.builds(sends, sending(alike)(world) | sending(numbers)(world), late),
        st.builds(Step, st.just("barrier"), st.none(), st.just({}), late),
    )
    return st.lists(step, min_size=2, max_size=5)


def background_programs(world: World) -> SearchStrategy[list[Step]]:
    """Programs of which some steps are started only."""

    def started(program: list[Step], flags: list[bool]) -> list[Step]:
        return [
            replace(step, kwargs={**step.kwargs, "async_op": True}) if flag else step
            for step, flag in zip(program, flags, strict=False)
        ]

    flags = st.lists(st.booleans(), min_size=5, max_size=5)
    return st.builds(started, programs(world), flags)


# -- parts, groups, messages --------------------------------------------------------------


def parts_of(
    inputs: Callable[[World], SearchStrategy[list[Any]]],
) -> Callable[[World], SearchStrategy[list[Any]]]:
    """Return the strategy of a list of such inputs on each rank, one for each rank."""

    def draws(world: World) -> SearchStrategy[list[Any]]:
        return st.lists(inputs(world), min_size=world.size, max_size=world.size)

    return draws


def part_reductions(world: World) -> SearchStrategy[Reduction]:
    """An op, and on each rank a tensor or number for each rank that it can reduce."""

    @st.composite
    def draws(draw: st.DrawFn) -> Reduction:
        op = draw(st.sampled_from(ops(world)))
        dtype = draw(st.sampled_from([d for d in dtypes(world) if has_op(d, op)]))
        tensor = _tensor(dtype, draw(_shapes), _elements(dtype, op, world.size))
        rank = st.lists(tensor, min_size=world.size, max_size=world.size)
        return Reduction(op.value, [draw(rank) for _ in range(world.size)])

    return draws()


def many_reductions(world: World) -> SearchStrategy[Reduction]:
    """An op, and on each rank the same number of tensors that it can reduce."""

    @st.composite
    def draws(draw: st.DrawFn) -> Reduction:
        op = draw(st.sampled_from(ops(world)))
        columns = []
        for _ in range(draw(st.integers(1, 4))):
            dtype = draw(st.sampled_from([d for d in dtypes(world) if has_op(d, op)]))
            tensor = _tensor(dtype, draw(_shapes), _elements(dtype, op, world.size))
            columns.append([draw(tensor) for _ in range(world.size)])
        return Reduction(op.value, [list(row) for row in zip(*columns, strict=True)])

    return draws()


def many_ragged(world: World) -> SearchStrategy[list[list[TensorSpec]]]:
    """On each rank the same number of tensors, alike but for the first dimension."""
    columns = st.lists(ragged(world), min_size=1, max_size=4)
    return columns.map(lambda drawn: [list(row) for row in zip(*drawn, strict=True)])


def some_ranks(world: World) -> SearchStrategy[list[int]]:
    """A group, in any order."""
    return st.lists(st.integers(0, world.size - 1), min_size=1, unique=True)


def grouped(
    inputs: Callable[[World], SearchStrategy[list[Any]]],
) -> Callable[[World], SearchStrategy[Grouped]]:
    """Return the strategy of a group and of such inputs on all ranks."""

    def draws(world: World) -> SearchStrategy[Grouped]:
        return st.builds(Grouped, some_ranks(world), inputs(world))

    return draws


def two_groups(world: World) -> SearchStrategy[list[list[int]]]:
    """Two groups, which may overlap."""
    return st.lists(some_ranks(world), min_size=2, max_size=2)


def mail(world: World) -> SearchStrategy[Mail]:
    """Two ranks, and values of any kind and size."""
    if world.size == 1:
        return st.just(Mail(0, 0, []))
    pair = st.permutations(range(world.size)).map(lambda ranks: ranks[:2])
    value = anything(world).map(lambda drawn: drawn[0]) | st.integers(0, 300_000).map(Blob)
    values = st.lists(value, min_size=1, max_size=3)
    return st.builds(lambda ranks, drawn: Mail(ranks[0], ranks[1], drawn), pair, values)
