"""Checkpoint files, read without running what is in them."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from ignite.handlers.errors import CheckpointNotFoundError, CheckpointReadError

__all__ = ["read_checkpoint"]


def read_checkpoint(path: str | Path) -> Mapping[str, Any]:
    """Return what the file holds, its tensors on the CPU.

    Raises:
        CheckpointNotFoundError: there is no such file.
        CheckpointReadError: it is broken, is no checkpoint, or holds what is not safe to load.
    """
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError as error:
        raise CheckpointNotFoundError(
            f"There is no checkpoint {str(path)!r}; look at the name and the folder."
        ) from error
    except pickle.UnpicklingError as error:
        raise CheckpointReadError(
            f"The file {str(path)!r} was not loaded: it is no checkpoint, is broken, or holds "
            "objects other than tensors, numbers, strings and containers, which could run code. "
            "Take another file; save states (state_dict()), not objects."
        ) from error
    except Exception as error:
        raise CheckpointReadError(
            f"The file {str(path)!r} could not be read as a checkpoint: "
            f"{_first_line(error)}. It is broken or of another kind; take another one."
        ) from error
    if not isinstance(content, Mapping):
        raise CheckpointReadError(
            f"The file {str(path)!r} holds {type(content).__name__}, not states by name; "
            "it was not made by Checkpoint. Take another file."
        )
    return content


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0].rstrip('.')}" if lines else type(error).__name__
