"""What tests of handlers and of their dependants need."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from ignite.distributed.interface import current_backend
from ignite.events.interface import Events
from ignite.events.testing import RecordingEventSource
from ignite.handlers.checkpoint import Checkpoint
from ignite.handlers.disk_saver import DiskSaver
from ignite.handlers.interface import BaseSaveHandler
from ignite.handlers.preemption import PreemptionHandler
from ignite.handlers.tensorboard_logger import TensorboardLogger
from ignite.handlers.tqdm_logger import ProgressBar

__all__ = [
    "Gathered",
    "MemorySaver",
    "log_on_ranks",
    "preempt_on_ranks",
    "save_gathered_on_ranks",
    "save_on_ranks",
]


class MemorySaver(BaseSaveHandler):
    """Keeps checkpoints in memory, by file name, and what was done in order.

    >>> saver = MemorySaver()
    >>> saver({"weight": 1}, "model_1.pt")
    >>> saver.remove("model_1.pt")
    >>> saver.saved, saver.calls
    ({}, [('save', 'model_1.pt'), ('remove', 'model_1.pt')])
    """

    def __init__(self) -> None:
        self.saved: dict[str, Mapping[str, Any]] = {}
        self.metadata: dict[str, Mapping[str, Any] | None] = {}
        self.calls: list[tuple[str, str]] = []

    def __call__(
        self,
        checkpoint: Mapping[str, Any],
        filename: str,
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        """Keep it."""
        self.calls.append(("save", filename))
        self.saved[filename] = checkpoint
        self.metadata[filename] = metadata

    def remove(self, filename: str) -> None:
        """Forget it."""
        self.calls.append(("remove", filename))
        del self.saved[filename]


def save_on_ranks(folder: str, save_on_rank: int) -> tuple[list[str], str, int]:
    """Save a model that knows its rank, on a world, to a folder and to memory.

    Returns:
        The files seen, the last checkpoint by the record, and how many checkpoints this
        rank has in memory.
    """
    world = current_backend()
    model = torch.nn.Linear(1, 1)
    torch.nn.init.constant_(model.weight, world.rank)
    source = RecordingEventSource()
    saver = DiskSaver(folder, save_on_rank=save_on_rank)
    handler = Checkpoint({"model": model}, saver, n_saved=1, save_on_rank=save_on_rank)
    memory = MemorySaver()
    in_memory = Checkpoint({"model": model}, memory, n_saved=2, save_on_rank=save_on_rank)
    source.add_event_handler(Events.EPOCH_COMPLETED, handler)
    source.add_event_handler(Events.EPOCH_COMPLETED, in_memory)
    source.run([1, 2], epochs=3)
    world.barrier()
    files = sorted(path.name for path in Path(folder).iterdir())
    return files, str(handler.last_checkpoint), len(memory.saved)


class Gathered:
    """Its state is gathered from all ranks, as a metric's is."""

    def state_dict(self) -> dict[str, Any]:
        """Return the ranks (collective)."""
        backend = current_backend()
        return {"ranks": backend.all_gather(backend.rank)}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take on nothing."""


def save_gathered_on_ranks(folder: str) -> None:
    """Save an object whose state is gathered, on a world."""
    source = RecordingEventSource()
    source.add_event_handler(Events.COMPLETED, Checkpoint({"gathered": Gathered()}, folder))
    source.run([1])


def preempt_on_ranks(signals: Mapping[int, int], epochs: int) -> tuple[int, int | None, bool]:
    """Run on a world, where some ranks get a signal in the second epoch.

    Args:
        signals: the signal by rank.
        epochs: epochs to run if nothing ends the run.

    Returns:
        The epoch at which the run ended, the agreed signal, and whether the signal
        handlers are what they were before.
    """
    rank = current_backend().rank
    source, preemption = RecordingEventSource(), PreemptionHandler()
    preemption.attach(source)
    before = [signal.getsignal(number) for number in preemption.signals]

    def step(batch: Any) -> None:
        if (source.state.epoch, batch) == (2, 1) and rank in signals:
            os.kill(os.getpid(), signals[rank])

    source.run([1, 2], step, epochs)
    after = [signal.getsignal(number) for number in preemption.signals]
    return source.state.epoch, preemption.signum, before == after


def log_on_ranks(folder: str) -> tuple[list[str], int]:
    """Log on a world; return the files of this rank and the length of what its bar showed."""
    rank = current_backend().rank
    own, screen = Path(folder, str(rank)), Path(folder, f"screen-{rank}")
    source = RecordingEventSource()
    with screen.open("w") as file, TensorboardLogger(log_dir=own) as logger:
        ProgressBar(file=file).attach(source)
        logger.attach_output_handler(
            source, Events.ITERATION_COMPLETED, tag="training", output_transform=float
        )
        logger.add_text("rank", str(rank))
        source.run([1, 2, 3])
    files = [path.name for path in own.iterdir()] if own.exists() else []
    return files, screen.stat().st_size
