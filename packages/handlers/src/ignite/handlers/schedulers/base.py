"""What all schedulers of an optimizer's parameter have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, ClassVar

from torch import Tensor
from torch.optim import Optimizer

from ignite.events.interface import EventSource
from ignite.handlers.schedulers._rehearsal import stand_in

__all__ = ["ParamScheduler"]


class ParamScheduler(ABC):
    """Sets a parameter of an optimizer whenever its event is fired.

    Attach it to the event *before* the step it is for, such as
    ``Events.ITERATION_STARTED``: the first firing sets the first value. A subclass gives
    the value of the coming firing in :meth:`get_param`, and names the attributes that make
    up its state in ``_state_attributes``.

    Nothing here is collective: every rank sets its own optimizer, to the same values.

    Args:
        optimizer: has ``param_groups``, as every torch optimizer.
        param_name: the parameter's name in the groups, such as ``"lr"``.
        save_history: append what is set to ``state.param_history[param_name]``, one list
            with the groups' values per firing.
        param_group_index: set it in that group only; in all when left out.

    Raises:
        TypeError: ``optimizer`` has no parameter groups.
        ValueError: they have no such parameter, or there is no such group.

    Attributes:
        event_index: how many firings there were (in this cycle, if there are cycles).
    """

    _state_attributes: ClassVar[tuple[str, ...]] = (
        "event_index",
        "param_name",
        "save_history",
        "param_group_index",
    )

    def __init__(
        self,
        optimizer: Optimizer,
        param_name: str,
        save_history: bool = False,
        param_group_index: int | None = None,
    ) -> None:
        groups = getattr(optimizer, "param_groups", None)
        if not isinstance(groups, (list, tuple)):
            raise TypeError(
                f"optimizer= takes a torch optimizer, or what has param_groups; "
                f"got {type(optimizer).__name__}."
            )
        if param_group_index is not None and not 0 <= param_group_index < len(groups):
            raise ValueError(
                f"param_group_index={param_group_index}, but the optimizer has {len(groups)} "
                "groups, numbered from 0."
            )
        self.optimizer = optimizer
        self.param_name = param_name
        self.save_history = save_history
        self.param_group_index = param_group_index
        self.event_index = 0
        for group in self.optimizer_param_groups:
            if not isinstance(group.get(param_name), (int, float, Tensor)):
                known = [name for name, value in group.items() if isinstance(value, (int, float))]
                raise ValueError(
                    f"param_name={param_name!r} is no number of this optimizer; these are: "
                    f"{', '.join(known)}."
                )

    @property
    def optimizer_param_groups(self) -> list[dict[str, Any]]:
        """The groups that are set."""
        groups = self.optimizer.param_groups
        return groups if self.param_group_index is None else [groups[self.param_group_index]]

    @abstractmethod
    def get_param(self) -> float | list[float]:
        """Return the value that the next firing sets; a list has one for each group."""

    def __call__(self, engine: EventSource | None, name: str | None = None) -> None:
        """Set the parameter.

        Args:
            engine: the event source; None does without history.
            name: the history's name, instead of ``param_name``.
        """
        value = self.get_param()
        for index, group in enumerate(self.optimizer_param_groups):
            _set(group, self.param_name, value[index] if isinstance(value, list) else value)
        self._record(engine, name)
        self.event_index += 1

    def state_dict(self) -> dict[str, Any]:
        """Return where the schedule stands, and its settings."""
        return OrderedDict((name, getattr(self, name)) for name in self._state_attributes)

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take on a state that :meth:`state_dict` returned, settings included.

        Raises:
            TypeError: it is no mapping.
            ValueError: something is missing from it; nothing is changed.
        """
        self._check_state(state_dict, self._state_attributes)
        for name in self._state_attributes:
            setattr(self, name, state_dict[name])

    @classmethod
    def simulate_values(cls, num_events: int, **scheduler_kwargs: Any) -> list[list[Any]]:
        """Return ``[event, value]`` for the first events, as a list of lists.

        Args:
            num_events: how many.
            scheduler_kwargs: arguments of the scheduler, but for the optimizer.
        """
        kwargs: dict[str, Any] = {"param_name": "lr", **scheduler_kwargs, "save_history": False}
        optimizer = stand_in([{kwargs["param_name"]: 0.0}])
        scheduler = cls(optimizer=optimizer, **kwargs)
        values = []
        for event in range(num_events):
            scheduler(None)
            values.append([event, optimizer.param_groups[0][scheduler.param_name]])
        return values

    def _record(self, engine: EventSource | None, name: str | None) -> None:
        if not self.save_history or engine is None:
            return
        state: Any = engine.state
        if getattr(state, "param_history", None) is None:
            state.param_history = {}
        values = [float(group[self.param_name]) for group in self.optimizer_param_groups]
        state.param_history.setdefault(name or self.param_name, []).append(values)

    def _check_state(self, state_dict: Any, names: tuple[str, ...]) -> None:
        if not isinstance(state_dict, Mapping):
            raise TypeError(f"A state is a mapping, got {type(state_dict).__name__}.")
        if missing := [name for name in names if name not in state_dict]:
            raise ValueError(
                f"The state of a {type(self).__name__} has {', '.join(names)}; "
                f"missing: {', '.join(missing)}."
            )


def _set(group: dict[str, Any], name: str, value: float) -> None:
    if isinstance(group[name], Tensor):
        group[name].fill_(value)  # a compiled or captured step holds on to the tensor
    else:
        group[name] = value
