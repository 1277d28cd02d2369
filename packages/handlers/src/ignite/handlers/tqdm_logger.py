"""A progress bar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from ignite.distributed.interface import current_backend
from ignite.events.interface import (
    AnyEvent,
    CallableEventWithFilter,
    Events,
    EventSource,
    RunState,
)
from ignite.handlers._extras import import_extra
from ignite.handlers._loggable import Loggable

__all__ = ["ProgressBar"]

_ITERATION_EVENTS = (
    Events.GET_BATCH_STARTED,
    Events.GET_BATCH_COMPLETED,
    Events.ITERATION_STARTED,
    Events.ITERATION_COMPLETED,
)
_EPOCH_EVENTS = (Events.EPOCH_STARTED, Events.EPOCH_COMPLETED)


class ProgressBar:
    """Shows with tqdm how far a run is, and values of it.

    A bar per epoch counts iterations (as attached by default), or one bar counts the
    epochs or iterations of the whole run; attach two for both. The values are read, and
    tensors copied from their device, only when the bar is redrawn, which tqdm does at
    most every ``mininterval`` seconds, not at every step.

    Only rank 0 shows it; on the others nothing is attached.

    Args:
        persist: leave the bar on the screen when it is done.
        bar_format: tqdm's format of the bar; None is tqdm's own.
        tqdm_kwargs: further arguments of tqdm, such as ``desc``, ``file``, ``disable``.

    Raises:
        MissingExtraError: tqdm is not installed.

    >>> import io
    >>> from ignite.events.testing import RecordingEventSource
    >>> trainer, screen = RecordingEventSource(), io.StringIO()
    >>> bar = ProgressBar(bar_format="{desc}{n_fmt}/{total_fmt}{postfix}", file=screen)
    >>> bar.attach(trainer, output_transform=lambda loss: {"loss": loss})
    >>> trainer.run([0.5, 0.25])
    >>> "Iteration: 1/2, loss=0.5" in screen.getvalue()
    True
    """

    def __init__(
        self,
        persist: bool = False,
        bar_format: str | None = (
            "{desc}[{n_fmt}/{total_fmt}] {percentage:3.0f}%|{bar}{postfix} [{elapsed}<{remaining}]"
        ),
        **tqdm_kwargs: Any,
    ) -> None:
        self._make_bar = _bar_class()
        self.persist = persist
        self.bar_format = bar_format
        self.desc = tqdm_kwargs.pop("desc", None)
        self.tqdm_kwargs = tqdm_kwargs
        self.pbar: Any = None

    def attach(
        self,
        engine: EventSource,
        metric_names: str | Sequence[str] | None = None,
        output_transform: Callable[[Any], Any] | None = None,
        event_name: AnyEvent = Events.ITERATION_COMPLETED,
        closing_event_name: AnyEvent = Events.EPOCH_COMPLETED,
        state_attributes: Sequence[str] | None = None,
    ) -> None:
        """Advance the bar on ``event_name``, and end it on ``closing_event_name``.

        Args:
            engine: the event source.
            metric_names: metrics to show, by their names in ``state.metrics``, or ``"all"``.
            output_transform: what to show of ``state.output``: a mapping by name, or
                anything else under the name ``output``.
            event_name: an event of iterations or epochs, filtered or not.
            closing_event_name: ``EPOCH_COMPLETED`` for a bar per epoch, or ``COMPLETED``.
            state_attributes: attributes of the state to show.

        Raises:
            TypeError: an argument is of the wrong type.
            ValueError: the events do not fit together.
        """
        loggable = Loggable(metric_names, output_transform, state_attributes)
        per_epoch = _check_events(event_name, closing_event_name)
        if current_backend().rank != 0:
            return
        engine.add_event_handler(event_name, self._advance, event_name, per_epoch, loggable)
        # A run may end within an epoch, or have ended with an exception.
        ends = Events.STARTED | Events.TERMINATE | Events.COMPLETED
        if per_epoch:
            ends = ends | Events.EPOCH_COMPLETED
        engine.add_event_handler(ends, self._close)

    def log_message(self, message: str) -> None:
        """Print a line above the bar; on rank 0 only."""
        if current_backend().rank == 0:
            self._make_bar.write(message)

    def _advance(
        self, engine: EventSource, event_name: Any, per_epoch: bool, loggable: Loggable
    ) -> None:
        state = engine.state
        total = _total(state, event_name, per_epoch)
        number = state.get_event_attrib_value(event_name)
        done = (number - 1) % total + 1 if total else number
        if self.pbar is None:
            self.pbar = self._make_bar(
                values=lambda: loggable.read(engine),
                total=total,
                initial=done,
                desc=self._describe(state, event_name, per_epoch),
                leave=self.persist,
                bar_format=self.bar_format,
                **self.tqdm_kwargs,
            )
        else:
            self.pbar.update(done - self.pbar.n)

    def _close(self) -> None:
        if self.pbar is not None:
            self.pbar.close()
            self.pbar = None

    def _describe(self, state: RunState, event_name: Any, per_epoch: bool) -> str:
        if per_epoch and state.max_epochs is not None and state.max_epochs > 1:
            return f"{self.desc or 'Epoch'} [{state.epoch}/{state.max_epochs}]: "
        return f"{self.desc or ('Epoch' if event_name in _EPOCH_EVENTS else 'Iteration')}: "


@cache
def _bar_class() -> Any:
    tqdm = import_extra("tqdm.auto", "tqdm").tqdm

    class Bar(tqdm):  # type: ignore[valid-type, misc]
        """Reads the values it shows when it is drawn."""

        def __init__(self, *, values: Callable[[], Any], **kwargs: Any) -> None:
            self._values = values
            # With a fixed miniters tqdm draws from this thread only.
            super().__init__(**{"miniters": 1, **kwargs})

        def display(self, msg: str | None = None, *args: Any, **kwargs: Any) -> Any:
            if msg is None and not kwargs.get("close"):
                values = {"_".join(path): value for path, value in self._values()}
                self.set_postfix(values, refresh=False)
            return super().display(msg, *args, **kwargs)

    return Bar


def _check_events(event_name: Any, closing_event_name: Any) -> bool:
    """Return whether there is a bar per epoch."""
    if event_name not in _ITERATION_EVENTS + _EPOCH_EVENTS:
        raise ValueError(
            f"event_name={event_name!r}, but a bar counts iterations or epochs; take an event of "
            "these, such as ITERATION_COMPLETED."
        )
    if isinstance(closing_event_name, CallableEventWithFilter) and closing_event_name.filter:
        raise ValueError("closing_event_name= takes an event without a filter.")
    if closing_event_name == Events.COMPLETED:
        return False
    if closing_event_name == Events.EPOCH_COMPLETED and event_name in _ITERATION_EVENTS:
        return True
    raise ValueError(
        f"The bar cannot end on {closing_event_name!r}: with COMPLETED it counts the whole run, "
        "with EPOCH_COMPLETED the iterations of an epoch."
    )


def _total(state: RunState, event_name: Any, per_epoch: bool) -> int | None:
    """Return how many there will be, if that is known."""
    if event_name in _EPOCH_EVENTS:
        return state.max_epochs
    if per_epoch:
        return state.epoch_length
    if state.max_iters is not None:
        return state.max_iters
    if state.max_epochs is None or state.epoch_length is None:
        return None
    return state.max_epochs * state.epoch_length
