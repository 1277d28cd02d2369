"""Declared states, and what follows from the declaration."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, TypeVar

import torch

from ignite.distributed.interface import current_backend
from ignite.metrics.interface import (
    InvalidValuesError,
    NotComputableError,
    Reduction,
    Rows,
    StateSpec,
    StateValue,
)

__all__ = ["Stateful", "plain"]

Self = TypeVar("Self", bound="Stateful")

PER_RANK = "__metric_state_per_rank"  # the key in PyTorch-Ignite's state dicts
FLOAT64_LESS = {"mps"}  # types of devices that have no float64
LOST = "_lost"  # ends the name of the state that holds what a float32 sum has rounded away


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
        self._examples: str | None = None
        self._invalid: dict[str, str] = {}
        self._compensated: list[str] = []

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

    def declare_sum(self, name: str, shape: tuple[int, ...] = ()) -> None:
        """Make ``self.<name>`` a floating sum that many small terms do not let drift.

        To be added to by :meth:`accumulate` alone. It is of float64; where the device has none,
        of float32, with what each addition rounds away kept beside it (Kahan, "Further remarks on
        reducing truncation errors", 1965), and ``compute`` finds both together as float64 on
        the CPU.

        Raises:
            ValueError: the name is taken.
        """
        self.declare_state(name, "sum", torch.float64, shape)
        if self._state_specs[name].dtype is torch.float32:
            self.declare_state(name + LOST, "sum", torch.float32, shape)
            self._compensated.append(name)

    def accumulate(self, name: str, value: torch.Tensor, weight: int = 1) -> None:
        """Add ``weight * value`` to what :meth:`declare_sum` made, of its shape, on any device."""
        total = getattr(self, name)
        if name not in self._compensated:
            term = value if value.device == total.device else value.to(total.device)
            if weight == 1:  # a factor costs a third more
                total.add_(term)
            else:
                total.add_(term, alpha=weight)
            return
        lost = getattr(self, name + LOST)
        term = value.to(total) * weight - lost
        grown = total + term
        torch.sub(grown - total, term, out=lost)
        total.copy_(grown)

    def declare_examples(self, name: str = "_num_examples") -> None:
        """Make ``self.<name>`` the count of examples, an ``int`` to be added to.

        Without any, on all ranks together, ``compute`` raises ``NotComputableError``. May also name
        a state that was declared before: a count, or rows.
        """
        if name not in self._state_specs:
            self.declare_state(name, "sum", int)
        self._examples = name

    def declare_invalid(self, name: str, message: str) -> None:
        """Make ``self.<name>`` a count, int64 on the device, of values that the metric refuses.

        If there are any, ``compute`` raises ``InvalidValuesError``: an update that looked at the
        values would have to wait for the device.

        Args:
            name: of the state.
            message: cause and remedy, with ``{count}`` for the count.
        """
        self.declare_state(name, "sum")
        self._invalid[name] = message

    def check_computable(self) -> None:
        """Raise unless the states, as they are merged over all ranks, give a value.

        Raises:
            NotComputableError: no example was given.
            InvalidValuesError: some values are refused.
        """
        if self._examples is not None:
            examples = getattr(self, self._examples)
            if (len(examples) if isinstance(examples, Rows) else int(examples)) == 0:
                raise NotComputableError(
                    f"{type(self).__name__} has seen no example; call update first."
                )
        for name, message in self._invalid.items():
            if count := int(getattr(self, name)):
                raise InvalidValuesError(message.format(count=count))

    def compensated(self) -> dict[str, torch.Tensor]:
        """Return each compensated sum with what it lost, float64 on the CPU, by its name."""
        return {
            name: getattr(self, name).cpu().double() - getattr(self, name + LOST).cpu().double()
            for name in self._compensated
        }

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
    if device.type in FLOAT64_LESS and spec.dtype is torch.float64:
        return replace(spec, dtype=torch.float32)
    return spec


def _copied(value: StateValue) -> StateValue:
    return value.to("cpu", copy=True) if isinstance(value, torch.Tensor) else value
