"""What two ranks do with a model that FSDP shards; test_auto_fsdp.py judges it."""

import copy

import pytest
import torch
from auto_scenes import play  # noqa: F401 - for test_auto_fsdp.py
from torch import nn
from torch.distributed.checkpoint.state_dict import (
    StateDictOptions,
    get_model_state_dict,
    get_optimizer_state_dict,
    set_model_state_dict,
    set_optimizer_state_dict,
)
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import FSDPModule, MixedPrecisionPolicy
from torch.distributed.tensor import DTensor
from torch.distributed.tensor.debug import CommDebugMode

import ignite.distributed as idist
from ignite.distributed.auto import join_uneven_inputs, no_sync
from ignite.distributed.interface import UnsupportedOperation
from ignite.distributed.testing import serial_world

FEATURES = 5
WHOLE = StateDictOptions(full_state_dict=True, cpu_offload=True)
FROM_FIRST = StateDictOptions(full_state_dict=True, broadcast_from_rank0=True)


class Block(nn.Module):
    """One of the blocks that a model repeats; its sizes do not divide by the ranks."""

    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(FEATURES, 7)
        self.outer = nn.Linear(7, FEATURES)
        self.register_buffer("scale", torch.rand(()) + 1)

    def forward(self, x):
        return x + self.scale * self.outer(torch.tanh(self.inner(x)))


def make_model(seed=0):
    torch.manual_seed(seed)
    return nn.Sequential(Block(), Block(), nn.Linear(FEATURES, 1))


def make_optimizer(model):
    return torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)  # which heeds their scale


def batches(steps=6, size=8):
    generator = torch.Generator().manual_seed(1)
    return torch.randn(steps, size, FEATURES, generator=generator)


def train(model, optimizer, inputs):
    """Train on this rank's part of each batch."""
    rank, size = idist.get_rank(), idist.get_world_size()
    for batch in inputs:
        optimizer.zero_grad()
        model(batch[rank::size]).square().mean().backward()
        optimizer.step()


def whole(model):
    return get_model_state_dict(model, options=StateDictOptions(full_state_dict=True))


def hybrid_mesh():
    """Replicate over two shards of one rank each."""
    return init_device_mesh("cpu", (2, 1), mesh_dim_names=("replicate", "shard"))


VARIANTS = {
    "root only": dict,
    "by type": lambda: {"fsdp_modules": Block},
    "by types": lambda: {"fsdp_modules": (Block, nn.Linear)},
    "by function": lambda: {"fsdp_modules": lambda module: isinstance(module, Block)},
    "options": lambda: {"fsdp_modules": Block, "reshard_after_forward": False},
    "mesh": lambda: {"fsdp_modules": Block, "mesh": hybrid_mesh()},
}


def train_variants():
    """Return for each variant which modules were sharded, over which mesh, and the weights."""
    results = {}
    for name, arguments in VARIANTS.items():
        model = make_model(seed=idist.get_rank())
        assert idist.auto_model(model, strategy="fsdp", **arguments()) is model
        assert all(isinstance(parameter, DTensor) for parameter in model.parameters())
        sharded = [name for name, part in model.named_modules() if isinstance(part, FSDPModule)]
        optimizer = idist.auto_optim(make_optimizer(model))
        train(model, optimizer, batches())
        results[name] = sharded, next(model.parameters()).device_mesh.ndim, whole(model)
    return results


def train_compiled():
    model = torch.compile(make_model(seed=idist.get_rank()), backend="eager")
    assert idist.auto_model(model, strategy="fsdp", fsdp_modules=Block) is model
    assert isinstance(model._orig_mod, FSDPModule)
    train(model, make_optimizer(model), batches())
    return whole(model)


def low_precision():
    """Return the dtypes of a model's output, of its parameters and of their gradients."""
    policy = MixedPrecisionPolicy(param_dtype=torch.bfloat16, reduce_dtype=torch.float32)
    model = idist.auto_model(make_model(), strategy="fsdp", mp_policy=policy)
    output = model(batches()[0])
    output.float().square().mean().backward()
    parameters = list(model.parameters())
    return output.dtype, {p.dtype for p in parameters}, {p.grad.dtype for p in parameters}


def accumulate():
    """Return how many reduce-scatters each backward pass made, and the weights."""
    rank, size = idist.get_rank(), idist.get_world_size()
    model = idist.auto_model(make_model(), strategy="fsdp", fsdp_modules=Block)
    optimizer = make_optimizer(model)
    counts = []
    for step, batch in enumerate(batches(), start=1):
        with no_sync(model, enabled=step % 3 != 0), CommDebugMode() as communication:
            (model(batch[rank::size]).square().mean() / 3).backward()
        counts.append(
            sum(n for op, n in communication.get_comm_counts().items() if "reduce" in str(op))
        )
        if step % 3 == 0:
            optimizer.step()
            optimizer.zero_grad()
    return counts, whole(model)


def save_half_way():
    """Train, save on the way, and go on; return what was saved, and the last weights."""
    model = idist.auto_model(make_model(), strategy="fsdp", fsdp_modules=Block)
    optimizer = make_optimizer(model)
    train(model, optimizer, batches()[:3])
    saved = copy.deepcopy(  # as any state dictionary, it may hold what goes on to change
        (
            get_model_state_dict(model, options=WHOLE),
            get_optimizer_state_dict(model, optimizer, options=WHOLE),
        )
    )
    train(model, optimizer, batches()[3:])
    return saved, whole(model)


def go_on(saved):
    """Go on from what was saved, of which only rank 0 has anything, with a model without values."""
    weights, state = saved if idist.get_rank() == 0 else ({}, {})
    with torch.device("meta"):
        model = make_model()
    idist.auto_model(model, strategy="fsdp", fsdp_modules=Block).to_empty(device="cpu")
    optimizer = make_optimizer(model)
    set_model_state_dict(model, weights, options=FROM_FIRST)
    set_optimizer_state_dict(model, optimizer, state, options=FROM_FIRST)
    train(model, optimizer, batches()[3:])
    return whole(model)


def special():
    """Return the weights of a model that is not trained; try what else there may be."""
    frozen = idist.auto_model(make_model(idist.get_rank()).requires_grad_(False), strategy="fsdp")
    with serial_world():  # which has no process group
        assert not isinstance(idist.auto_model(make_model(), strategy="fsdp"), FSDPModule)
    empty = idist.auto_model(nn.Tanh(), strategy="fsdp")
    assert empty(torch.zeros(1)).item() == 0
    for strategy in ("ddp", "fsdp", "none"):
        with pytest.raises(ValueError, match="distributed already"):
            idist.auto_model(frozen, strategy=strategy)
    with pytest.raises(UnsupportedOperation, match="equally many"), join_uneven_inputs(frozen):
        pass
    return whole(frozen)
