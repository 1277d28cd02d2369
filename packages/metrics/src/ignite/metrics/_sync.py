"""States of the whole world: packed, reduced by few collectives, and lent to the metric."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import torch

from ignite.distributed.interface import Backend, current_backend
from ignite.metrics.interface import StateSpec, StateValue

if TYPE_CHECKING:
    from ignite.metrics.metric import Metric

__all__ = ["all_reduce_states", "carried", "replaced", "synced"]


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
    states = [
        (spec, getattr(metric, name))
        for metric in pending
        for name, spec in metric.state_specs.items()
    ]
    merged = iter(all_reduce_states(states, backend))
    with ExitStack() as stack:
        for metric in pending:
            values = {name: next(merged) for name in metric.state_specs}
            stack.enter_context(replaced(metric, {**values, "_is_synced": True}))
        yield


def all_reduce_states(
    states: Sequence[tuple[StateSpec, StateValue]], backend: Backend
) -> list[StateValue]:
    """Return each state merged over all ranks (collective).

    States of one dtype and one reduction travel in one tensor, whatever their number,
    so there is one collective for each such class, in the order of their appearance.

    Args:
        states: on every rank the same declarations in the same order.
        backend: the world.
    """
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
