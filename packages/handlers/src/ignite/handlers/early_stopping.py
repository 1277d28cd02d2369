"""Ending a run that no longer gets better."""

from __future__ import annotations

import logging
import math
import warnings
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, Literal

from ignite.events.interface import AnyEvent, Events, EventSource, Stoppable

__all__ = ["EarlyStopping"]

_logger = logging.getLogger(__name__)


class EarlyStopping:
    """Ends the trainer's run when the score has not improved for ``patience`` evaluations.

    Nothing here is collective, but every rank must come to the same decision: attach it on
    all ranks, with a score that is equal on all of them, as that of a reduced metric is.

    Args:
        patience: evaluations in a row without improvement that end the run; 1 or more.
        score_function: gives the score from the event source it is attached to. NaN is
            never an improvement.
        trainer: the run to end.
        threshold: what a score must exceed the best one by to be an improvement.
        cumulative: compare with the last score that was an improvement; otherwise with
            the best seen, so that many small steps do not add up to one.
        threshold_mode: ``"abs"``: the threshold itself; ``"rel"``: that part of the best
            score's magnitude.
        mode: whether the larger score is better, or the smaller.
        min_delta: old name of ``threshold``.
        min_delta_mode: old name of ``threshold_mode``.
        cumulative_delta: old name of ``cumulative``.

    Raises:
        TypeError: ``score_function`` is no function, or ``trainer`` cannot be terminated.
        ValueError: another argument is out of range.

    Attributes:
        counter: evaluations since the last improvement.
        best_score: the score to beat; None before the first.

    >>> from ignite.events.testing import RecordingEventSource
    >>> trainer, evaluator = RecordingEventSource(), RecordingEventSource()
    >>> stopping = EarlyStopping(2, lambda source: source.state.metrics["accuracy"], trainer)
    >>> for evaluator.state.metrics["accuracy"] in (0.5, 0.9, 0.8, 0.9):
    ...     stopping(evaluator)
    >>> stopping.best_score, stopping.counter, trainer.terminated
    (0.9, 2, True)
    """

    def __init__(
        self,
        patience: int,
        score_function: Callable[[Any], float],
        trainer: Stoppable,
        threshold: float = 0.0,
        cumulative: bool = False,
        threshold_mode: Literal["abs", "rel"] = "abs",
        mode: Literal["min", "max"] = "max",
        min_delta: float | None = None,
        min_delta_mode: Literal["abs", "rel"] | None = None,
        cumulative_delta: bool | None = None,
    ) -> None:
        threshold = _renamed("threshold", threshold, "min_delta", min_delta)
        threshold_mode = _renamed(
            "threshold_mode", threshold_mode, "min_delta_mode", min_delta_mode
        )
        cumulative = _renamed("cumulative", cumulative, "cumulative_delta", cumulative_delta)
        if not callable(score_function):
            raise TypeError(f"score_function= takes a function, got {score_function!r}.")
        if not isinstance(trainer, Stoppable):
            raise TypeError(
                f"trainer= takes an event source with terminate(), got {type(trainer).__name__}."
            )
        if not isinstance(patience, int) or patience < 1:
            raise ValueError(f"patience= takes a positive integer, got {patience!r}.")
        if threshold < 0:
            raise ValueError(f"threshold= takes a number from 0 on, got {threshold!r}.")
        if threshold_mode not in ("abs", "rel"):
            raise ValueError(f"threshold_mode= is 'abs' or 'rel', got {threshold_mode!r}.")
        if mode not in ("min", "max"):
            raise ValueError(f"mode= is 'min' or 'max', got {mode!r}.")
        self.patience = patience
        self.score_function = score_function
        self.trainer = trainer
        self.threshold = threshold
        self.cumulative = cumulative
        self.threshold_mode = threshold_mode
        self.mode = mode
        self.counter = 0
        self.best_score: float | None = None

    def attach(
        self,
        engine: EventSource,
        event: AnyEvent = Events.COMPLETED,
        reset_engine: EventSource | None = None,
        reset_event: AnyEvent = Events.STARTED,
    ) -> None:
        """Look at the score on ``event``, and begin anew on ``reset_event``.

        Args:
            engine: what is scored, such as an evaluator.
            event: when to look.
            reset_engine: whose ``reset_event`` it is; the trainer's when left out.
            reset_event: when to begin anew. A ``STARTED`` of a run that goes on from an
                earlier state does not count, so that a loaded state lasts.
        """
        engine.add_event_handler(event, self)
        (reset_engine or self.trainer).add_event_handler(reset_event, self._begin_anew)

    def __call__(self, engine: EventSource) -> None:
        """Score once, and end the trainer's run if that was one too many without improvement."""
        score = float(self.score_function(engine))
        best = self.best_score
        if not math.isnan(score) and (best is None or self._exceeds(score, best, self.threshold)):
            self.best_score = score
            self.counter = 0
            return
        if best is not None and not self.cumulative and self._exceeds(score, best, 0.0):
            self.best_score = score
        self.counter += 1
        if self.counter >= self.patience:
            _logger.info(
                "No improvement over %s in %s evaluations: the run ends.", best, self.counter
            )
            self.trainer.terminate()

    def reset(self) -> None:
        """Begin anew: no score seen, nothing counted."""
        self.counter = 0
        self.best_score = None

    def state_dict(self) -> OrderedDict[str, Any]:
        """Return the counter and the best score."""
        return OrderedDict(counter=self.counter, best_score=self.best_score)

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on from a state that :meth:`state_dict` returned.

        Raises:
            ValueError: it is none; nothing is changed.
        """
        if missing := {"counter", "best_score"} - state_dict.keys():
            raise ValueError(
                f"The state of an EarlyStopping has a counter and a best_score; missing: "
                f"{sorted(missing)}."
            )
        self.counter = state_dict["counter"]
        self.best_score = state_dict["best_score"]

    def _begin_anew(self, source: EventSource) -> None:
        goes_on = source.last_event_name == Events.STARTED and source.state.iteration > 0
        if not goes_on:
            self.reset()

    def _exceeds(self, score: float, best: float, threshold: float) -> bool:
        margin = threshold if self.threshold_mode == "abs" else threshold * abs(best)
        return score > best + margin if self.mode == "max" else score < best - margin


def _renamed(name: str, value: Any, old_name: str, old_value: Any) -> Any:
    if old_value is None:
        return value
    warnings.warn(f"{old_name}= is now {name}=.", DeprecationWarning, stacklevel=3)
    return old_value
