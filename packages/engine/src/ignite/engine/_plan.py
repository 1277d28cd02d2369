"""What a call of ``run`` means for the state: go on, or begin anew; and until when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ignite.engine.errors import DataError, RunArgumentError
from ignite.events.interface import State


def is_done(state: State) -> bool:
    """Return whether the run reached its goal."""
    epochs, iters = state.max_epochs, state.max_iters
    return (iters is not None and state.iteration >= iters) or (
        epochs is not None and state.epoch >= epochs
    )


@dataclass(frozen=True)
class RunPlan:
    """The values with which a run begins or goes on; made whole before any is set."""

    data: Any
    epoch: int
    iteration: int
    max_epochs: int | None
    max_iters: int | None
    epoch_length: int | None
    restarts: bool

    @classmethod
    def make(
        cls,
        state: State,
        data: Iterable[Any] | None,
        max_epochs: int | None,
        max_iters: int | None,
        epoch_length: int | None,
        interrupted: bool,
    ) -> RunPlan:
        """Return the plan; raises what :meth:`Engine.run` documents."""
        _check_numbers(max_epochs=max_epochs, max_iters=max_iters, epoch_length=epoch_length)
        if max_epochs is not None and max_iters is not None:
            raise RunArgumentError("max_epochs and max_iters exclude each other; give one.")
        if data is not None and not (hasattr(data, "__iter__") or hasattr(data, "__getitem__")):
            raise TypeError(f"data is iterated for batches, but {type(data).__name__} cannot be.")
        epochs, iters = _goal(state, max_epochs, max_iters, interrupted)
        ahead = (epochs is not None and state.epoch < epochs) or (
            iters is not None and state.iteration < iters
        )
        started = state.max_epochs is not None or state.max_iters is not None
        restarts = not interrupted and not (started and ahead)
        if restarts:
            epochs, iters = (max_epochs, max_iters)
            if iters is None and epochs is None:
                epochs = 1
        elif data is None:
            data = state.dataloader
        return cls(
            data=data,
            epoch=0 if restarts else state.epoch,
            iteration=0 if restarts else state.iteration,
            max_epochs=epochs,
            max_iters=iters,
            epoch_length=_length(
                None if restarts else state.epoch_length, epoch_length, data, interrupted
            ),
            restarts=restarts,
        )

    def apply(self, state: State) -> None:
        """Set the state accordingly."""
        state.dataloader = self.data
        state.epoch, state.iteration = self.epoch, self.iteration
        state.max_epochs, state.max_iters = self.max_epochs, self.max_iters
        state.epoch_length = self.epoch_length


def _check_numbers(**numbers: int | None) -> None:
    for name, number in numbers.items():
        if number is None:
            continue
        if not isinstance(number, int):
            raise TypeError(f"{name} is an integer, got {number!r}.")
        if number < 1:
            raise RunArgumentError(f"{name} is at least 1, got {number}.")


def _goal(
    state: State, max_epochs: int | None, max_iters: int | None, interrupted: bool
) -> tuple[int | None, int | None]:
    """Return the goal in epochs and the one in iterations, if the run were to go on."""
    for given, kept, name, position, counter in (
        (max_epochs, state.max_epochs, "max_epochs", state.epoch, "epoch"),
        (max_iters, state.max_iters, "max_iters", state.iteration, "iteration"),
    ):
        if given is not None and kept is not None and given < position:
            raise RunArgumentError(
                f"{name}={given} lies behind the state's {counter} {position}; give at least that, "
                f"or set state.{name} = None to begin anew."
            )
    switches = (max_epochs is not None and state.max_epochs is None and state.max_iters) or (
        max_iters is not None and state.max_iters is None and state.max_epochs
    )
    if switches and (interrupted or not is_done(state)):
        raise RunArgumentError(
            "The run under way counts the other of max_epochs and max_iters; give that one, or "
            "set it to None in the state to begin anew."
        )
    if max_epochs is None and max_iters is None:
        return state.max_epochs, state.max_iters
    return max_epochs, max_iters


def _length(kept: int | None, given: int | None, data: Any, interrupted: bool) -> int | None:
    if kept is not None or interrupted:  # the epoch under way may be one that tells by ending
        if given is not None and given != kept:
            raise RunArgumentError(
                f"epoch_length={given}, but the run goes on with epochs of {kept} iterations "
                "(None if not known yet); "
                "leave it out, or set state.max_epochs = None to begin anew."
            )
        return kept
    if given is not None:
        return given
    if data is None:
        raise DataError("Without data there is no length of an epoch; give epoch_length.")
    try:
        length = len(data)
    except TypeError:  # data without a length tells it by ending
        return None
    if length == 0:
        raise DataError("The data has no batch; give data that is not empty.")
    return length
