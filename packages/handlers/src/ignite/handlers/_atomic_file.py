"""A file that is replaced as a whole or not at all, whatever happens meanwhile."""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO

if sys.platform != "win32":
    import fcntl

__all__ = ["replace_file"]

_PREFIX, _SUFFIX = ".unfinished-", ".tmp"


def replace_file(path: Path, write: Callable[[IO[bytes]], None]) -> None:
    """Let ``write`` fill a file beside ``path``, then put it in ``path``'s place, durably.

    When this returns, the content is on the disk under its name. When it raises, or when
    the process dies at any moment, ``path`` is what it was before. The next call sweeps
    away what a dead process left half written in the folder (not on Windows).

    Raises:
        OSError: the file system refused.
        Exception: whatever ``write`` raises.
    """
    _sweep(path.parent)
    unfinished = _create_beside(path)
    try:
        with unfinished:
            write(unfinished)
            unfinished.flush()
            os.fsync(unfinished.fileno())
            if sys.platform != "win32":
                Path(unfinished.name).replace(path)  # while the lock keeps it from being swept
        if sys.platform == "win32":  # renames closed files only, and folders cannot be synced
            Path(unfinished.name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):  # it went with its folder
            Path(unfinished.name).unlink()
        raise
    if sys.platform != "win32":
        _sync_folder(path.parent)


def _create_beside(path: Path) -> IO[bytes]:
    while True:
        name = path.with_name(f"{_PREFIX}{secrets.token_hex(8)}{_SUFFIX}")
        file = name.open("xb")
        if not _lock(file) or os.fstat(file.fileno()).st_nlink:
            return file
        file.close()  # swept by another process before it was locked


def _sweep(folder: Path) -> None:
    """Remove unfinished files whose writers are dead: nobody holds the lock of those."""
    for stray in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
        with contextlib.suppress(OSError), stray.open("r+b") as file:  # or finished meanwhile
            if _lock(file):
                stray.unlink()


def _lock(file: IO[bytes]) -> bool:
    """Return whether this process now holds the file; False too where files have no locks."""
    if sys.platform == "win32":
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
