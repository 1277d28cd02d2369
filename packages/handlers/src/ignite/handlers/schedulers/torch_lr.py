"""Torch's learning-rate schedulers as handlers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch.optim.lr_scheduler import LRScheduler as TorchLRScheduler

from ignite.events.interface import EventSource
from ignite.handlers.schedulers._rehearsal import rehearsed
from ignite.handlers.schedulers.base import ParamScheduler

__all__ = ["LRScheduler"]


class LRScheduler(ParamScheduler):
    """Runs a scheduler of ``torch.optim.lr_scheduler``.

    Attach it to the event before the step it is for, such as ``Events.ITERATION_STARTED``:
    the first firing sets the scheduler's present value, each further one steps it and
    sets the next.

    Args:
        lr_scheduler: the scheduler; nobody else should step it.
        save_history: see :class:`ParamScheduler`.
        use_legacy: step it on the first firing too, to be attached to the event *after*
            the step, such as ``Events.ITERATION_COMPLETED``.

    Raises:
        TypeError: it is no torch scheduler.

    >>> import torch
    >>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    >>> halving = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.5)
    >>> LRScheduler.simulate_values(3, halving)
    [[0, 1.0], [1, 0.5], [2, 0.25]]
    """

    def __init__(
        self,
        lr_scheduler: TorchLRScheduler,
        save_history: bool = False,
        use_legacy: bool = False,
    ) -> None:
        if not isinstance(lr_scheduler, TorchLRScheduler):
            raise TypeError(
                f"lr_scheduler= takes a scheduler of torch.optim.lr_scheduler, "
                f"got {type(lr_scheduler).__name__}."
            )
        super().__init__(lr_scheduler.optimizer, "lr", save_history)
        self.lr_scheduler = lr_scheduler
        self.use_legacy = use_legacy

    def __call__(self, engine: EventSource | None, name: str | None = None) -> None:
        """Set the learning rates, as in :class:`ParamScheduler`."""
        if self.event_index == 0 and not self.use_legacy:
            super().__call__(engine, name)
            return
        self.lr_scheduler.step()
        self._record(engine, name)
        self.event_index += 1

    def get_param(self) -> list[float]:
        """Return the present value of each group; a torch scheduler does not tell the next."""
        return [float(value) for value in self.lr_scheduler.get_last_lr()]

    def state_dict(self) -> dict[str, Any]:
        """Return where the schedule stands, and the state of torch's scheduler."""
        state = super().state_dict()
        state["lr_scheduler"] = self.lr_scheduler.state_dict()
        return state

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take on a state that :meth:`state_dict` returned.

        Raises:
            TypeError: it is no mapping.
            ValueError: something is missing from it; nothing is changed.
        """
        self._check_state(state_dict, (*self._state_attributes, "lr_scheduler"))
        super().load_state_dict(state_dict)
        self.lr_scheduler.load_state_dict(state_dict["lr_scheduler"])

    @classmethod
    def simulate_values(  # type: ignore[override]
        cls, num_events: int, lr_scheduler: TorchLRScheduler, **kwargs: Any
    ) -> list[list[Any]]:
        """Return ``[event, value, …]`` for the coming events, one value per group.

        Args:
            num_events: how many.
            lr_scheduler: torch's scheduler; it and its optimizer are left as they are.
            kwargs: further arguments of this class.
        """
        values = []
        with rehearsed(lr_scheduler, lr_scheduler.optimizer) as (copied, optimizer):
            scheduler = cls(copied, **kwargs)
            for event in range(num_events):
                scheduler(None)
                values.append([event, *(float(group["lr"]) for group in optimizer.param_groups)])
        return values
