"""What training code asks of its world, whatever the backend."""

from __future__ import annotations

import functools
import logging
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, TypeVar

from ignite.distributed._current import current_backend, tell_local_rank
from ignite.distributed._layout import check_rank
from ignite.distributed._world import finalize, initialize
from ignite.distributed.errors import DistributedError
from ignite.distributed.launcher import Parallel
from ignite.distributed.operations import (
    all_gather,
    all_gather_coalesced,
    all_gather_tensors_with_shapes,
    all_reduce,
    all_reduce_,
    all_reduce_coalesced,
    all_to_all,
    barrier,
    broadcast,
    broadcast_,
    gather,
    new_group,
    recv,
    reduce,
    reduce_scatter,
    scatter,
    send,
)
from ignite.distributed.registry import all_backends, available_backends

if TYPE_CHECKING:
    import torch


__all__ = [
    "all_backends",
    "all_gather",
    "all_gather_coalesced",
    "all_gather_tensors_with_shapes",
    "all_reduce",
    "all_reduce_",
    "all_reduce_coalesced",
    "all_to_all",
    "available_backends",
    "backend",
    "barrier",
    "broadcast",
    "broadcast_",
    "device",
    "finalize",
    "gather",
    "get_local_rank",
    "get_nnodes",
    "get_node_rank",
    "get_nproc_per_node",
    "get_rank",
    "get_world_size",
    "hostname",
    "initialize",
    "model_name",
    "new_group",
    "one_rank_first",
    "one_rank_only",
    "recv",
    "reduce",
    "reduce_scatter",
    "scatter",
    "send",
    "set_local_rank",
    "show_config",
    "spawn",
    "sync",
]

Result = TypeVar("Result")

_logger = logging.getLogger(__name__)


def backend() -> str | None:
    """Return the name of the current backend, None for the serial one.

    >>> backend() is None
    True
    """
    name = current_backend().name
    return None if name == "serial" else name


def model_name() -> str:
    """Return how the world is made: ``"serial"``, ``"native-dist"``, or a backend's own name.

    >>> model_name()
    'serial'
    """
    current = current_backend()
    return current.model_name or current.name


def device() -> torch.device:
    """Return the device this rank should compute on.

    >>> device().type in ("cpu", "cuda")
    True
    """
    return current_backend().device


def get_rank() -> int:
    """Return this rank, ``0 <= rank < world_size``.

    >>> get_rank()
    0
    """
    return current_backend().rank


def get_world_size() -> int:
    """Return the number of ranks.

    >>> get_world_size()
    1
    """
    return current_backend().world_size


def get_local_rank() -> int:
    """Return the position of this rank among those of its node.

    >>> get_local_rank()
    0
    """
    return current_backend().local_rank


def get_nproc_per_node() -> int:
    """Return the number of ranks on this node.

    >>> get_nproc_per_node()
    1
    """
    return current_backend().nproc_per_node


def get_nnodes() -> int:
    """Return the number of nodes.

    >>> get_nnodes()
    1
    """
    return current_backend().nnodes


def get_node_rank() -> int:
    """Return the position of this node among the nodes.

    >>> get_node_rank()
    0
    """
    return current_backend().node_rank


def set_local_rank(index: int) -> None:
    """Say which of the node's ranks this is, where the user made the process group.

    Needed only if the ranks' host names do not tell it; a world that was joined by
    :func:`initialize` or :class:`Parallel` knows better, and a serial one has but one rank.

    Raises:
        ValueError: it is no number from 0 on.
    """
    if isinstance(index, bool) or not isinstance(index, int) or index < 0:
        raise ValueError(f"A local rank is a number from 0 on, got {index!r}.")
    tell_local_rank(index)


def sync(temporary: bool = False) -> None:
    """Do nothing: a process group that the user makes or destroys is noticed by itself.

    Args:
        temporary: accepted for programs that pass it.

    >>> sync()
    """


def hostname() -> str:
    """Return the name of this machine."""
    return socket.gethostname()


