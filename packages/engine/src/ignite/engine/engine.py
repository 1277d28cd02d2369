"""The loop: epochs of batches, with events around every step."""

from __future__ import annotations

import inspect
import logging
import time
import warnings
from collections import OrderedDict
from collections.abc import Callable, Generator, Iterable, Mapping
from itertools import count, repeat
from typing import Any

from ignite.engine._plan import RunPlan, is_done
from ignite.engine._state_dict import read_state_dict
from ignite.engine.errors import DataError
from ignite.engine.interface import ProcessFunction
from ignite.events.interface import EventEmitter, Events, HandlerSignatureError, State

__all__ = ["Engine"]


# What a handler asked of the run in progress, as bits of a plain int: the loop tests it at
# every step, and the truth of an enum costs a Python call.
_INTERRUPT, _TERMINATE_EPOCH, _TERMINATE = 1, 2, 4


class _EndRun(BaseException):
    """Unwinds to the end of the run; never passes through the user's code."""


class _EndEpoch(BaseException):
    """Unwinds to the end of the epoch; never passes through the user's code."""


_Steps = Generator[None, None, None]


class Engine(EventEmitter):
    """Runs a function over batches and fires events around it.

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

    def __init__(self, process_function: ProcessFunction) -> None:
        super().__init__()
        _check_process_function(process_function)
        self._process_function = process_function
        self.logger = logging.getLogger(f"{__name__}.{type(self).__name__}")
        self.state_dict_user_keys: list[str] = []
        self._request = 0
        self._handling = False  # EXCEPTION_RAISED is being fired
        self._skip_completed = False
        self._skip_epoch_completed = False
        self._run: _Steps | None = None  # the run in progress, also while interrupted
        self._next_batch: Callable[[], Any] = _no_data
        self._resume_at = 0  # iterations of the coming epoch that a loaded state has behind it

    # -- running ------------------------------------------------------------------------

    def run(
        self,
        data: Iterable[Any] | None = None,
        max_epochs: int | None = None,
        max_iters: int | None = None,
        epoch_length: int | None = None,
    ) -> State:
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

        The state is as it was when any of these is raised.
        """
        plan = RunPlan.make(
            self.state,
            data=data,
            max_epochs=max_epochs,
            max_iters=max_iters,
            epoch_length=epoch_length,
            interrupted=self._run is not None,
        )
        plan.apply(self.state)
        self._request, self._handling = 0, False
        if self._run is None:
            self._run = self._steps()
            if plan.restarts:
                self._resume_at = 0
        try:
            next(self._run)
        except StopIteration:
            self._end()
        except BaseException:
            self._end()
            raise
        return self.state

    def terminate(self, skip_completed: bool = False) -> None:
        """End the run at the next opportunity: after the handlers or the function now running.

        ``TERMINATE`` is fired, then ``COMPLETED`` unless ``skip_completed``.
        """
        self._request |= _TERMINATE
        self._skip_completed = skip_completed

    def terminate_epoch(self, skip_epoch_completed: bool = False) -> None:
        """End the epoch at the next opportunity; the next one begins with fresh data.

        ``TERMINATE_SINGLE_EPOCH`` is fired, then ``EPOCH_COMPLETED`` unless
        ``skip_epoch_completed``. Called before the epoch's first batch, it ends the epoch
        without any; called when the epoch is completed, it does nothing.
        """
        self._request |= _TERMINATE_EPOCH
        self._skip_epoch_completed = skip_epoch_completed

    def interrupt(self) -> None:
        """Let :meth:`run` return at the next opportunity; calling it again goes on from there.

        ``INTERRUPT`` is fired.
        """
        self._request |= _INTERRUPT

    def set_data(self, data: Iterable[Any]) -> None:
        """Take the next batches from ``data``; its length does not change the epoch's."""
        self.state.dataloader = data
        self._restart_data()

    # -- saving -------------------------------------------------------------------------

    def state_dict(self) -> OrderedDict[str, Any]:
        """Return where the run stands: integers, and the state's ``state_dict_user_keys``.

        >>> engine = Engine(lambda engine, batch: None)
        >>> state = engine.run([1, 2, 3], max_epochs=2)
        >>> dict(engine.state_dict())
        {'epoch_length': 3, 'iteration': 6, 'max_epochs': 2}
        """
        goal = "max_epochs" if self.state.max_iters is None else "max_iters"
        keys = ("epoch_length", "iteration", goal, *self.state_dict_user_keys)
        return OrderedDict((key, getattr(self.state, key)) for key in keys)

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Let the next :meth:`run` go on from a saved state.

        Args:
            state_dict: has ``epoch_length``; ``iteration`` or ``epoch``; ``max_epochs``
                or ``max_iters``; and every one of ``state_dict_user_keys``.

        Raises:
            TypeError: it is no mapping.
            StateDictError: a key is missing, or two exclude each other. The state is
                as it was.
        """
        attributes = read_state_dict(state_dict, self.state_dict_user_keys)
        for name, value in attributes.items():
            setattr(self.state, name, value)
        length = self.state.epoch_length
        self._resume_at = self.state.iteration % length if length else 0
        self._end()

    # -- the loop -------------------------------------------------------------------------

    def _steps(self) -> _Steps:
        """Run to the end; yield where the run is interrupted."""
        try:
            yield from self._epochs()
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - handed to the handlers
            self._handle(error)

    def _epochs(self) -> _Steps:
        state, began = self.state, time.perf_counter()
        self.logger.info(
            "Run starts: max_epochs=%s, max_iters=%s.", state.max_epochs, state.max_iters
        )
        try:
            yield from self._fire(Events.STARTED)
            while not is_done(state):
                yield from self._epoch()
        except _EndRun:
            self._emit(self._listeners[Events.TERMINATE])
            if self._skip_completed:
                return
        state.times[Events.COMPLETED.name] = time.perf_counter() - began
        self._emit(self._listeners[Events.COMPLETED])
        self.logger.info("Run completed in %.3f s.", time.perf_counter() - began)

    def _epoch(self) -> _Steps:
        state, began = self.state, time.perf_counter()
        state.epoch += 1
        yield from self._fire(Events.EPOCH_STARTED)
        first_iteration = state.iteration
        try:
            yield from self._iterations()
        except _EndEpoch:
            self._next_batch = _no_data
            self._emit(
                self._listeners[Events.TERMINATE_SINGLE_EPOCH], state.iteration - first_iteration
            )
            if self._skip_epoch_completed:
                return
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - handed to the handlers
            self._next_batch = _no_data
            self._handle(error)
        state.times[Events.EPOCH_COMPLETED.name] = time.perf_counter() - began
        yield from self._fire(Events.EPOCH_COMPLETED)
        self._request &= ~_TERMINATE_EPOCH
        self.logger.info("Epoch %s completed in %.3f s.", state.epoch, time.perf_counter() - began)

    def _iterations(self) -> _Steps:
        # Looked up once per epoch: what is done here is done at every iteration.
        state, process, emit = self.state, self._process_function, self._emit
        getting, got, started, completed = (
            self._listeners[event]
            for event in (
                Events.GET_BATCH_STARTED,
                Events.GET_BATCH_COMPLETED,
                Events.ITERATION_STARTED,
                Events.ITERATION_COMPLETED,
            )
        )
        if self._request:
            yield from self._obey_in_epoch()
        if self._next_batch is _no_data:
            self._restart_data()
        has_data = state.dataloader is not None
        behind, self._resume_at = self._resume_at, 0
        done = behind
        for done in self._numbers(behind + 1):
            if has_data and getting.attached:
                emit(getting)
                if self._request:
                    yield from self._obey_in_epoch()
            try:
                state.batch = self._next_batch()
            except StopIteration:
                if state.epoch_length is None:
                    self._learn_length(done - 1)
                    return
                emit(self._listeners[Events.DATALOADER_STOP_ITERATION])
                if self._request:
                    yield from self._obey_in_epoch()
                self._restart_data()
                try:
                    state.batch = self._next_batch()
                except StopIteration:
                    warnings.warn(
                        f"The data ended after {done - 1} of {state.epoch_length} iterations of "
                        f"epoch {state.epoch} and gives no more; the epoch ends here. Give data "
                        "that can be iterated again, or set_data() on DATALOADER_STOP_ITERATION.",
                        stacklevel=2,
                    )
                    return
            if has_data and got.attached:
                emit(got)
                if self._request:
                    yield from self._obey_in_epoch()
            state.iteration += 1
            if started.attached:
                emit(started)
                if self._request:
                    yield from self._obey_in_epoch()
            state.output = process(self, state.batch)
            if completed.attached:
                emit(completed)
            if self._request:
                yield from self._obey_in_epoch()
        if done != state.epoch_length:  # max_iters came first
            raise _EndRun

    def _numbers(self, first: int) -> Iterable[int]:
        """Number the iterations of the epoch from ``first`` on, as far as can be known."""
        state = self.state
        ends = [] if state.epoch_length is None else [state.epoch_length]
        if state.max_iters is not None:
            ends.append(first - 1 + state.max_iters - state.iteration)
        return range(first, min(ends) + 1) if ends else count(first)

    def _restart_data(self) -> None:
        data = self.state.dataloader
        self._next_batch = (repeat(None) if data is None else iter(data)).__next__

    def _learn_length(self, length: int) -> None:
        if length == 0:
            raise DataError("The data gave no batch; give data that is not empty.")
        state = self.state
        state.epoch_length = length
        if state.max_iters is not None:
            state.max_epochs = -(-state.max_iters // length)

    # -- events within the loop -----------------------------------------------------------

    def _fire(self, event: Events) -> _Steps:
        self._emit(self._listeners[event])
        if self._request:
            yield from self._obey()

    def _obey(self) -> _Steps:
        """Do what was asked of the run: end it, or else pause it."""
        if _TERMINATE & self._request:
            raise _EndRun
        if _INTERRUPT & self._request:
            self._request &= ~_INTERRUPT
            self._emit(self._listeners[Events.INTERRUPT])
            yield

    def _obey_in_epoch(self) -> _Steps:
        """Do what was asked; ending the run goes before ending the epoch, that before pausing."""
        if _TERMINATE_EPOCH & self._request and not _TERMINATE & self._request:
            self._request &= ~_TERMINATE_EPOCH
            raise _EndEpoch
        yield from self._obey()

    def _handle(self, error: BaseException) -> None:
        listeners = self._listeners[Events.EXCEPTION_RAISED]
        if self._handling or not listeners.attached:
            raise error
        self._handling = True  # an exception that the handlers raise is not theirs to handle
        self._emit(listeners, error)
        self._handling = False

    def _end(self) -> None:
        self._run = None
        self._next_batch = _no_data  # lets go of the data's workers


def _no_data() -> Any:
    """Stand where the data's iterator goes, until an epoch needs one."""
    raise StopIteration


def _check_process_function(function: Any) -> None:
    if not callable(function):
        raise ValueError(
            f"An engine runs a function of (engine, batch), got {function!r}; pass one."
        )
    try:
        inspect.signature(function).bind("engine", "batch")
    except TypeError as error:
        raise HandlerSignatureError(
            f"The process function is called as function(engine, batch), but its signature is "
            f"{inspect.signature(function)}: {error}."
        ) from None
