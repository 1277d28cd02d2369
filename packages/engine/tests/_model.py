"""A second engine, as simple as can be: it walks the documented diagram arrow by arrow."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection, Iterator
from itertools import repeat
from typing import Any

from ignite.engine import DataError, RunArgumentError, StateDictError

from ._diagram import ARROWS, DRAWN, EVENTS

REQUESTS = ("terminate", "terminate_epoch", "interrupt")  # the first goes first
NEEDS_DATA = ("GET_BATCH_STARTED", "GET_BATCH_COMPLETED")
PASSED_OVER = (*NEEDS_DATA, "ITERATION_STARTED")  # where nobody listens, no request is looked at


class Model:
    """Has the engine's methods, and its state's attributes.

    Args:
        process: called with a batch.
        fire: called with an event's name and what comes with it.
        unheard: the names of events that have no handler.
        walked: takes the lines of the diagram that are walked.
    """

    def __init__(
        self,
        process: Callable[[Any], Any],
        fire: Callable[..., None],
        unheard: Collection[str],
        walked: set[str],
    ) -> None:
        self.process, self.fire, self.unheard, self.walked = process, fire, unheard, walked
        self.epoch = self.iteration = 0
        self.max_epochs: int | None = None
        self.max_iters: int | None = None
        self.epoch_length: int | None = None
        self.data: Any = None
        self.batches: Iterator[Any] | None = None  # what is left of the data
        self.batch: Any = None
        self.at, self.paused = "idle", False
        self.error: BaseException = AssertionError()
        self.data_wanted = False  # GET_BATCH events are fired in this epoch
        self.done = self.begun_with = 0  # iterations of the epoch, and those of them loaded
        self.open = False  # a state saved now goes on with that epoch, not with the next
        self.done_before = 0  # iterations of the next epoch, if a state was loaded
        self.requests: set[str] = set()
        self.skip: dict[str, bool] = {}

    @property
    def state(self) -> Model:
        return self

    # -- the engine's methods ---------------------------------------------------------------

    def run(self, *arguments: Any) -> None:
        self.begin(*arguments)
        self.walk(stepwise=False)

    def steps(self, *arguments: Any) -> Iterator[Model]:
        self.begin(*arguments)
        while self.walk(stepwise=True) == "step":
            yield self

    def terminate(self, skip: bool) -> None:
        self.request("terminate", skip)

    def terminate_epoch(self, skip: bool) -> None:
        self.request("terminate_epoch", skip)

    def interrupt(self) -> None:
        self.request("interrupt")

    def request(self, name: str, skip: bool = False) -> None:
        if self.at != "idle":
            self.requests.add(name)
            self.skip[name] = skip

    def set_data(self, data: Any) -> None:
        self.data = data
        self.open_data()

    def state_dict(self) -> dict[str, Any]:
        epoch, done = self.epoch, self.done_before
        if self.open and "terminate_epoch" not in self.requests:
            epoch, done = epoch - 1, self.done
        if self.epoch_length and done >= self.epoch_length:
            epoch, done = epoch + 1, 0
        return {
            "epoch": epoch if self.epoch_length else 0,
            "done_before": done,
            "iteration": self.iteration,
            "epoch_length": self.epoch_length,
            "max_epochs": None if self.max_iters else self.max_epochs,
            "max_iters": self.max_iters,
        }

    def load_state_dict(self, saved: dict[str, Any]) -> None:
        if saved["iteration"] and not saved["epoch_length"]:
            raise StateDictError
        vars(self).update(saved, open=False)
        self.end()

    # -- beginning and ending ---------------------------------------------------------------

    def begin(
        self, data: Any, max_epochs: int | None, max_iters: int | None, epoch_length: int | None
    ) -> None:
        behind = (max_epochs and self.max_epochs and max_epochs < self.epoch) or (
            max_iters and self.max_iters and max_iters < self.iteration
        )
        of_other_kind = (max_epochs and not self.max_epochs and self.max_iters) or (
            max_iters and not self.max_iters and self.max_epochs
        )
        if behind or (of_other_kind and (self.paused or not self.goal_reached())):
            raise RunArgumentError

        goal = max_epochs, max_iters
        if goal == (None, None):
            goal = self.max_epochs, self.max_iters
        ahead = (goal[0] or 0) > self.epoch or (goal[1] or 0) > self.iteration
        anew = not self.paused and not (ahead and (self.max_epochs or self.max_iters))
        if anew:
            goal = (max_epochs, max_iters) if max_epochs or max_iters else (1, None)
        elif data is None:
            data = self.data

        length = None if anew else self.epoch_length
        if (length or self.paused) and epoch_length not in (None, length):
            raise RunArgumentError
        if not length and not self.paused:
            length = epoch_length
            if length is None and hasattr(data, "__len__"):
                length = len(data)
            if length == 0 or (length is None and data is None):
                raise DataError

        self.max_epochs, self.max_iters = goal
        self.epoch_length, self.data = length, data
        if anew:
            self.epoch = self.iteration = self.done_before = 0
            self.open = False
        if self.paused:
            self.requests.discard("interrupt")
            where = "between epochs" if self.at == "between_epochs" else "in the epoch"
            self.walked.add(DRAWN["interrupted", f"resumed {where}"])
        else:
            self.end()
            self.go("run or steps")

    def end(self) -> None:
        if "terminate_epoch" in self.requests:  # terminate went before it, but it holds
            self.open = False
        self.at, self.paused, self.batches = "idle", False, None
        self.requests, self.skip = set(), dict.fromkeys(REQUESTS, False)

    def goal_reached(self) -> bool:
        epochs_done = self.max_epochs is not None and self.epoch >= self.max_epochs
        return epochs_done or self.iterations_done()

    def iterations_done(self) -> bool:
        return self.max_iters is not None and self.iteration >= self.max_iters

    def open_data(self) -> None:
        self.batches = repeat(None) if self.data is None else iter(self.data)

    # -- walking ----------------------------------------------------------------------------

    def walk(self, stepwise: bool) -> str:
        """Follow the arrows to where the run pauses or ends; tell which."""
        while self.at != "idle":
            resumed, self.paused = self.paused, False
            try:
                label = self.look() if resumed else self.enter()
                if stepwise and not label and self.at == "stepping" and not resumed:
                    label = "step"
                label = label or getattr(self, self.at, str)()  # str: nothing to do, no label
                if label == "interrupt":
                    self.walked.add(DRAWN[self.at, label])
                    self.fire(EVENTS["interrupted"])
            except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - as the engine does
                # The run is a generator, out of which a StopIteration comes as a RuntimeError.
                self.error = RuntimeError() if isinstance(error, StopIteration) else error
                label = "exception"
            except BaseException:
                self.end()
                raise
            if label in ("step", "interrupt"):
                self.paused = True
                return label
            self.go(label)
            if label == "exception" and self.at == "idle":
                raise self.error
        return "ended"

    def enter(self) -> str:
        """Fire the event of the state, then look for requests."""
        event = EVENTS.get(self.at, "")
        heard = event not in self.unheard and (self.data_wanted or event not in NEEDS_DATA)
        if event and heard:
            error = type(self.error).__name__
            details = {"cutting_epoch": [self.done], "handling": [error], "failing": [error]}
            self.fire(event, *details.get(self.at, ()))
        return self.look() if heard or event not in PASSED_OVER else ""

    def look(self) -> str:
        """Return the request that is obeyed here, if there is one."""
        for request in REQUESTS:
            if request in self.requests and request in ARROWS[self.at]:
                self.requests.discard(request)
                return request
        return ""

    def go(self, label: str) -> None:
        self.walked.add(DRAWN[self.at, label])
        self.at = ARROWS[self.at][label]
        if self.at in ("cutting_epoch", "handling"):
            self.batches = None  # the next epoch begins the data anew
        if self.at in ("cutting_epoch", "handling", "ending_epoch"):
            self.open = False
        if self.at == "idle":
            self.end()

    # -- what is done in the states, each told by the label of the arrow that leaves it -------

    def between_epochs(self) -> str:
        if self.goal_reached():
            return "goal reached"
        self.epoch += 1
        self.done = self.begun_with = self.done_before
        self.done_before, self.open = 0, True
        return "next epoch"

    def entering(self) -> str:
        if self.batches is None:
            self.open_data()
        self.data_wanted = self.data is not None
        return "max_iters reached" if self.iterations_done() else ""

    def asking(self) -> str:
        try:
            self.batch = next(self.batches)
            return "batch"
        except StopIteration:
            if self.epoch_length:
                return "data ended"
        if not self.done:
            raise DataError
        self.epoch_length = self.done
        if self.max_iters:
            self.max_epochs = -(-self.max_iters // self.done)
        return "length learnt"

    def refilling(self) -> str:
        self.open_data()
        try:
            self.batch = next(self.batches)
            return "batch"
        except StopIteration:
            if self.done == self.begun_with and not self.max_epochs:
                raise DataError from None  # there would be such epochs forever
            warnings.warn("the data gives no more", stacklevel=1)
            return "data ended"

    def receiving(self) -> str:
        self.iteration += 1
        self.done += 1
        return ""

    def starting_iteration(self) -> str:
        self.process(self.batch)
        return "processed"

    def stepping(self) -> str:
        if self.done == self.epoch_length:
            return "epoch full"
        return "max_iters reached" if self.iterations_done() else "next iteration"

    def cutting_epoch(self) -> str:
        if not self.skip["terminate_epoch"]:
            return ""
        self.ending_epoch()
        return "skip"

    def ending_epoch(self) -> str:
        self.requests.discard("terminate_epoch")  # too late for this epoch, not meant for the next
        return ""

    def handling(self) -> str:
        if "EXCEPTION_RAISED" in self.unheard:
            raise self.error
        return ""

    failing = handling

    def terminating(self) -> str:
        return "skip" if self.skip["terminate"] else ""