def one_rank_only(
    rank: int = 0, with_barrier: bool = False
) -> Callable[[Callable[..., Result]], Callable[..., Result | None]]:
    """Make a decorator that lets only ``rank`` run a function; the others get None.

    Args:
        rank: the rank that runs it.
        with_barrier: whether all ranks wait for its end, even if it raises; then every
            rank must make the call.

    Raises:
        ValueError: at the call, if ``rank`` is not a rank of the world.

    >>> @one_rank_only()
    ... def report() -> str:
    ...     return "written once"
    >>> report()
    'written once'
    """

    def decorate(function: Callable[..., Result]) -> Callable[..., Result | None]:
        @functools.wraps(function)
        def called(*args: Any, **kwargs: Any) -> Result | None:
            current = current_backend()
            check_rank(rank, current.world_size, "rank")
            try:
                return function(*args, **kwargs) if current.rank == rank else None
            finally:
                if with_barrier:
                    current.barrier()

        return called

    return decorate


@contextmanager
def one_rank_first(rank: int = 0, local: bool = False) -> Iterator[None]:
    """Let one rank run the body before the others do, such as a download (collective).

    Args:
        rank: the first rank.
        local: let the rank of that ``local_rank`` go first on every node.

    Raises:
        ValueError: ``rank`` is not a rank of the world, or of a node.
        DistributedError: on the other ranks, if the body raised on a first one; it goes on
            raising there.

    >>> with one_rank_first():
    ...     pass  # fetch what the others then find
    """
    current = current_backend()
    check_rank(rank, current.nproc_per_node if local else current.world_size, "rank")
    if rank != (current.local_rank if local else current.rank):
        failures = [text for text in current.all_gather(None) if text is not None]
        if failures:
            raise DistributedError(f"What was to be done first failed: {failures[0]}")
        yield
        return
    try:
        yield
    except BaseException as error:
        current.all_gather(f"{type(error).__name__} on rank {current.rank}: {error}")
        raise
    current.all_gather(None)


def show_config() -> None:
    """Log the backend and this rank's place in the world, at level INFO.

    >>> show_config()
    """
    current = current_backend()
    for name in (
        "name",
        "device",
        "rank",
        "world_size",
        "local_rank",
        "nproc_per_node",
        "nnodes",
        "node_rank",
    ):
        _logger.info("%s: %s", name, getattr(current, name))
    _logger.info("hostname: %s", hostname())


def spawn(
    backend: str,
    fn: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs_dict: Mapping[str, Any] | None = None,
    nproc_per_node: int = 1,
    **kwargs: Any,
) -> None:
    """Call ``fn(local_rank, *args, **kwargs_dict)`` in new processes, the ranks of a world.

    What :class:`Parallel` does with ``nproc_per_node``, which says more about it.

    Args:
        backend: a name from :func:`all_backends`, or ``"package.module:Class"``.
        fn: the function; with ``start_method`` ``"spawn"`` or ``"forkserver"`` it must be
            importable, so not a lambda or local.
        args: its further positional arguments.
        kwargs_dict: its keyword arguments.
        nproc_per_node: number of processes to start here.
        kwargs: further arguments of :class:`Parallel`.

    >>> import time
    >>> spawn("gloo", time.sleep, (), nproc_per_node=2, start_method="forkserver")  # 0 s and 1 s
    """
    with Parallel(backend, nproc_per_node, **kwargs) as parallel:
        parallel.run(fn, *args, **(kwargs_dict or {}))


def __getattr__(name: str) -> Any:
    """Look, when asked and not before, for what programs ask about by these names."""
    if name == "registered_computation_models":
        from ignite.distributed.comp_models import setup_available_computation_models

        return setup_available_computation_models()
    if name == "has_native_dist_support":
        import torch.distributed

        return torch.distributed.is_available()
    if name == "has_xla_support":
        return find_spec("torch_xla") is not None
    if name == "has_hvd_support":
        return find_spec("horovod") is not None
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
