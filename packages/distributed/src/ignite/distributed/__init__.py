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
        DistributedBatchSampler,
        DistributedProxySampler,
        auto_dataloader,
        auto_model,
        auto_optim,
        join_uneven_inputs,
        no_sync,
    )
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
    from ignite.distributed.utils import (
        all_backends,
        available_backends,
        backend,
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
        model_name,
        one_rank_first,
        one_rank_only,
        set_local_rank,
        show_config,
        spawn,
        sync,
    )

__all__ = [
    "DistributedBatchSampler",
    "DistributedProxySampler",
    "Parallel",
    "all_backends",
    "all_gather",
    "all_gather_coalesced",
    "all_gather_tensors_with_shapes",
    "all_reduce",
    "all_reduce_",
    "all_reduce_coalesced",
    "all_to_all",
    "auto_dataloader",
    "auto_model",
    "auto_optim",
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
    "join_uneven_inputs",
    "model_name",
    "new_group",
    "no_sync",
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

_HOME = {
    "DistributedBatchSampler": "auto",
    "DistributedProxySampler": "auto",
    "Parallel": "launcher",
    "auto_dataloader": "auto",
    "auto_model": "auto",
    "auto_optim": "auto",
    "join_uneven_inputs": "auto",
    "no_sync": "auto",
}


_QUESTIONS = {  # answered anew each time
    "has_hvd_support",
    "has_native_dist_support",
    "has_xla_support",
    "registered_computation_models",
}


_MODULES = {"auto", "comp_models", "launcher", "utils"}


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"{__name__}.{name}")
    if name in _QUESTIONS:
        return getattr(import_module(f"{__name__}.utils"), name)
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_HOME.get(name, 'utils')}"), name)
    globals()[name] = found  # so that the next look costs nothing
    return found


def __dir__() -> list[str]:
    return __all__
