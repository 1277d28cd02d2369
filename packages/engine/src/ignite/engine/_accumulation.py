"""Several batches for one step of the optimizer: which they are, and what they weigh."""

from __future__ import annotations

import torch

from ignite.engine._update import Update
from ignite.engine.engine import Engine
from ignite.events.interface import State


class AccumulatedUpdate:
    """Takes the place of an :class:`Update`, and lets it step once per group of batches.

    A group is ``steps`` batches in a row, counted from the beginning of the epoch; it also
    ends with the epoch and with ``max_iters``. The optimizer sees the mean of the gradients
    of the batches that are in it.

    Where the end of the epoch can be foreseen, every loss is divided by the right number.
    Where not (data without a length, or an epoch that is cut short), ``end_epoch`` puts
    the group right that is still open.
    """

    def __init__(self, update: Update, steps: int) -> None:
        self._update = update
        self._steps = steps
        self._at = (0, 0)  # epoch and iteration of the newest batch
        self._behind = 0  # iterations before the epoch
        self._size = 0  # batches that the open group will have, as far as can be foreseen
        self._done = 0  # batches that it has; 0 when none is open

    def begin(self, engine: Engine) -> None:
        """Note a batch; drop the gradients of other groups when it is the first of its own."""
        state = engine.state
        epoch, iteration, length = state.epoch, state.iteration, state.epoch_length
        if self._at != (epoch, iteration - 1):
            self._done = 0  # was left open by a run that went on elsewhere
            self._behind = iteration - 1
            if self._at[1] != iteration - 1 and length:  # a loaded state
                self._behind -= (self._behind + engine._missing) % length
        self._at = (epoch, iteration)
        if not self._done:
            self._size = self._foresee(state)
            self._update.begin(engine)

    def backward(self, loss: torch.Tensor) -> None:
        """Add the gradients of the batch to those of its group."""
        done, self._done = self._done, 0  # half a backward pass spoils the group
        self._update.backward(loss / self._size)
        self._done = done + 1

    def apply(self) -> None:
        """Step if the group is whole."""
        if self._done == self._size:
            self._done = 0
            self._update.apply()

    def end_epoch(self, engine: Engine) -> None:
        """Step with the group that the end of the epoch cut short."""
        done, self._done = self._done, 0
        if done and self._at == (engine.state.epoch, engine.state.iteration):
            self._update.scale_gradients(self._size / done)
            self._update.apply()

    def _foresee(self, state: State) -> int:
        position = state.iteration - 1 - self._behind
        ends = [self._steps - position % self._steps]
        if state.epoch_length:
            ends.append(state.epoch_length - position % state.epoch_length)
        if state.max_iters:
            ends.append(state.max_iters - state.iteration + 1)
        return min(ends)


def accumulated(update: Update, steps: int) -> Update | AccumulatedUpdate:
    """Return what updates once per ``steps`` batches.

    Raises:
        TypeError: ``steps`` is no integer.
        ValueError: it is less than 1.
    """
    if not isinstance(steps, int):
        raise TypeError(f"gradient_accumulation_steps is an integer, got {steps!r}.")
    if steps < 1:
        raise ValueError(
            f"gradient_accumulation_steps is at least 1, which accumulates nothing; got {steps}."
        )
    return update if steps == 1 else AccumulatedUpdate(update, steps)
