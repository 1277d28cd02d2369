"""One API for distributed code over every backend; usually imported as ``idist``."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if (_spec := sys.modules["ignite"].__spec__) is not None and _spec.origin is not None:
    raise ImportError(
        f"Another distribution owns the name 'ignite' ({_spec.origin}), and hides parts of this "
        "one. Run 'pip uninstall pytorch-ignite' (or whatever installed that file), then install "
        "the ignite-* packages again with 'pip install --force-reinstall --no-deps'."
    )

if TYPE_CHECKING:
    from ignite.distributed.auto import (
        DistributedProxySampler,
        auto_dataloader,
        auto_model,
        auto_optim,
    )
    from ignite.distributed.launcher import Parallel
    from ignite.distributed.utils import (
        all_backends,
        all_gather,
        all_reduce,
        available_backends,
        backend,
        barrier,
        broadcast,
        device,
        finalize,
        get_local_rank,
        get_nnodes,
        get_node_rank,
        get_nproc_per_node,
        get_rank,
        get_world_size,
        hostname,
        initialize,
        one_rank_first,
        one_rank_only,
        show_config,
        spawn,
    )

__all__ = [
    "DistributedProxySampler",
    "Parallel",
    "all_backends",
    "all_gather",
    "all_reduce",
    "auto_dataloader",
    "auto_model",
    "auto_optim",
    "available_backends",
    "backend",
    "barrier",
    "broadcast",
    "device",
    "finalize",
    "get_local_rank",
    "get_nnodes",
    "get_node_rank",
    "get_nproc_per_node",
    "get_rank",
    "get_world_size",
    "hostname",
    "initialize",
    "one_rank_first",
    "one_rank_only",
    "show_config",
    "spawn",
]

_HOME = {
    "DistributedProxySampler": "auto",
    "Parallel": "launcher",
    "auto_dataloader": "auto",
    "auto_model": "auto",
    "auto_optim": "auto",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_HOME.get(name, 'utils')}"), name)
    globals()[name] = found  # so that the next look costs nothing
    return found


def __dir__() -> list[str]:
    return __all__
