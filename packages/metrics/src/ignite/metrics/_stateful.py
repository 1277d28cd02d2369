"""Declared states, and what follows from the declaration."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, TypeVar

import torch

from ignite.distributed.interface import current_backend
from ignite.metrics.interface import Reduction, StateSpec, StateValue

__all__ = ["Stateful"]

Self = TypeVar("Self", bound="Stateful")

PER_RANK = "__metric_state_per_rank"  # the key in PyTorch-Ignite's state dicts


class Stateful:
    """Something that accumulates in declared states.

    Args:
        device: where the states live.
    """

    def __init__(self, device: str | torch.device) -> None:
        self._device = torch.device(device)
        self._state_specs: dict[str, StateSpec] = {}
        self._state_buffers: dict[str, torch.Tensor] = {}

    def declare_state(
        self,
        name: str,
        reduction: Reduction,
        dtype: torch.dtype | type[int] = torch.int64,
        shape: tuple[int, ...] = (),
    ) -> None:
        """Make ``self.<name>`` a state; :class:`StateSpec` says what the rest means.

        Where the device has no float64 (MPS), such a state is of float32.

        Raises:
            ValueError: the name is taken, or the reduction unknown.
            TypeError: a dtype that cannot be merged.
        """
        if hasattr(self, name):
            raise ValueError(f"{type(self).__name__} already has {name!r}; use another name.")
        spec = _on_device(StateSpec(reduction, dtype, tuple(shape)), self._device)
        self._state_specs[name] = spec
        if spec.dtype is not int:
            self._state_buffers[name] = torch.empty(
                spec.shape, dtype=spec.tensor_dtype, device=self._device
            )
        self._fill(name, spec)

    @property
    def state_specs(self) -> Mapping[str, StateSpec]:
        """The declared states by name, in the order of declaration."""
        return MappingProxyType(self._state_specs)

    def reset(self) -> None:
        """Forget all batches; a subclass with more to forget calls this too."""
        for name, spec in self._state_specs.items():
            self._fill(name, spec)

    def to(self: Self, device: str | torch.device) -> Self:
        """Move the states to another device, and return this metric."""
        self._device = torch.device(device)
        for name in self._state_buffers:
            spec = self._state_specs[name] = _on_device(self._state_specs[name], self._device)
            self._state_buffers[name] = getattr(self, name).to(
                device=self._device, dtype=spec.tensor_dtype, copy=True
            )
            setattr(self, name, self._state_buffers[name])
        return self

    def merge_state(self: Self, metrics: Iterable[Self]) -> Self:
        """Take in what other metrics have accumulated elsewhere, and return this one.

        Args:
            metrics: constructed with the same arguments; they are not changed.

        Raises:
            ValueError: a metric declares other states; nothing was merged.
        """
        others = list(metrics)
        for other in others:
            if other._state_specs != self._state_specs:
                raise ValueError(
                    f"Cannot merge {type(other).__name__} with the states {other._state_specs} "
                    f"into {type(self).__name__} with {self._state_specs}; "
                    "construct both with the same arguments."
                )
        self._load(
            [{name: getattr(one, name) for name in self._state_specs} for one in (self, *others)]
        )
        return self

    def state_dict(self) -> OrderedDict[str, Any]:
        """Return what every rank has accumulated, copied to the CPU (collective).

        The dict is the same on every rank, so that one may save it for all.
        """
        mine = OrderedDict((name, _copied(getattr(self, name))) for name in self._state_specs)
        backend = current_backend()
        per_rank = [mine] if backend.world_size == 1 else backend.all_gather(mine)
        return OrderedDict([(PER_RANK, per_rank)])

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on from what :meth:`state_dict` returned.

        In a world of the same size each rank gets its own part back. In another, rank 0
        gets all parts, merged, and the others start empty; results are then the same
        but for the rounding of floating sums.

        Raises:
            TypeError: not a mapping.
            ValueError: no such metric made it; the states are as they were.
        """
        states = self._checked(state_dict)
        backend = current_backend()
        self.reset()
        if len(states) == backend.world_size:
            self._load([states[backend.rank]])
        elif backend.rank == 0:
            self._load(states)

    def _checked(self, state_dict: Mapping[str, Any]) -> list[Mapping[str, StateValue]]:
        if not isinstance(state_dict, Mapping):
            raise TypeError(f"A state dict is a mapping, got {type(state_dict).__name__}.")
        states = state_dict.get(PER_RANK)
        if (
            not isinstance(states, Sequence)
            or not states
            or not all(isinstance(state, Mapping) for state in states)
        ):
            raise ValueError(
                f"No metric made this state dict: it has the keys {list(state_dict)}, not "
                f"{PER_RANK!r}; pass what state_dict() returned."
            )
        expected = {name: spec.shape for name, spec in self._state_specs.items()}
        for state in states:
            found = {name: tuple(getattr(value, "shape", ())) for name, value in state.items()}
            if found != expected:
                raise ValueError(
                    f"{type(self).__name__} has states of the shapes {expected}, the state dict "
                    f"{found}; construct the metric with the arguments it was saved with."
                )
        return list(states)

    def _load(self, states: Sequence[Mapping[str, StateValue]]) -> None:
        for name, spec in self._state_specs.items():
            values = [state[name] for state in states]
            self._assign(name, values[0] if len(values) == 1 else spec.merge(values))

    def _fill(self, name: str, spec: StateSpec) -> None:
        # In place, and into the own buffer: the attribute may be bound to a user's tensor.
        buffer = self._state_buffers.get(name)
        setattr(self, name, spec.neutral if buffer is None else buffer.fill_(spec.neutral))

    def _assign(self, name: str, value: StateValue) -> None:
        buffer = self._state_buffers.get(name)
        setattr(self, name, int(value) if buffer is None else buffer.copy_(torch.as_tensor(value)))


def _on_device(spec: StateSpec, device: torch.device) -> StateSpec:
    if device.type == "mps" and spec.dtype is torch.float64:
        return replace(spec, dtype=torch.float32)
    return spec


def _copied(value: StateValue) -> StateValue:
    return value.to("cpu", copy=True) if isinstance(value, torch.Tensor) else value
