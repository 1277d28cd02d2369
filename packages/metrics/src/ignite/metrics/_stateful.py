"""Declared states, and what follows from the declaration."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, TypeVar

import torch

from ignite.distributed.interface import current_backend
from ignite.metrics.interface import Reduction, Rows, StateSpec, StateValue

__all__ = ["Stateful", "plain"]

Self = TypeVar("Self", bound="Stateful")

PER_RANK = "__metric_state_per_rank"  # the key in PyTorch-Ignite's state dicts


class Stateful:
    """Something that accumulates in declared states.

    Args:
        device: where the states live.
    """

    _state_dict_all_req_keys: tuple[str, ...] = ()
    """Attributes that are saved with the states though they are not declared, nor ever merged."""

    def __init__(self, device: str | torch.device) -> None:
        self._device = torch.device(device)
        self._state_specs: dict[str, StateSpec] = {}
        self._state_buffers: dict[str, torch.Tensor | Rows] = {}

    def declare_state(
        self,
        name: str,
        reduction: Reduction,
        dtype: torch.dtype | type[int] | None = torch.int64,
        shape: tuple[int, ...] | None = (),
        limit: int | None = None,
    ) -> None:
        """Make ``self.<name>`` a state; :class:`StateSpec` says what the rest means.

        With the reduction ``"cat"`` it is :class:`Rows`, to ``append`` to.

        Where the device has no float64 (MPS), such a state is of float32.

        Raises:
            ValueError: the name is taken, or the reduction unknown.
            TypeError: a dtype that cannot be merged.
        """
        if name in vars(self) or hasattr(type(self), name):
            raise ValueError(f"{type(self).__name__} already has {name!r}; use another name.")
        shape = None if shape is None else tuple(shape)
        spec = _on_device(StateSpec(reduction, dtype, shape, limit), self._device)
        self._state_specs[name] = spec
        storage = spec.storage(self._device)
        if storage is not None:
            self._state_buffers[name] = storage
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
            value, moved = plain(getattr(self, name)), spec.storage(self._device)
            assert moved is not None
            self._state_buffers[name] = moved
            self._assign(name, value)
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
        self._load([one.state_values() for one in (self, *others)])
        return self

    def state_values(self) -> dict[str, StateValue]:
        """Return what the states come to, by name; not copied."""
        return {name: plain(getattr(self, name)) for name in self._state_specs}

    def state_dict(self) -> OrderedDict[str, Any]:
        """Return what every rank has accumulated, copied to the CPU (collective).

        The dict is the same on every rank, so that one may save it for all.
        """
        undeclared = {name: getattr(self, name) for name in self._undeclared()}
        mine = OrderedDict(
            (name, _copied(value)) for name, value in {**self.state_values(), **undeclared}.items()
        )
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
        states = self.check_state_dict(state_dict)
        backend = current_backend()
        self.reset()
        if len(states) == backend.world_size:
            mine = states[backend.rank]
            self._load([mine])
            for name in self._undeclared():
                setattr(self, name, self._moved(mine[name]))
        elif backend.rank == 0:
            self._load(states)

    def check_state_dict(self, state_dict: Mapping[str, Any]) -> list[Mapping[str, StateValue]]:
        """Return each rank's part of what :meth:`state_dict` returned, if it fits.

        Raises:
            TypeError: not a mapping.
            ValueError: no such metric made it.
        """
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
        undeclared = set(self._undeclared())
        if undeclared and len(states) != current_backend().world_size:
            raise ValueError(
                f"{type(self).__name__} was saved by {len(states)} ranks, and {sorted(undeclared)} "
                "cannot be merged; go on with as many ranks, or declare them with declare_state."
            )
        for state in states:
            found = {
                name: self._shape_of(name, value)
                for name, value in state.items()
                if name not in undeclared
            }
            if found != expected or not undeclared <= state.keys():
                raise ValueError(
                    f"{type(self).__name__} has states of the shapes {expected}, the state dict "
                    f"{found}; construct the metric with the arguments it was saved with."
                )
        return list(states)

    def _undeclared(self) -> list[str]:
        return [name for name in self._state_dict_all_req_keys if name not in self._state_specs]

    def _moved(self, value: Any) -> Any:
        return value.to(self._device, copy=True) if isinstance(value, torch.Tensor) else value

    def _shape_of(self, name: str, value: Any) -> tuple[int, ...] | None:
        shape = tuple(getattr(value, "shape", ()))
        spec = self._state_specs.get(name)
        if spec is None or spec.reduction != "cat":
            return shape
        return spec.shape if spec.shape is None or value is None else shape[1:]

    def _load(self, states: Sequence[Mapping[str, StateValue]]) -> None:
        for name, spec in self._state_specs.items():
            values = [state[name] for state in states]
            self._assign(name, values[0] if len(values) == 1 else spec.merge(values))

    def _fill(self, name: str, spec: StateSpec) -> None:
        # In place, and into the own buffer: the attribute may be bound to a user's tensor.
        buffer = self._state_buffers.get(name)
        if isinstance(buffer, Rows):
            buffer.clear()
        elif buffer is not None:
            buffer.fill_(spec.neutral)
        setattr(self, name, spec.neutral if buffer is None else buffer)

    def _assign(self, name: str, value: StateValue) -> None:
        buffer = self._state_buffers.get(name)
        if buffer is None:
            setattr(self, name, int(value))  # type: ignore[arg-type]
            return
        if isinstance(buffer, Rows):
            assert not isinstance(value, int)
            buffer.replace(value)
        else:
            buffer.copy_(torch.as_tensor(value))
        setattr(self, name, buffer)


def plain(value: Any) -> StateValue:
    """Return what an attribute that is a state comes to."""
    found: StateValue = value.known() if isinstance(value, Rows) else value
    return found


def _on_device(spec: StateSpec, device: torch.device) -> StateSpec:
    if device.type == "mps" and spec.dtype is torch.float64:
        return replace(spec, dtype=torch.float32)
    return spec


def _copied(value: StateValue) -> StateValue:
    return value.to("cpu", copy=True) if isinstance(value, torch.Tensor) else value
