"""Joining and leaving a world."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from ignite.distributed._current import active_backend, release, serve_context, serve_process
from ignite.distributed.errors import DistributedError
from ignite.distributed.registry import load_backend

__all__ = ["finalize", "initialize"]


def initialize(
    backend: str, *, timeout: timedelta | float = timedelta(minutes=30), **kwargs: Any
) -> None:
    """Join the world of ``backend``; until :func:`finalize` it is the current one (collective).

    Under torchrun ``initialize("gloo")`` finds everything in the environment; ranks that
    :class:`Parallel` runs have joined already.

    Args:
        backend: a name from :func:`all_backends`, or ``"package.module:Class"``.
        timeout: how long this and any later call may wait for other ranks; a number means
            seconds.
        kwargs: options of the backend, such as ``rank``, ``world_size`` and ``init_method``.

    Raises:
        ValueError: an unknown backend, or arguments that do not fit together.
        BackendUnavailable: the backend cannot run here.
        CollectiveTimeout: the other ranks did not come in time.
        DistributedError: a world is active already.

    >>> initialize("gloo")  # a world of this process alone, as nothing says otherwise
    >>> finalize()
    """
    active = active_backend()
    if active is not None and not active.gives_way:
        raise DistributedError(
            f"A world is active already: {active.name}, rank {active.rank} of "
            f"{active.world_size}. Call finalize() first, or leave initialize out if the world "
            "was made by torch.distributed or the like: it is found by itself."
        )
    if not isinstance(timeout, timedelta):
        timeout = timedelta(seconds=timeout)
    if timeout <= timedelta():
        raise ValueError(f"timeout must be positive, got {timeout}.")
    joined = load_backend(backend).create(timeout=timeout, **kwargs)
    serve = serve_context if joined.shares_process else serve_process
    serve(joined)


def finalize() -> None:
    """Leave the world that :func:`initialize` joined; harmless if there is none.

    A context that the user made, such as a ``torch.distributed`` process group, stays.

    >>> finalize()
    """
    backend = release()
    if backend is not None:
        backend.finalize()
