"""Saving the state of a run, keeping the best, and loading it again."""

from __future__ import annotations

import inspect
from collections import OrderedDict
from collections.abc import Callable, Mapping
from numbers import Integral, Real
from pathlib import Path
from typing import Any, Protocol

from ignite.distributed.interface import current_backend
from ignite.events.interface import Events, EventSource
from ignite.handlers._filename import check_pattern, fill_pattern, setup_filename_pattern
from ignite.handlers._load import check_objects, load_objects
from ignite.handlers._retention import Item, is_wanted, keep_best
from ignite.handlers._unwrap import unwrap
from ignite.handlers.disk_saver import DiskSaver
from ignite.handlers.interface import BaseSaveHandler, Serializable

__all__ = ["BaseSaveHandler", "Checkpoint", "DiskSaver", "ModelCheckpoint"]

_SELF = "checkpointer"


class Checkpoint:
    """Saves objects' states when its event is fired, and keeps the best or the last ones.

    A file is named ``{filename_prefix}_{name}_{global_step}_{score_name}={score}.pt``
    without the parts that were not given: ``name`` is the key of the object, or
    ``checkpoint`` when there are several; the step is left out of scored names unless
    ``global_step_transform`` is given; a score that is no integer is written to four
    decimals. The file of a single object holds its state, that of several a mapping from
    their keys to their states. Models are saved without data-parallel and compiler wrappers.

    The new checkpoint is saved before an older one is removed. If saving fails, nothing is
    removed and the handler is as it was.

    **Ranks.** Attach it on every rank. All take the objects' states, so a state that is
    gathered from the ranks may be among them (a metric's is); ``save_on_rank`` writes,
    and the others go on without waiting and keep the same record. The score function,
    too, runs on every rank and may be collective; scores should be equal on all.

    Args:
        to_save: the objects by name; each has ``state_dict`` and ``load_state_dict``.
        save_handler: a folder, for a :class:`DiskSaver`; or a :class:`BaseSaveHandler`; or
            a function of ``(checkpoint, filename)`` or ``(checkpoint, filename,
            metadata)``, from which nothing is ever removed.
        filename_prefix: begins the file names.
        score_function: gives the priority of a checkpoint, larger is better, from the
            event source; the step is the priority when left out. NaN is worse than all.
        score_name: the score's name in file names. Alone, it is the name of the metric
            in ``state.metrics`` that is the score.
        n_saved: how many to keep; None keeps all.
        global_step_transform: gives the step from the event source and the event;
            ``state.iteration`` when left out.
        filename_pattern: a format string instead of the one above, of the fields
            ``filename_prefix``, ``name``, ``global_step``, ``score_name``, ``score``, ``ext``.
        include_self: also save this handler's own record, under ``checkpointer``.
        greater_or_equal: let a score that equals the least one kept take its place.
        save_on_rank: the rank that writes.

    Raises:
        TypeError: an argument is of the wrong type.
        ValueError: one is out of range, or the folder is refused by :class:`DiskSaver`.

    >>> import tempfile, torch
    >>> from ignite.events.testing import RecordingEventSource
    >>> model, evaluator = torch.nn.Linear(2, 1), RecordingEventSource()
    >>> best = Checkpoint(
    ...     {"model": model}, tempfile.mkdtemp(), "best", score_name="accuracy", n_saved=2
    ... )
    >>> for evaluator.state.metrics["accuracy"] in (0.5, 0.9, 0.8):
    ...     best(evaluator)
    >>> sorted(path.name for path in best.last_checkpoint.parent.iterdir())
    ['best_model_accuracy=0.8000.pt', 'best_model_accuracy=0.9000.pt']
    >>> Checkpoint.load_objects({"model": model}, best.last_checkpoint)
    """

    ext = "pt"

    def __init__(
        self,
        to_save: Mapping[str, Serializable],
        save_handler: str | Path | Callable[..., None] | BaseSaveHandler,
        filename_prefix: str = "",
        score_function: Callable[[Any], float] | None = None,
        score_name: str | None = None,
        n_saved: int | None = 1,
        global_step_transform: Callable[[Any, Any], int] | None = None,
        filename_pattern: str | None = None,
        include_self: bool = False,
        greater_or_equal: bool = False,
        save_on_rank: int = 0,
    ) -> None:
        check_objects(to_save, "state_dict")
        for name, function in (
            ("score_function", score_function),
            ("global_step_transform", global_step_transform),
        ):
            if function is not None and not callable(function):
                raise TypeError(f"{name}= takes a function, got {function!r}.")
        if n_saved is not None and n_saved < 1:
            raise ValueError(f"n_saved= takes a positive integer or None, got {n_saved!r}.")
        if include_self and _SELF in to_save:
            raise ValueError(
                f"With include_self=True the key {_SELF!r} is taken; rename it in to_save."
            )
        if filename_pattern is not None:
            check_pattern(filename_pattern)
        self.to_save = to_save
        self.save_handler, self._takes_metadata = _as_save_handler(save_handler, save_on_rank)
        self.filename_prefix = filename_prefix
        if score_function is None and score_name is not None:
            score_function = self.get_default_score_fn(score_name)
        self.score_function = score_function
        self.score_name = score_name
        self.n_saved = n_saved
        self.global_step_transform = global_step_transform
        self.filename_pattern = filename_pattern
        self.include_self = include_self
        self.greater_or_equal = greater_or_equal
        self.save_on_rank = save_on_rank
        self._saved: list[Item] = []

    # -- saving -------------------------------------------------------------------------

    def __call__(self, engine: EventSource) -> None:
        """Save, if the priority is among the best; then remove what is no longer.

        Raises:
            ValueError: the score is no number.
            RuntimeError: there are no objects to save.
            CheckpointWriteError: it could not be saved.
        """
        if not self.to_save:
            raise RuntimeError("There are no objects to save; give some in to_save.")
        step = self._global_step(engine)
        priority = step if self.score_function is None else _number(self.score_function(engine))
        if not is_wanted(priority, self._saved, self.n_saved, self.greater_or_equal):
            return
        new = Item(priority, self._filename(step, priority))
        kept, surplus = keep_best(new, self._saved, self.n_saved)
        states = self._states(kept)
        if self._writes:
            self._save(states, new)
        self._saved = surplus + kept
        for item in surplus:
            if self._writes and isinstance(self.save_handler, BaseSaveHandler):
                self.save_handler.remove(item.filename)
            self._saved.remove(item)

    @property
    def last_checkpoint(self) -> Path | str | None:
        """The best checkpoint kept, the newest where there is no score; None before the first.

        Its path, if it is in a folder; else its name.
        """
        if not self._saved:
            return None
        filename = self._saved[-1].filename
        if isinstance(self.save_handler, DiskSaver):
            return self.save_handler.dirname / filename
        return filename

    def reset(self) -> None:
        """Forget what was saved, as at the start of another run; files stay."""
        self._saved = []

    def state_dict(self) -> OrderedDict[str, list[tuple[float, str]]]:
        """Return the record of what is kept, as (priority, file name) by rising priority."""
        return OrderedDict(_saved=_plain(self._saved))

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take on a record that :meth:`state_dict` returned.

        Raises:
            ValueError: it is none.
        """
        if "_saved" not in state_dict:
            raise ValueError(
                f"The state of a Checkpoint has the key '_saved', got {list(state_dict)}."
            )
        self._saved = [Item(*item) for item in state_dict["_saved"]]

    @property
    def _writes(self) -> bool:
        return current_backend().rank == self.save_on_rank

    def _global_step(self, engine: EventSource) -> int:
        if self.global_step_transform is not None:
            return self.global_step_transform(engine, engine.last_event_name)
        return engine.state.get_event_attrib_value(Events.ITERATION_COMPLETED)

    @property
    def _name(self) -> str:
        return next(iter(self.to_save)) if len(self.to_save) == 1 else "checkpoint"

    def _filename(self, step: int, priority: float) -> str:
        has_score = self.score_function is not None
        pattern = self.filename_pattern or self.setup_filename_pattern(
            with_prefix=bool(self.filename_prefix),
            with_score=has_score,
            with_score_name=has_score and self.score_name is not None,
            with_global_step=not has_score or self.global_step_transform is not None,
        )
        return self._fill(pattern, global_step=step, score=priority if has_score else None)

    def _fill(self, pattern: str, **components: Any) -> str:
        own = {
            "filename_prefix": self.filename_prefix,
            "name": self._name,
            "score_name": self.score_name,
            "ext": self.ext,
        }
        return fill_pattern(pattern, **{**own, **components})

    def _states(self, kept: list[Item]) -> Mapping[str, Any]:
        states: dict[str, Mapping[str, Any]]
        states = {name: unwrap(obj).state_dict() for name, obj in self.to_save.items()}
        if self.include_self:
            return {**states, _SELF: {"_saved": _plain(kept)}}
        if len(states) > 1:
            return states
        (only,) = states.values()
        return only

    def _save(self, states: Mapping[str, Any], new: Item) -> None:
        if not self._takes_metadata:
            self.save_handler(states, new.filename)
            return
        prefix = f"{self.filename_prefix}_" if self.filename_prefix else ""
        metadata = {
            "basename": prefix + self._name,
            "score_name": self.score_name,
            "priority": new.priority,
        }
        self.save_handler(states, new.filename, metadata)

    # -- loading ------------------------------------------------------------------------

    load_objects = staticmethod(load_objects)

    def reload_objects(
        self,
        to_load: Mapping[str, Serializable],
        load_kwargs: Mapping[str, bool] | None = None,
        **filename_components: Any,
    ) -> None:
        """Load a checkpoint that this handler saved to its folder, by parts of its name.

        Args:
            to_load: as in :meth:`load_objects`.
            load_kwargs: ``strict`` and ``assign`` of :meth:`load_objects`.
            filename_components: ``global_step``, ``score``, ``name`` …, as far as they
                are part of the name.

        Raises:
            TypeError: the handler does not save to a folder.
            ValueError: neither a step nor a score is given.
            CheckpointError: as :meth:`load_objects` raises.
        """
        if not isinstance(self.save_handler, DiskSaver):
            raise TypeError(
                "Only checkpoints that a DiskSaver saved can be loaded again by name; "
                "use load_objects() with what your save handler has."
            )
        has_score = "score" in filename_components
        pattern = self.filename_pattern or self.setup_filename_pattern(
            with_prefix=bool(filename_components.get("filename_prefix", self.filename_prefix)),
            with_score=has_score,
            with_score_name=has_score and self.score_name is not None,
            with_global_step="global_step" in filename_components,
        )
        path = self.save_handler.dirname / self._fill(pattern, **filename_components)
        self.load_objects(to_load, path, **(load_kwargs or {}))

    # -- names and scores ---------------------------------------------------------------

    @staticmethod
    def get_default_score_fn(
        metric_name: str, score_sign: float = 1.0
    ) -> Callable[[EventSource], float]:
        """Return a score function that reads a metric.

        Args:
            metric_name: its name in ``state.metrics``.
            score_sign: 1.0, or -1.0 for a metric of which less is better.

        Raises:
            ValueError: the sign is neither.
        """
        if score_sign not in (1.0, -1.0):
            raise ValueError(f"score_sign= is 1.0 or -1.0, got {score_sign!r}.")

        def score(engine: EventSource) -> float:
            value: float = score_sign * engine.state.metrics[metric_name]
            return value

        return score

    setup_filename_pattern = staticmethod(setup_filename_pattern)


class ModelCheckpoint(Checkpoint):
    """A :class:`Checkpoint` into a folder that is given the objects where it is attached.

    Args:
        dirname: the folder.
        filename_prefix: as in :class:`Checkpoint`, and so are the others but these:
        score_function: as there.
        score_name: as there.
        n_saved: as there.
        atomic: of :class:`DiskSaver`.
        require_empty: of :class:`DiskSaver`.
        create_dir: of :class:`DiskSaver`.
        global_step_transform: as there.
        filename_pattern: as there.
        include_self: as there.
        greater_or_equal: as there.
        save_on_rank: as there.
        kwargs: further arguments of ``torch.save``.

    >>> import tempfile, torch
    >>> from ignite.events.testing import RecordingEventSource
    >>> from ignite.events.interface import Events
    >>> trainer = RecordingEventSource()
    >>> handler = ModelCheckpoint(tempfile.mkdtemp(), "last")
    >>> model = {"model": torch.nn.Linear(1, 1)}
    >>> handle = trainer.add_event_handler(Events.EPOCH_COMPLETED, handler, model)
    >>> trainer.run([1, 2, 3])
    >>> handler.last_checkpoint.name
    'last_model_3.pt'
    """

    def __init__(
        self,
        dirname: str | Path,
        filename_prefix: str = "",
        score_function: Callable[[Any], float] | None = None,
        score_name: str | None = None,
        n_saved: int | None = 1,
        atomic: bool = True,
        require_empty: bool = True,
        create_dir: bool = True,
        global_step_transform: Callable[[Any, Any], int] | None = None,
        filename_pattern: str | None = None,
        include_self: bool = False,
        greater_or_equal: bool = False,
        save_on_rank: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            to_save={},
            save_handler=DiskSaver(
                dirname,
                atomic=atomic,
                create_dir=create_dir,
                require_empty=require_empty,
                save_on_rank=save_on_rank,
                **kwargs,
            ),
            filename_prefix=filename_prefix,
            score_function=score_function,
            score_name=score_name,
            n_saved=n_saved,
            global_step_transform=global_step_transform,
            filename_pattern=filename_pattern,
            include_self=include_self,
            greater_or_equal=greater_or_equal,
            save_on_rank=save_on_rank,
        )

    def __call__(  # type: ignore[override]
        self, engine: EventSource, to_save: Mapping[str, Serializable]
    ) -> None:
        """Save ``to_save`` as :class:`Checkpoint` does."""
        check_objects(to_save, "state_dict")
        self.to_save = to_save
        super().__call__(engine)


class _Save(Protocol):
    def __call__(self, checkpoint: Mapping[str, Any], filename: str, *metadata: Any) -> None: ...


def _as_save_handler(handler: Any, save_on_rank: int) -> tuple[_Save, bool]:
    """Return the save handler, and whether it takes metadata."""
    if isinstance(handler, (str, Path)):
        handler = DiskSaver(handler, save_on_rank=save_on_rank)
    if not callable(handler):
        raise TypeError(
            f"save_handler= takes a folder, a save handler or a function, got {handler!r}."
        )
    if isinstance(handler, DiskSaver) and handler.save_on_rank != save_on_rank:
        raise ValueError(
            f"The checkpoint is for rank {save_on_rank} to save, its DiskSaver writes on rank "
            f"{handler.save_on_rank}; give both the same save_on_rank=."
        )
    try:
        inspect.signature(handler).bind("checkpoint", "filename", "metadata")
    except TypeError:
        return handler, False
    return handler, True


def _number(score: Any) -> float:
    if isinstance(score, Integral):
        return int(score)
    if isinstance(score, Real):
        return float(score)
    raise ValueError(
        f"A score is a number, got {type(score).__name__} from score_function; "
        "take .item() of a tensor."
    )


def _plain(items: list[Item]) -> list[tuple[float, str]]:
    return [(item.priority, item.filename) for item in items]
