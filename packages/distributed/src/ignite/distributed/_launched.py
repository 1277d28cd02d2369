"""What the launcher told this process, in the words of torchrun, whichever it was."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from ignite.distributed._layout import Layout, Where
from ignite.distributed._slurm import step_variables

__all__ = ["is_rank", "launched", "told_in_environment", "told_layout", "whereabouts"]

_IDENTITY = ("RANK", "WORLD_SIZE", "LOCAL_RANK")
_PLACE = ("LOCAL_RANK", "LOCAL_WORLD_SIZE", "GROUP_WORLD_SIZE", "GROUP_RANK")
_WORDS = (*_IDENTITY, *_PLACE, "MASTER_ADDR", "MASTER_PORT")


def launched() -> dict[str, str]:
    """Return ``RANK``, ``WORLD_SIZE``, ``LOCAL_RANK`` and so on, as far as they are known.

    They come from the environment, as torchrun or the user set them, and in a task of srun
    from SLURM. In such a task those of a launcher that was started there are the ones
    that count; it is known by the ``LOCAL_WORLD_SIZE`` that it sets.

    Raises:
        ValueError: what was set by hand contradicts SLURM.
    """
    told = {name: os.environ[name] for name in _WORDS if name in os.environ}
    step = step_variables(os.environ)
    if not step or "LOCAL_WORLD_SIZE" in told:
        return told
    unlike = [name for name in _IDENTITY if told.get(name, step[name]) != step[name]]
    if unlike:
        shown = ", ".join(f"{name}={told[name]} (SLURM: {step[name]})" for name in unlike)
        raise ValueError(
            f"The environment and SLURM contradict each other: {shown}. Unset {', '.join(unlike)} "
            "to be a task of srun, or unset SLURM_STEP_NUM_TASKS not to be one."
        )
    return {**step, **told}


def is_rank(told: Mapping[str, str]) -> bool:
    """Return whether a launcher has started this process as one rank of a world."""
    return "RANK" in told and "WORLD_SIZE" in told


def told_layout(rank: int, world_size: int) -> Layout | None:
    """Return the place of ``rank``, if that is what the launcher started and said all of it."""
    told = launched()
    identity = str(rank), str(world_size)
    if (told.get("RANK"), told.get("WORLD_SIZE")) != identity or not told.keys() >= set(_PLACE):
        return None
    return Layout(*(int(told[name]) for name in _PLACE))


def whereabouts(rank: int) -> Where:
    """Return what this process knows of the place of ``rank``, which it is; never raises."""
    for of_rank, of_place in (("RANK", "LOCAL_RANK"), ("SLURM_PROCID", "SLURM_LOCALID")):
        local_rank = os.environ.get(of_place, "")
        if os.environ.get(of_rank) == str(rank) and local_rank.isdecimal():
            return Where(socket.gethostname(), int(local_rank))
    return Where(socket.gethostname())


@contextmanager
def told_in_environment() -> Iterator[None]:
    """Set for a while the variables that this process would have, had torchrun started it."""
    added = {name: text for name, text in launched().items() if name not in os.environ}
    os.environ.update(added)
    try:
        yield
    finally:
        for name in added:
            os.environ.pop(name, None)
