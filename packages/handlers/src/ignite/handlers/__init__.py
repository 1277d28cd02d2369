"""Checkpoints, schedules, early stopping and loggers for any event-driven loop."""

from __future__ import annotations

import sys

if (_spec := sys.modules["ignite"].__spec__) is not None and _spec.origin is not None:
    raise ImportError(
        f"Another distribution owns the name 'ignite' ({_spec.origin}), and hides parts of this "
        "one. Run 'pip uninstall pytorch-ignite' (or whatever installed that file), then install "
        "the ignite-* packages again with 'pip install --force-reinstall --no-deps'."
    )

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ignite.handlers.checkpoint import Checkpoint, ModelCheckpoint
    from ignite.handlers.disk_saver import DiskSaver
    from ignite.handlers.early_stopping import EarlyStopping
    from ignite.handlers.interface import (
        BaseSaveHandler,
        CheckpointError,
        CheckpointMismatchError,
        CheckpointNotFoundError,
        CheckpointReadError,
        CheckpointWriteError,
        MissingExtraError,
        Serializable,
    )
    from ignite.handlers.param_scheduler import (
        ConcatScheduler,
        CosineAnnealingScheduler,
        CyclicalScheduler,
        LinearCyclicalScheduler,
        LRScheduler,
        ParamScheduler,
        PiecewiseLinear,
        create_lr_scheduler_with_warmup,
    )
    from ignite.handlers.preemption import PreemptionHandler
    from ignite.handlers.tensorboard_logger import TensorboardLogger
    from ignite.handlers.tqdm_logger import ProgressBar
    from ignite.handlers.utils import global_step_from_engine

__all__ = [
    "BaseSaveHandler",
    "Checkpoint",
    "CheckpointError",
    "CheckpointMismatchError",
    "CheckpointNotFoundError",
    "CheckpointReadError",
    "CheckpointWriteError",
    "ConcatScheduler",
    "CosineAnnealingScheduler",
    "CyclicalScheduler",
    "DiskSaver",
    "EarlyStopping",
    "LRScheduler",
    "LinearCyclicalScheduler",
    "MissingExtraError",
    "ModelCheckpoint",
    "ParamScheduler",
    "PiecewiseLinear",
    "PreemptionHandler",
    "ProgressBar",
    "Serializable",
    "TensorboardLogger",
    "create_lr_scheduler_with_warmup",
    "global_step_from_engine",
]

# Where each name is; its module is imported when the name is first used.
_HOMES = {
    name: module
    for module, names in {
        "checkpoint": ("Checkpoint", "ModelCheckpoint"),
        "disk_saver": ("DiskSaver",),
        "early_stopping": ("EarlyStopping",),
        "interface": (
            "BaseSaveHandler",
            "CheckpointError",
            "CheckpointMismatchError",
            "CheckpointNotFoundError",
            "CheckpointReadError",
            "CheckpointWriteError",
            "MissingExtraError",
            "Serializable",
        ),
        "param_scheduler": (
            "ConcatScheduler",
            "CosineAnnealingScheduler",
            "CyclicalScheduler",
            "LRScheduler",
            "LinearCyclicalScheduler",
            "ParamScheduler",
            "PiecewiseLinear",
            "create_lr_scheduler_with_warmup",
        ),
        "preemption": ("PreemptionHandler",),
        "tensorboard_logger": ("TensorboardLogger",),
        "tqdm_logger": ("ProgressBar",),
        "utils": ("global_step_from_engine",),
    }.items()
    for name in names
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
