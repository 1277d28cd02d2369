"""Checkpoints in a folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

import torch

from ignite.distributed.interface import current_backend
from ignite.handlers._atomic_file import replace_file
from ignite.handlers.errors import CheckpointWriteError
from ignite.handlers.interface import BaseSaveHandler

__all__ = ["DiskSaver"]


class DiskSaver(BaseSaveHandler):
    """Saves checkpoints as files of ``torch.save`` in one folder.

    Nothing here is collective: rank ``save_on_rank`` alone looks at the folder and
    writes; on the others every call returns at once.

    Args:
        dirname: the folder.
        atomic: write beside the file and rename, so that a file is whole or absent,
            whatever fails, and is on the disk when the call returns. Without it a
            process that dies leaves part of a file.
        create_dir: make the folder, with its parents, if there is none.
        require_empty: refuse a folder that has ``.pt`` files, which may be those of
            another run.
        save_on_rank: the rank that writes.
        kwargs: further arguments of ``torch.save``.

    Raises:
        ValueError: there is no such folder, it is no folder, or it is not empty.
        CheckpointWriteError: it could not be made.

    >>> import tempfile
    >>> folder = tempfile.mkdtemp()
    >>> saver = DiskSaver(folder)
    >>> saver({"weight": torch.zeros(2)}, "model_1.pt")
    >>> torch.load(saver.dirname / "model_1.pt")
    {'weight': tensor([0., 0.])}
    """

    def __init__(
        self,
        dirname: str | Path,
        atomic: bool = True,
        create_dir: bool = True,
        require_empty: bool = True,
        save_on_rank: int = 0,
        **kwargs: Any,
    ) -> None:
        self.dirname = Path(dirname).expanduser()
        self.atomic = atomic
        self.save_on_rank = save_on_rank
        self.kwargs = kwargs
        if self._writes:
            self._prepare(create_dir, require_empty)

    @property
    def _writes(self) -> bool:
        return current_backend().rank == self.save_on_rank

    def __call__(
        self,
        checkpoint: Mapping[str, Any],
        filename: str,
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        """Save ``checkpoint`` as ``filename`` in the folder; ``metadata`` is not used.

        Raises:
            CheckpointWriteError: it could not be saved. With ``atomic``, all files are
                as they were.
        """
        if not self._writes:
            return
        path = self.dirname / filename
        save: Callable[[Path, Callable[[IO[bytes]], None]], None]
        save = replace_file if self.atomic else _write_in_place
        try:
            save(path, lambda file: torch.save(checkpoint, file, **self.kwargs))
        except Exception as error:
            raise CheckpointWriteError(
                f"The checkpoint {path} could not be saved: {_reason(error)}. See that the folder "
                "is there, is writable and has room, and that the objects' states can be pickled; "
                "other checkpoints are as they were."
            ) from error

    def remove(self, filename: str) -> None:
        """Remove the file; one that is gone already is no error.

        Raises:
            CheckpointWriteError: it could not be removed.
        """
        if not self._writes:
            return
        path = self.dirname / filename
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise CheckpointWriteError(
                f"The superseded checkpoint {path} could not be removed: {error}. See that the "
                "folder is writable; the newer checkpoint is saved."
            ) from error

    def _prepare(self, create_dir: bool, require_empty: bool) -> None:
        if create_dir and not self.dirname.exists():
            try:
                self.dirname.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise CheckpointWriteError(
                    f"The folder {str(self.dirname)!r} for checkpoints could not be made: {error}. "
                    "Name one in a place that you may write to."
                ) from error
        if not self.dirname.is_dir():
            raise ValueError(
                f"There is no folder {str(self.dirname)!r} for checkpoints; make it, "
                "or pass create_dir=True."
            )
        if require_empty and (found := sorted(path.name for path in self.dirname.glob("*.pt"))):
            raise ValueError(
                f"The folder {str(self.dirname)!r} has checkpoints already: {', '.join(found)}. "
                "Take another folder, or pass DiskSaver(..., require_empty=False) to add to them."
            )


def _write_in_place(path: Path, write: Callable[[IO[bytes]], None]) -> None:
    with path.open("wb") as file:
        write(file)


def _reason(error: BaseException) -> str:
    """Return what the file system said, if it did: torch reports its own trouble after it."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError):
            return str(cause)
        cause = cause.__context__
    return f"{type(error).__name__}: {error}"
