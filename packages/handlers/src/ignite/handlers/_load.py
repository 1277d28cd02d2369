"""Loading a checkpoint into objects, after a look at whether it fits."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch.nn import Module

from ignite.handlers._fit import check_fit
from ignite.handlers._read import read_checkpoint
from ignite.handlers._unwrap import unwrap
from ignite.handlers.errors import CheckpointMismatchError
from ignite.handlers.interface import Serializable

__all__ = ["check_objects", "load_objects"]


def load_objects(
    to_load: Mapping[str, Serializable],
    checkpoint: str | Path | Mapping[str, Any],
    *,
    strict: bool = True,
    assign: bool = False,
) -> None:
    """Load a checkpoint into objects; not collective, each rank loads for itself.

    A file is read with ``torch.load(..., weights_only=True)``: no code in it is run.
    What can be known before is checked before any object is changed: that each
    object has its state, and, for modules and optimizers, that names, shapes and
    parameter groups fit (modules with loading rules of their own are the exception).

    Args:
        to_load: the objects by the names they were saved under. With a single
            object, the checkpoint may also be its state itself.
        checkpoint: a file, or what it holds.
        strict: for modules: whether the names must be the same on both sides.
        assign: for modules: take the tensors themselves instead of copying them.

    Raises:
        TypeError: an object cannot load, or the checkpoint is of another type.
        CheckpointNotFoundError: there is no such file.
        CheckpointReadError: it is no checkpoint, is broken or not safe to load.
        CheckpointMismatchError: it does not fit the objects.
    """
    check_objects(to_load, "load_state_dict")
    if not isinstance(checkpoint, (str, Path, Mapping)):
        raise TypeError(f"A checkpoint is a path or a mapping, got {type(checkpoint).__name__}.")
    content = checkpoint if isinstance(checkpoint, Mapping) else read_checkpoint(checkpoint)
    objects = {name: unwrap(obj) for name, obj in to_load.items()}
    if len(objects) == 1 and not objects.keys() <= content.keys():
        content = dict.fromkeys(objects, content)
    if missing := [name for name in objects if name not in content]:
        raise CheckpointMismatchError(
            f"The checkpoint has no state for {missing}, but for {list(content)}; "
            "ask for these, or take another checkpoint."
        )
    for name, obj in objects.items():
        check_fit(name, obj, content[name], strict)
    for name, obj in objects.items():
        options = {"strict": strict, "assign": assign} if isinstance(obj, Module) else {}
        try:
            obj.load_state_dict(content[name], **options)
        except Exception as error:
            raise CheckpointMismatchError(
                f"{name!r} ({type(obj).__name__}) does not take its state: {error} "
                "What comes before it in to_load is loaded already, so do not go on with "
                "these objects: take another checkpoint, or make them anew."
            ) from error


def check_objects(objects: Any, method: str) -> None:
    """Return if these are objects by name that all have the method.

    Raises:
        TypeError: they are not.
    """
    if not isinstance(objects, Mapping):
        raise TypeError(f"Objects are given by name, in a mapping; got {type(objects).__name__}.")
    for name, obj in objects.items():
        if not callable(getattr(obj, method, None)):
            raise TypeError(
                f"{name!r} is {type(obj).__name__}, which has no {method}() method; give it one, "
                "or leave the object out."
            )
