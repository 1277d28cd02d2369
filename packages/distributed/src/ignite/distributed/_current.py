"""The current backend, behind one accessor."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

from ignite.distributed.registry import adopters, load_backend

if TYPE_CHECKING:
    from ignite.distributed.interface import Backend

__all__ = [
    "active_backend",
    "current_backend",
    "release",
    "serve_context",
    "serve_process",
    "tell_local_rank",
    "told_local_rank",
    "use_backend",
]

_of_context: ContextVar[Backend | None] = ContextVar("ignite.distributed.backend", default=None)
_of_replica: ContextVar[Backend | None] = ContextVar("ignite.distributed.replica", default=None)
_of_process: Backend | None = None
_local_rank: int | None = None


def current_backend() -> Backend:
    """Return the backend of the world that this code runs in; never None.

    The first of: the backend of this context (:func:`use_backend`); the one that ``initialize``
    gave to the context that called it, where several ranks share the process, and elsewhere to
    the whole process, so that its other threads see it too; a context that the user made, such
    as a ``torch.distributed`` process group, for as long as it lasts; the serial backend, rank 0
    of 1.

    >>> current_backend().world_size
    1
    """
    return _of_context.get() or _of_replica.get() or _of_process or _adopted() or _serial()


def active_backend() -> Backend | None:
    """Return what :func:`current_backend` does, but None in place of its last resort."""
    return _of_context.get() or _of_replica.get() or _of_process or _adopted()


@contextmanager
def use_backend(backend: Backend) -> Iterator[Backend]:
    """Make ``backend`` the current one in this context (a thread or a task) for a while.

    >>> from ignite.distributed.backends.serial import SerialBackend
    >>> with use_backend(SerialBackend()) as backend:
    ...     current_backend() is backend
    True
    """
    token = _of_context.set(backend)
    try:
        yield backend
    finally:
        _of_context.reset(token)


def serve_process(backend: Backend) -> None:
    """Make ``backend`` the current one in every context that has none of its own."""
    global _of_process
    _of_process = backend


def serve_context(backend: Backend) -> None:
    """Make ``backend`` the current one in this context: other ranks share the process."""
    _of_replica.set(backend)


def release() -> Backend | None:
    """Take back what :func:`serve_context` or :func:`serve_process` gave, and return it."""
    global _of_process
    backend = _of_replica.get()
    if backend is not None:
        _of_replica.set(None)
    else:
        backend, _of_process = _of_process, None
    return backend


def tell_local_rank(index: int) -> None:
    """Note this process's local rank, for a context that the user made."""
    global _local_rank
    _local_rank = index


def told_local_rank() -> int | None:
    """Return what :func:`tell_local_rank` noted."""
    return _local_rank


def _adopted() -> Backend | None:
    for kind in adopters():
        backend = kind.adopt()
        if backend is not None:
            return backend
    return None


@cache
def _serial() -> Backend:
    kind = load_backend("ignite.distributed.backends.serial:SerialBackend")
    return kind.create(timeout=timedelta())
