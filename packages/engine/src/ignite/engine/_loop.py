"""The loop itself: what happens in a run, and in which order."""

from __future__ import annotations

import logging
import time
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator
from itertools import count, repeat
from typing import Any

from ignite.engine._plan import RunPlan, is_done
from ignite.engine.errors import DataError
from ignite.engine.interface import ProcessFunction
from ignite.events.interface import Batch, EventEmitter, Events, Output

# What is asked of the run in progress, as bits of a plain int: the loop tests it at
# every step, and the truth of an enum costs a Python call.
INTERRUPT, TERMINATE_EPOCH, TERMINATE, STEP, RESUMED = 1, 2, 4, 8, 16

Steps = Generator[bool, None, None]
"""The run: yields True where it was interrupted, and False after an iteration if asked to."""


class _EndRun(BaseException):
    """Unwinds to the end of the run; never passes through the user's code."""


class _EndEpoch(BaseException):
    """Unwinds to the end of the epoch; never passes through the user's code."""


class Loop(EventEmitter[Batch, Output]):
    """The state machine that an engine drives; a generator, so that it can pause anywhere."""

    def __init__(self, process_function: ProcessFunction[Batch, Output]) -> None:
        super().__init__()
        self.logger = logging.getLogger(f"ignite.engine.engine.{type(self).__name__}")
        self._process_function = process_function
        self._request = 0
        self._skip_completed = False
        self._skip_epoch_completed = False
        self._handling = False  # EXCEPTION_RAISED is being fired
        self._run: Any = None  # the generator of the run in progress, also while interrupted
        self._next_batch: Callable[[], Any] = _no_data
        self._resume_at = 0  # iterations of the coming epoch that a loaded state has behind it
        self._before = 0  # iterations before the epoch under way
        self._unfinished = False  # that epoch could still be gone on with
        self._abandoned = False  # the data was left in its middle and is to be begun anew

    def _begin(
        self,
        data: Iterable[Batch] | None,
        max_epochs: int | None,
        max_iters: int | None,
        epoch_length: int | None,
    ) -> None:
        if self._run is not None and self._run.gi_running:
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
        self._restart() if plan.restarts else self._resume(plan.data)
        plan.apply(self.state)
        self._request &= TERMINATE | TERMINATE_EPOCH  # also asked for while it was interrupted
        self._request |= RESUMED
        self._handling = False
        if self._run is None:
            self._next_batch = _no_data
            self._run = self._steps()

    def _restart(self) -> None:
        """Forget the run before, and what was loaded."""
        self._resume_at = 0
        self._unfinished = self._abandoned = False

    def _resume(self, data: Any) -> None:
        """Bring ``data`` to where a loaded state had it; raises if it cannot be brought there."""

    def _ask(self, request: int) -> None:
        if self._run is not None:  # there is nothing to end otherwise
            self._request |= request

    def _going(self) -> Iterator[bool]:
        """Drive the run on; forget it once it ends, however it does."""
        run = self._run
        assert run is not None
        while True:
            try:
                interrupted = next(run)
            except StopIteration:
                return
            finally:
                if run.gi_frame is None and self._run is run:
                    self._end()
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
        behind, self._resume_at = self._resume_at, 0
        self._before, self._unfinished = state.iteration - behind, True
        skip = False
        self._emit(self._listeners[Events.EPOCH_STARTED])
        try:
            yield from self._iterations(behind)
        except _EndEpoch:
            self._abandon_data()
            self._emit(
                self._listeners[Events.TERMINATE_SINGLE_EPOCH], state.iteration - self._before
            )
            skip = self._skip_epoch_completed
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - handed to the handlers
            self._abandon_data()
            self._handle(error)
        state.times[Events.EPOCH_COMPLETED.name] = time.perf_counter() - began
        self._unfinished = False
        if not skip:
            self._emit(self._listeners[Events.EPOCH_COMPLETED])
        self._request &= ~TERMINATE_EPOCH
        yield from self._obey()
        self.logger.info("Epoch %s completed in %.3f s.", state.epoch, time.perf_counter() - began)

    def _iterations(self, behind: int) -> Steps:
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
        done = behind
        while numbers := self._numbers(done + 1):
            for done in numbers:
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
                        self._tell_that_data_ended(done - 1, behind)
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
                    if RESUMED & self._request:
                        self._request &= ~RESUMED
                        break  # the goal may be another now
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
        self._open_data()

    def _abandon_data(self) -> None:
        self._next_batch, self._abandoned, self._unfinished = _no_data, True, False

    def _open_data(self) -> None:
        self._abandoned = False
        data = self.state.dataloader
        self._next_batch = (repeat(None) if data is None else iter(data)).__next__

    # What a state that is saved now must say: an epoch about to end early counts as ended.

    @property
    def _missing(self) -> int:
        """Iterations that epochs which ended early went without."""
        state = self.state
        length = state.epoch_length or 0
        epochs, done = state.epoch, self._resume_at
        if self._unfinished and not TERMINATE_EPOCH & self._request:
            epochs, done = epochs - 1, min(state.iteration - self._before, length)
        return epochs * length + done - state.iteration

    def _begins_data_anew(self) -> bool:
        return self._abandoned or bool(TERMINATE_EPOCH & self._request)

    def _tell_that_data_ended(self, done: int, behind: int) -> None:
        state = self.state
        if done == behind and state.max_epochs is None:
            raise DataError(
                f"The data gives no more after {state.iteration} of "
                f"{state.max_iters} iterations, so the run would never end; give data "
                "that can be iterated again, or max_epochs in place of max_iters."
            )
        warnings.warn(
            f"The data ended after {done} of {state.epoch_length} iterations of "
            f"epoch {state.epoch} and gives no more; the epoch ends here. Give data "
            "that can be iterated again, or set_data() on DATALOADER_STOP_ITERATION.",
            stacklevel=3,
        )

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
            if TERMINATE & self._request:
                raise _EndRun

    def _obey_in_epoch(self) -> Steps:
        """Do what was asked; ending the run goes before ending the epoch, that before pausing."""
        self._end_epoch_if_asked()
        yield from self._obey()
        self._end_epoch_if_asked()

    def _end_epoch_if_asked(self) -> None:
        if TERMINATE_EPOCH & self._request and not TERMINATE & self._request:
            self._request &= ~TERMINATE_EPOCH
            raise _EndEpoch

    def _handle(self, error: BaseException) -> None:
        listeners = self._listeners[Events.EXCEPTION_RAISED]
        if self._handling or not listeners.attached:
            raise error
        self._handling = True  # an exception that the handlers raise is not theirs to handle
        self._emit(listeners, error)
        self._handling = False

    def _end(self) -> None:
        if TERMINATE_EPOCH & self._request:
            self._abandoned, self._unfinished = True, False
        self._run, self._request, self._skip_completed = None, 0, False
        self._next_batch = _no_data  # lets go of the data's workers


def _no_data() -> Any:
    """Stand where the data's iterator goes, until an epoch needs one."""
    raise StopIteration
