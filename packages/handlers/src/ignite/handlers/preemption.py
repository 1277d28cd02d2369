"""Ending a run in good order when its processes are told to stop."""

from __future__ import annotations

import signal
import threading
from collections.abc import Sequence
from types import FrameType
from typing import Any

from ignite.distributed.interface import ReduceOp, current_backend
from ignite.events.interface import (
    AnyEvent,
    Events,
    RemovableEventHandle,
    Stoppable,
)

__all__ = ["PreemptionHandler"]

_CATCHABLE = signal.valid_signals() - {
    getattr(signal, name) for name in ("SIGKILL", "SIGSTOP") if hasattr(signal, name)
}


class PreemptionHandler:
    """Ends the run after the next epoch when any rank got a signal, such as a scheduler's SIGTERM.

    While the run lasts, the first of ``signals`` that comes is only remembered; a second
    SIGINT (Ctrl-C) raises ``KeyboardInterrupt`` at once. On the event it is attached to,
    the ranks agree whether one of them was signalled, and then all end the run:
    what is attached to ``COMPLETED`` still runs, so a checkpoint can be saved there.

    **Collective**: every rank attaches it, to the same event of the same run; the event
    costs one ``all_reduce`` of an integer.

    The previous signal handlers are back when the run ends: on ``TERMINATE``,
    ``COMPLETED`` and, after the other handlers there, ``EXCEPTION_RAISED``, from where the
    exception goes on to the caller: a run with this handler ends with its first
    exception. A run that is interrupted keeps the handlers until it ends.

    Args:
        signals: what to listen to.

    Raises:
        ValueError: there are none, or one that no process can listen to.

    Attributes:
        signum: the signal that the ranks agreed on, the one with the largest number if
            they got different ones; None as long as there is none.

    >>> import os
    >>> from ignite.events.testing import RecordingEventSource
    >>> trainer, preemption = RecordingEventSource(), PreemptionHandler()
    >>> preemption.attach(trainer)
    >>> def step(batch):
    ...     os.kill(os.getpid(), signal.SIGTERM)
    >>> trainer.run([1, 2, 3], step, epochs=100)
    >>> trainer.state.epoch, preemption.signum == signal.SIGTERM
    (1, True)
    """

    def __init__(self, signals: Sequence[int] = (signal.SIGTERM, signal.SIGINT)) -> None:
        if not signals:
            raise ValueError("signals= takes at least one signal, such as signal.SIGTERM.")
        if deaf := set(signals) - _CATCHABLE:
            raise ValueError(
                f"signals= has {sorted(deaf)}, which a process cannot listen to; leave these out."
            )
        self.signals = tuple(signals)
        self.signum: int | None = None
        self._received: int | None = None
        self._previous: dict[int, Any] = {}
        self._on_exception: RemovableEventHandle | None = None

    def attach(self, engine: Stoppable, event: AnyEvent = Events.EPOCH_COMPLETED) -> None:
        """Listen while ``engine`` runs, and end its run on ``event``.

        Raises:
            TypeError: the engine's run cannot be ended.
        """
        if not isinstance(engine, Stoppable):
            raise TypeError(
                f"The run of {type(engine).__name__} cannot be ended; attach the handler to an "
                "event source that has terminate()."
            )
        engine.add_event_handler(Events.STARTED, self._listen)
        engine.add_event_handler(event, self._agree)
        engine.add_event_handler(Events.TERMINATE | Events.COMPLETED, self._restore)

    def _listen(self, engine: Stoppable) -> None:
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError(
                "Python delivers signals to the main thread only, but this run is in the thread "
                f"{threading.current_thread().name!r}; run it in the main thread, or without a "
                "PreemptionHandler."
            )
        for number in self.signals:
            if signal.getsignal(number) is None:
                raise RuntimeError(
                    f"{signal.Signals(number).name} has a handler that was not set from Python and "
                    "could not be put back after the run; leave it out of signals=."
                )
        self._restore()  # of a run that ended without an event
        self.signum = self._received = None
        self._previous = {number: signal.signal(number, self._receive) for number in self.signals}
        # Attached last, so that it comes after whatever else is done about the exception.
        self._on_exception = engine.add_event_handler(Events.EXCEPTION_RAISED, self._give_up)

    def _receive(self, number: int, frame: FrameType | None) -> None:
        if self._received is not None and number == signal.SIGINT:
            raise KeyboardInterrupt
        if self._received is None:
            self._received = number

    def _agree(self, engine: Stoppable) -> None:
        agreed = current_backend().all_reduce(self._received or 0, ReduceOp.MAX)
        if agreed:
            self.signum = agreed
            engine.terminate()

    def _give_up(self, engine: Stoppable, error: BaseException | None = None) -> None:
        self._restore()
        if error is not None:  # a source that hands none over raises it itself
            raise error

    def _restore(self) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)
        self._previous = {}
        if self._on_exception is not None:
            self._on_exception.remove()
            self._on_exception = None
