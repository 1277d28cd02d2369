"""The engine: a function run over batches, with events around every step."""

from __future__ import annotations

import inspect
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ignite.engine._loop import INTERRUPT, STEP, TERMINATE, TERMINATE_EPOCH, Loop
from ignite.engine._state_dict import ANEW, DATALOADER, MISSING, read_state_dict
from ignite.engine.interface import ProcessFunction, StateDictError, StatefulData
from ignite.events.interface import Batch, HandlerSignatureError, Output, State

__all__ = ["Engine"]


class Engine(Loop[Batch, Output]):
    """Runs a function over batches and fires events around it.

    ``Engine[Batch, Output]`` tells type checkers what the function takes and returns;
    they infer it from a function with annotations.

    In the simplest run the events come in this order: ``STARTED``; per epoch
    ``EPOCH_STARTED``; per batch ``GET_BATCH_STARTED`` and ``GET_BATCH_COMPLETED`` (not
    without data), ``ITERATION_STARTED``, the process function,
    ``ITERATION_COMPLETED``; then ``EPOCH_COMPLETED``; at the end ``COMPLETED``.

    An exception fires ``EXCEPTION_RAISED``; without a handler there it goes to the
    caller of :meth:`run`. With one, which may raise it again, an exception within an
    epoch ends that epoch, and one outside ends the run.

    Args:
        process_function: called with this engine and a batch; its result becomes
            ``state.output``.

    Raises:
        ValueError: there is no process function.
        HandlerSignatureError: it cannot be called with an engine and a batch.

    >>> from ignite.engine import Events
    >>> engine = Engine(lambda engine, batch: 2 * batch)
    >>> @engine.on(Events.ITERATION_COMPLETED)
    ... def show(engine):
    ...     print(engine.state.epoch, engine.state.iteration, engine.state.output)
    >>> state = engine.run([10, 20], max_epochs=2)
    1 1 20
    1 2 40
    2 3 20
    2 4 40
    """

    _required_keys: tuple[str, ...] = ("epoch_length",)

    def __init__(self, process_function: ProcessFunction[Batch, Output]) -> None:
        _check_process_function(process_function)
        super().__init__(process_function)
        self.state_dict_user_keys: list[str] = []
        self._data_state: Any = None  # loaded, for the data of the next run

    # -- running ------------------------------------------------------------------------

    def run(
        self,
        data: Iterable[Batch] | None = None,
        max_epochs: int | None = None,
        max_iters: int | None = None,
        epoch_length: int | None = None,
    ) -> State[Batch, Output]:
        """Run over ``data`` and return the state.

        A run that was interrupted goes on where it stopped. A state that was loaded,
        or a larger ``max_epochs`` or ``max_iters`` than the last run had, continues
        from the state's epoch and iteration; anything else begins anew.

        Args:
            data: gives batches; iterated again whenever it ends before the epoch does.
                None runs the process function on None, ``epoch_length`` times per epoch.
            max_epochs: epochs to run in all; 1 if neither it nor ``max_iters`` is given.
            max_iters: iterations to run in all; excludes ``max_epochs``.
            epoch_length: iterations per epoch; ``len(data)`` when left out, and where
                data has no length, as many as it gives the first time.

        Raises:
            RunArgumentError: the arguments contradict each other or the state.
            DataError: data is empty, or is None without ``epoch_length``.
            TypeError: data is no iterable, or a number is no integer.
            RuntimeError: the engine is running: a handler called it.

        The state is as it was when any of these is raised.
        """
        self._begin(data, max_epochs, max_iters, epoch_length)
        for _ in self._going():  # it pauses where it is interrupted, and only there
            break
        return self.state

    def steps(
        self,
        data: Iterable[Batch] | None = None,
        max_epochs: int | None = None,
        max_iters: int | None = None,
        epoch_length: int | None = None,
    ) -> Iterator[State[Batch, Output]]:
        """Run as :meth:`run` does, and yield the state after each iteration.

        The caller owns the loop: what it does between two steps happens between two
        iterations. Leaving the loop leaves the run as if it were interrupted there: the
        next call of this or of :meth:`run` goes on.

        The arguments, and what is raised, are those of :meth:`run`.

        >>> engine = Engine(lambda engine, batch: batch * batch)
        >>> for state in engine.steps([1, 2, 3], max_epochs=2):
        ...     if state.output == 4:
        ...         break
        >>> [state.output for state in engine.steps()]
        [9, 1, 4, 9]
        """
        self._begin(data, max_epochs, max_iters, epoch_length)
        self._request |= STEP
        for interrupted in self._going():
            if interrupted:
                break
            yield self.state

    def terminate(self, skip_completed: bool = False) -> None:
        """End the run at the next opportunity: after the handlers or the function now running.

        ``TERMINATE`` is fired, then ``COMPLETED`` unless ``skip_completed``. Called while
        the run is interrupted, it holds once the run goes on; called when there is no run, it
        does nothing.
        """
        self._ask(TERMINATE)
        self._skip_completed = skip_completed and self._run is not None

    def terminate_epoch(self, skip_epoch_completed: bool = False) -> None:
        """End the epoch at the next opportunity; the next one begins with fresh data.

        ``TERMINATE_SINGLE_EPOCH`` is fired, then ``EPOCH_COMPLETED`` unless
        ``skip_epoch_completed``. Called before the epoch's first batch, it ends the epoch
        without any; called when the epoch is completed, it does nothing.
        """
        self._ask(TERMINATE_EPOCH)
        self._skip_epoch_completed = skip_epoch_completed

    def interrupt(self) -> None:
        """Let :meth:`run` return at the next opportunity; calling it again goes on from there.

        ``INTERRUPT`` is fired. What else was asked for meanwhile is done on going on.
        """
        self._ask(INTERRUPT)

    def set_data(self, data: Iterable[Batch]) -> None:
        """Take the next batches from ``data``; its length does not change the epoch's."""
        self.state.dataloader = data
        self._open_data()

    # -- saving -------------------------------------------------------------------------

    def state_dict(self) -> OrderedDict[str, Any]:
        """Return where the run stands: integers, and the state's ``state_dict_user_keys``.

        Data with a ``state_dict`` of its own (:class:`~ignite.engine.interface.StatefulData`)
        gives that too, as ``"dataloader"``.

        >>> engine = Engine(lambda engine, batch: None)
        >>> state = engine.run([1, 2, 3], max_epochs=2)
        >>> dict(engine.state_dict())
        {'epoch_length': 3, 'iteration': 6, 'max_epochs': 2}
        """
        state = self.state
        goal = "max_epochs" if state.max_iters is None else "max_iters"
        keys = ("epoch_length", "iteration", goal, *self.state_dict_user_keys)
        saved = OrderedDict((key, getattr(state, key)) for key in keys)
        if state.epoch_length and self._missing:
            saved[MISSING] = self._missing
        if self._begins_data_anew():
            saved[ANEW] = True
        if isinstance(state.dataloader, StatefulData):
            saved[DATALOADER] = state.dataloader.state_dict()
        return saved

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Let the next :meth:`run` go on from a saved state.

        Args:
            state_dict: has ``epoch_length``; ``iteration`` or ``epoch``; ``max_epochs``
                or ``max_iters``; and every one of ``state_dict_user_keys``. With a
                ``dataloader`` in it, the data given to the next run takes that over.

        Raises:
            TypeError: it is no mapping.
            StateDictError: a key is missing, or two exclude each other. The state is
                as it was.
        """
        saved = read_state_dict(state_dict, self._required_keys, self.state_dict_user_keys)
        for name, value in saved.attributes.items():
            setattr(self.state, name, value)
        self._end()
        self._resume_at, self._unfinished = saved.done, False
        self._data_state = state_dict.get(DATALOADER)
        self._abandoned = bool(state_dict.get(ANEW, False))

    def _restart(self) -> None:
        super()._restart()
        self._data_state = None

    def _resume(self, data: Any) -> None:
        if self._data_state is None:
            return
        if not isinstance(data, StatefulData):
            raise StateDictError(
                "The loaded state has the position of its data, but the data given now "
                f"({type(data).__name__}) has no load_state_dict; give the same kind of data, or "
                "remove 'dataloader' from the state to begin the data anew."
            )
        data.load_state_dict(self._data_state)
        self._data_state = None
        if self._abandoned:
            iter(data)  # what was left in its middle there is left in its middle here


def _check_process_function(function: Any) -> None:
    if not callable(function):
        raise ValueError(
            f"An engine runs a function of (engine, batch), got {function!r}; pass one."
        )
    try:
        signature = inspect.signature(function)
    except ValueError:  # a builtin that does not tell what it takes
        return
    try:
        signature.bind("engine", "batch")
    except TypeError as error:
        raise HandlerSignatureError(
            "The process function is called as function(engine, batch), but its signature is "
            f"{signature}: {error}."
        ) from None
