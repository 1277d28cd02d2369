"""The loop itself: what happens in a run, and in which order."""

from __future__ import annotations

import inspect
import logging
import time
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator
from itertools import count, repeat
from typing import Any

from ignite.engine._plan import RunPlan, is_done
from ignite.engine.errors import DataError
from ignite.engine.interface import ProcessFunction
from ignite.events.interface import EventEmitter, Events

# What is asked of the run in progress, as bits of a plain int: the loop tests it at
# every step, and the truth of an enum costs a Python call.
INTERRUPT, TERMINATE_EPOCH, TERMINATE, STEP = 1, 2, 4, 8

Steps = Generator[bool, None, None]
"""The run: yields True where it was interrupted, and False after an iteration if asked to."""


class _EndRun(BaseException):
    """Unwinds to the end of the run; never passes through the user's code."""


class _EndEpoch(BaseException):
    """Unwinds to the end of the epoch; never passes through the user's code."""


class Loop(EventEmitter):
    """The state machine that an engine drives; a generator, so that it can pause anywhere."""

    def __init__(self, process_function: ProcessFunction) -> None:
        super().__init__()
        self.logger = logging.getLogger(f"ignite.engine.engine.{type(self).__name__}")
        self._process_function = process_function
        self._request = 0
        self._skip_completed = False
        self._skip_epoch_completed = False
        self._handling = False  # EXCEPTION_RAISED is being fired
        self._run: Steps | None = None  # the run in progress, also while interrupted
        self._next_batch: Callable[[], Any] = _no_data
        self._resume_at = 0  # iterations of the coming epoch that a loaded state has behind it

    def _begin(
        self,
        data: Iterable[Any] | None,
        max_epochs: int | None,
        max_iters: int | None,
        epoch_length: int | None,
    ) -> None:
        if self._run is not None and inspect.getgeneratorstate(self._run) == inspect.GEN_RUNNING:
            raise RuntimeError(
                "This engine is running, so a handler cannot run it again; use an engine of its "
                "own for what happens within a run, or interrupt() and run() it afterwards."
            )
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

    def _going(self) -> Iterator[bool]:
        """Drive the run on; forget it once it ends, however it does."""
        run = self._run
        assert run is not None
        while True:
            try:
                interrupted = next(run)
            except StopIteration:
                self._end()
                return
            except BaseException:
                self._end()
                raise
            yield interrupted

    def _steps(self) -> Steps:
        """Run to the end; yield where the run is interrupted."""
        try:
            yield from self._epochs()
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - handed to the handlers
            self._handle(error)

    def _epochs(self) -> Steps:
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

    def _epoch(self) -> Steps:
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
        self._request &= ~TERMINATE_EPOCH
        self.logger.info("Epoch %s completed in %.3f s.", state.epoch, time.perf_counter() - began)

    def _iterations(self) -> Steps:
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
                if STEP & self._request:
                    yield False
                    yield from self._obey_in_epoch()  # what the caller asked for meanwhile
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

    def _fire(self, event: Events) -> Steps:
        self._emit(self._listeners[event])
        if self._request:
            yield from self._obey()

    def _obey(self) -> Steps:
        """Do what was asked of the run: end it, or else pause it."""
        if TERMINATE & self._request:
            raise _EndRun
        if INTERRUPT & self._request:
            self._request &= ~INTERRUPT
            self._emit(self._listeners[Events.INTERRUPT])
            yield True

    def _obey_in_epoch(self) -> Steps:
        """Do what was asked; ending the run goes before ending the epoch, that before pausing."""
        if TERMINATE_EPOCH & self._request and not TERMINATE & self._request:
            self._request &= ~TERMINATE_EPOCH
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
