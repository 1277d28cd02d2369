"""A model that is kept equal on all ranks, whole or in shards."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from itertools import chain
from typing import Any, Literal, get_args

import torch
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from ignite.distributed._averaging import averages_gradients
from ignite.distributed._current import current_backend
from ignite.distributed.errors import UnsupportedOperation

__all__ = ["auto_model", "is_sharded"]

Strategy = Literal["ddp", "fsdp", "none"]
Modules = type[nn.Module] | tuple[type[nn.Module], ...] | Callable[[nn.Module], bool]


def auto_model(
    model: nn.Module,
    sync_bn: bool = False,
    strategy: Strategy = "ddp",
    fsdp_modules: Modules = (),
    **kwargs: Any,
) -> nn.Module:
    """Move a model to this rank's device and, in a world of several, keep it equal on all.

    All ranks then begin with the weights of the first one. What ``torch.compile`` returned may
    be given too: wrapped by DDP it stays compiled inside, though
    ``torch.compile(auto_model(model))`` overlaps computing and communicating better; with FSDP
    what it will compile is sharded.

    Functions of ``torch.distributed.checkpoint.state_dict`` give the weights of any of these
    models, without the prefixes that wrappers add, so that they fit one that was never wrapped,
    and take them back; both are collective::

        options = StateDictOptions(full_state_dict=True, cpu_offload=True)
        state = get_model_state_dict(model, options=options)  # on rank 0, elsewhere {}
        options = StateDictOptions(full_state_dict=True, broadcast_from_rank0=True)
        set_model_state_dict(model, state, options=options)  # of rank 0, elsewhere {}

    ``get_optimizer_state_dict`` and ``set_optimizer_state_dict`` do so for optimizers, which are
    made after this call.

    Args:
        model: the model.
        sync_bn: whether batch normalization takes its statistics over all ranks, in a
            world of several; on CUDA only, as torch has it.
        strategy: ``"ddp"`` averages the gradients, in a world of several if anything in the
            model is trained; backends of ``torch.distributed`` wrap it into
            ``DistributedDataParallel`` for that. ``"fsdp"`` shards it in place by
            ``torch.distributed.fsdp.fully_shard``, trained or not, wherever there is a process
            group, even of one rank; it may be on the meta device. ``"none"`` only moves it.
        fsdp_modules: for ``"fsdp"``, the modules inside the model that are gathered each by
            itself, by type or by a function that tells; usually its repeated blocks. All
            that is left is gathered together.
        kwargs: arguments of ``DistributedDataParallel``, or what else the backend has for
            ``"ddp"`` (``bucket_mib`` and ``broadcast_buffers`` by default); or of each
            ``fully_shard``, such as ``mp_policy`` and ``reshard_after_forward``; its ``mesh`` is
            by default all ranks.
            They have no effect where the model is only moved.

    Raises:
        UnsupportedOperation: ``"fsdp"`` or ``sync_bn``, and the backend is not one of
            ``torch.distributed``.
        ValueError: an unknown strategy, ``fsdp_modules`` of another one, a model that is
            distributed already, or ``sync_bn`` on a CPU.

    >>> model = torch.nn.Linear(2, 1)
    >>> auto_model(model) is model  # alone in the world
    True
    """
    if strategy not in get_args(Strategy):
        raise ValueError(f"Unknown strategy {strategy!r}; use one of {get_args(Strategy)}.")
    if fsdp_modules != () and strategy != "fsdp":
        raise ValueError(f"fsdp_modules are sharded by strategy='fsdp', not {strategy!r}.")
    current = current_backend()
    alone = current.world_size == 1
    has_group = _has_process_group(current.world_size)
    if not (alone or has_group) and (strategy == "fsdp" or sync_bn):
        raise UnsupportedOperation(
            f"strategy='fsdp' and sync_bn work through torch.distributed, which {current.name} "
            "does not use; give strategy='ddp', without sync_bn."
        )
    plain = _uncompiled(model)
    wrapped = isinstance(plain, DistributedDataParallel)
    if wrapped or is_sharded(plain) or averages_gradients(plain):
        raise ValueError("model is distributed already; give auto_model what it was before.")
    if sync_bn and not alone:
        model = _with_synchronized_statistics(model)
    if strategy == "fsdp" and has_group:
        return _sharded(model, fsdp_modules, **kwargs)
    model.to(current.device)
    trained = any(parameter.requires_grad for parameter in model.parameters())
    if strategy == "none" or alone or not trained:
        return model
    return current.distribute_model(model, **kwargs)


def is_sharded(module: nn.Module) -> bool:
    """Return whether FSDP gathers the parameters of this module."""
    fsdp: Any = sys.modules.get("torch.distributed.fsdp")  # a second to import; if nobody did, no
    return fsdp is not None and isinstance(module, fsdp.FSDPModule)


def _has_process_group(size: int) -> bool:
    dist = torch.distributed
    return dist.is_available() and dist.is_initialized() and dist.get_world_size() == size


def _uncompiled(model: nn.Module) -> nn.Module:
    return getattr(model, "_orig_mod", model)


def _with_synchronized_statistics(model: nn.Module) -> nn.Module:
    kinds = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)
    if not any(isinstance(module, kinds) for module in model.modules()):
        return model
    device = current_backend().device
    if device.type != "cuda":
        raise ValueError(
            "sync_bn=True needs CUDA: torch synchronizes batch normalization only there; "
            f"leave it out on {device}."
        )
    return nn.SyncBatchNorm.convert_sync_batchnorm(model)  # type: ignore[no-any-return,no-untyped-call]


def _sharded(model: nn.Module, chosen: Modules, mesh: Any = None, **kwargs: Any) -> nn.Module:
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.fsdp import fully_shard

    # Compiling happens at the first call: what is compiled then is the sharded module.
    root = _uncompiled(model)
    if mesh is None:
        current = current_backend()
        mesh = init_device_mesh(current.device.type, (current.world_size,))
    _equalize(chain(root.parameters(), root.buffers()), mesh.mesh.flatten().tolist())
    for module in reversed(list(root.modules())):
        if module is root or _is_chosen(module, chosen):
            sharded: Any = fully_shard(module, mesh=mesh, **kwargs)
            if mesh.device_type == "cpu":  # gloo of some versions adds when told to average
                sharded.set_force_sum_reduction_for_comms(True)
    return model


def _is_chosen(module: nn.Module, chosen: Modules) -> bool:
    if isinstance(chosen, type | tuple):
        return isinstance(module, chosen)
    return chosen(module)


def _equalize(tensors: Iterable[torch.Tensor], ranks: list[int]) -> None:
    """Give ``ranks`` the tensors of the first of them; those that have no values yet stay."""
    from torch.distributed.tensor import DTensor

    current = current_backend()
    with torch.no_grad():
        for tensor in tensors:
            if not (tensor.is_meta or isinstance(tensor, DTensor)):
                tensor.copy_(current.broadcast(tensor, ranks[0], ranks))
