"""States of the whole world: packed, reduced by few collectives, and lent to the metric."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import torch

from ignite.distributed.interface import Backend, current_backend
from ignite.metrics._stateful import plain
from ignite.metrics.interface import Rows, StateSpec, StateValue

if TYPE_CHECKING:
    from ignite.metrics.metric import Metric

__all__ = ["as_synced", "carried", "replaced", "states_over_the_world", "synced"]


@contextmanager
def synced(*metrics: Metric) -> Iterator[None]:
    """Let the metrics' states hold the values of the whole world for a while (collective).

    On leaving, every state is the rank's own again, and accumulation goes on as if
    nothing had happened. In a world of one nothing is moved; a metric that is already
    in such a block stays as it is.
    """
    backend = current_backend()
    pending = [metric for metric in metrics if not metric._is_synced]
    if backend.world_size == 1 or not pending:
        yield
        return
    with ExitStack() as stack:
        for metric, states in zip(pending, states_over_the_world(pending), strict=True):
            stack.enter_context(as_synced(metric, states))
        yield


def states_over_the_world(metrics: Sequence[Metric]) -> list[dict[str, Any]]:
    """Return for each metric what its attributes hold once merged over all ranks (collective)."""
    backend = current_backend()
    states = [
        (spec, plain(getattr(metric, name)))
        for metric in metrics
        for name, spec in metric.state_specs.items()
    ]
    merged = iter(merged_states(states, backend))
    return [
        {name: _as_state(spec, next(merged), metric) for name, spec in metric.state_specs.items()}
        for metric in metrics
    ]


def as_synced(metric: Metric, states: Mapping[str, Any]) -> AbstractContextManager[None]:
    """Let a metric hold these states for a while, and sync no others."""
    return replaced(metric, {**states, "_is_synced": True})


def merged_states(
    states: Sequence[tuple[StateSpec, StateValue]], backend: Backend
) -> list[StateValue]:
    """Return each state merged over all ranks (collective).

    States of one dtype and one reduction travel in one tensor, whatever their number,
    so there is one collective for each such class, in the order of their appearance. Rows
    travel together too, whatever their dtypes.

    Args:
        states: on every rank the same declarations in the same order.
        backend: the world.
    """
    rows = [index for index, (spec, _) in enumerate(states) if spec.reduction == "cat"]
    others = [index for index, (spec, _) in enumerate(states) if spec.reduction != "cat"]
    merged: dict[int, StateValue] = {}
    for members, merge in ((others, _reduced), (rows, _gathered)):
        if members:
            values = merge([states[index] for index in members], backend)
            merged.update(zip(members, values, strict=True))
    return [merged[index] for index in range(len(states))]


def _reduced(
    states: Sequence[tuple[StateSpec, StateValue]], backend: Backend
) -> Sequence[StateValue]:
    tensors = [torch.as_tensor(value, dtype=spec.tensor_dtype) for spec, value in states]
    classes: defaultdict[tuple[torch.dtype, str], list[int]] = defaultdict(list)
    for index, (spec, _) in enumerate(states):
        classes[spec.tensor_dtype, spec.reduction].append(index)

    merged = list(tensors)
    for (_, reduction), members in classes.items():
        device = carried(tensors[members[0]], backend).device
        packed = torch.cat([tensors[index].reshape(-1).to(device) for index in members])
        pieces = backend.all_reduce(packed, reduction).split(
            [tensors[index].numel() for index in members]
        )
        for index, piece in zip(members, pieces, strict=True):
            merged[index] = piece.reshape(tensors[index].shape).to(tensors[index].device)
    return [
        int(tensor) if spec.dtype is int else tensor
        for (spec, _), tensor in zip(states, merged, strict=True)
    ]


def _gathered(
    states: Sequence[tuple[StateSpec, StateValue]], backend: Backend
) -> Sequence[StateValue]:
    found = [value for _, value in states]
    if any(spec.dtype is None or spec.shape is None for spec, _ in states):
        found = _agreed(found, backend)
    there = [value for value in found if isinstance(value, torch.Tensor)]
    together = backend.all_gather_coalesced([carried(rows, backend) for rows in there])
    gathered = iter(zip(together, there, strict=True))
    return [
        None if value is None else (pair := next(gathered))[0].to(pair[1].device) for value in found
    ]


def _agreed(found: Sequence[StateValue], backend: Backend) -> list[StateValue]:
    """Return no rows, of the kind that the other ranks have, in place of None.

    Raises:
        ValueError: the ranks have rows of different kinds; on every rank.
    """
    kinds = [
        (rows.dtype, tuple(rows.shape[1:])) if isinstance(rows, torch.Tensor) else None
        for rows in found
    ]
    agreed = []
    for rows, *of_ranks in zip(found, *backend.all_gather(kinds), strict=True):
        known = {kind for kind in of_ranks if kind is not None}
        if len(known) > 1:
            raise ValueError(
                f"The ranks keep rows of different kinds, {sorted(map(str, known))}; give the "
                "metric outputs of one dtype and shape on every rank."
            )
        if rows is None and known:
            dtype, shape = known.pop()
            rows = torch.empty((0, *shape), dtype=dtype, device=backend.device)
        agreed.append(rows)
    return agreed


def _as_state(spec: StateSpec, value: StateValue, metric: Metric) -> Any:
    """Return what an attribute is to hold for a state to come to ``value``."""
    if spec.reduction != "cat":
        return value
    assert not isinstance(value, int)
    return Rows.of(value, metric._device)


def carried(tensor: torch.Tensor, backend: Backend) -> torch.Tensor:
    """Return ``tensor`` on a device from which the backend can send it."""
    reachable = tensor.device.type in backend.capabilities.devices
    return tensor if reachable else tensor.to(backend.device)


@contextmanager
def replaced(owner: object, values: Mapping[str, Any]) -> Iterator[None]:
    """Give attributes of ``owner`` other values for a while."""
    own = {name: getattr(owner, name) for name in values}
    vars(owner).update(values)
    try:
        yield
    finally:
        vars(owner).update(own)
