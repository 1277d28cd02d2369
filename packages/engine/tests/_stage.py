"""Where an engine performs a program: the same one for the real engine and for its model."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any, NamedTuple

LONGEST = 80  # a call that passes more points than this would go on forever


class Failure(Exception):
    """Raised by a program."""


RAISED = {
    error.__name__: error for error in (Failure, KeyboardInterrupt, SystemExit, StopIteration)
}
ASKED = (
    "interrupt",
    "terminate",
    "terminate, skip",
    "terminate_epoch",
    "terminate_epoch, skip",
    "set_data",
    "save",
)


class Cue(NamedTuple):
    """Do ``action`` when ``after`` more points are passed since the cue before; 0: with that."""

    after: int
    action: str


class Run(NamedTuple):
    """Call run; or steps, and leave its loop when so many are ``taken``."""

    data: tuple[str, int] | None = None
    max_epochs: int | None = None
    max_iters: int | None = None
    epoch_length: int | None = None
    cues: tuple[Cue, ...] = ()
    taken: int | None = None


class Ask(NamedTuple):
    """Do ``action`` while nothing drives the run."""

    action: str


class Load(NamedTuple):
    """Load what was saved, or else the present state, into this engine or a fresh one."""

    fresh: bool


class Data:
    """Gives ``size`` batches, anew each time it is iterated."""

    def __init__(self, stage: Stage, name: str, size: int) -> None:
        self.stage, self.name, self.size = stage, name, size

    def __iter__(self) -> Iterator[str]:
        self.stage.at("iter", self.name)
        return Batches(self)


class SizedData(Data):
    def __len__(self) -> int:
        return self.size


class Batches:
    """Gives the batches of its data once."""

    def __init__(self, data: Data) -> None:
        self.data, self.given = data, 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        self.data.stage.at("next", self.data.name)
        if self.given == self.data.size:
            raise StopIteration
        self.given += 1
        return f"{self.data.name}[{self.given - 1}]"


KINDS: dict[str, Callable[[Stage, str, int], Any]] = {
    "sized": SizedData,
    "unsized": Data,
    "iterator": lambda stage, name, size: Batches(Data(stage, name, size)),
}


class Stage:
    """Writes down what an engine does, and does to it what the program says.

    Args:
        make_engine: called with this stage; the engine tells :meth:`at` what it passes.
    """

    def __init__(self, make_engine: Callable[[Stage], Any]) -> None:
        self.make_engine = make_engine
        self.engine = make_engine(self)
        self.saved: Any = None
        self.data_made = 0

    def perform(self, call: Run | Ask | Load) -> list[str]:
        """Return all that can be seen: what is passed, how the call ends, the state after it."""
        self.trace: list[str] = []
        self.cues: list[Cue] = []
        self.waited = 0
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.showwarning = lambda *about: self.trace.append("warning")
            try:
                getattr(self, type(call).__name__.lower())(*call)
            except (Exception, KeyboardInterrupt, SystemExit) as error:  # noqa: BLE001 - compared
                self.trace.append(f"raises {type(error).__name__}")
        state = self.engine.state
        seen = ("epoch", "iteration", "max_epochs", "max_iters", "epoch_length")
        return [*self.trace, *(f"{name}={getattr(state, name)}" for name in seen)]

    def at(self, point: str, *details: Any) -> None:
        """Note that a point is passed; then do what the program says."""
        state = self.engine.state
        self.trace.append(" ".join(map(str, (point, *details, (state.epoch, state.iteration)))))
        if len(self.trace) > LONGEST:
            raise SystemExit
        self.waited += 1
        while self.cues and self.cues[0].after <= self.waited:
            action = self.cues.pop(0).action
            self.waited = 0
            self.trace.append(f"-> {action}")
            self.ask(action)

    # -- what a program consists of ------------------------------------------------------

    def run(
        self,
        data: tuple[str, int] | None,
        max_epochs: int | None,
        max_iters: int | None,
        epoch_length: int | None,
        cues: tuple[Cue, ...],
        taken: int | None,
    ) -> None:
        self.cues = list(cues)
        arguments = self.data(data), max_epochs, max_iters, epoch_length
        if taken is None:
            self.engine.run(*arguments)
            return
        with closing(self.engine.steps(*arguments)) as loop:
            for _ in zip(range(taken), loop, strict=False):
                self.at("step")

    def ask(self, action: str) -> None:
        name, _, skip = action.partition(", ")
        if name in RAISED:
            raise RAISED[name]
        if name == "set_data":
            self.engine.set_data(self.data(("sized", 2)))
        elif name == "save":
            self.saved = self.engine.state_dict()
        elif name == "interrupt":
            self.engine.interrupt()
        else:
            getattr(self.engine, name)(bool(skip))

    def load(self, fresh: bool) -> None:
        saved, self.saved = self.saved or self.engine.state_dict(), None
        if fresh:
            self.engine = self.make_engine(self)
        self.engine.load_state_dict(saved)

    def data(self, kind: tuple[str, int] | None) -> Any:
        if kind is None:
            return None
        self.data_made += 1
        name, size = kind
        return KINDS[name](self, f"{name}{self.data_made}", size)
