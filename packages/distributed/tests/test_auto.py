"""Models and optimizers where nobody averages gradients; test_auto_ranks.py has the others."""

from contextlib import nullcontext

import pytest
import torch

import ignite.distributed as idist
from ignite.distributed._current import use_backend
from ignite.distributed.backends.serial import SerialBackend
from ignite.distributed.interface import UnsupportedOperation


@pytest.mark.parametrize(
    "arguments",
    [{}, {"sync_bn": True}, {"strategy": "fsdp", "fsdp_modules": torch.nn.Linear}],
)
def test_a_model_alone_is_only_moved(arguments):
    model = torch.nn.Sequential(torch.nn.Linear(2, 1), torch.nn.BatchNorm1d(1))
    with use_backend(world(1, device=torch.device("meta"))):
        assert idist.auto_model(model, **arguments) is model
    assert model[0].weight.is_meta


@pytest.mark.parametrize(
    "arguments", [{"strategy": "fsdp"}, {"sync_bn": True}, {"strategy": "none", "sync_bn": True}]
)
def test_a_world_without_torch_distributed_cannot_shard(arguments):
    model = torch.nn.Linear(1, 1)
    with use_backend(world(2)):
        with pytest.raises(UnsupportedOperation, match=r"strategy='ddp', without sync_bn"):
            idist.auto_model(model, **arguments)
        assert idist.auto_model(model, strategy="none") is model


@pytest.mark.parametrize("world_size", [1, 2])
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"strategy": "zero"}, "'zero'; use one of .*'ddp', 'fsdp', 'none'"),
        ({"fsdp_modules": torch.nn.Linear}, "strategy='fsdp', not 'ddp'"),
    ],
)
def test_arguments_that_do_not_fit(world_size, arguments, message):
    with use_backend(world(world_size)), pytest.raises(ValueError, match=message):
        idist.auto_model(torch.nn.Linear(1, 1), **arguments)


def test_an_optimizer_has_no_options():
    optimizer = torch.optim.SGD(torch.nn.Linear(1, 1).parameters(), lr=0.1)
    assert idist.auto_optim(optimizer) is optimizer
    with pytest.raises(TypeError, match="no options with serial, got compression, op:"):
        idist.auto_optim(optimizer, compression=None, op="sum")


@pytest.mark.parametrize("size", [1, 2])
def test_ranks_whose_optimizer_needs_all_cannot_end_early(size):
    model = torch.nn.Linear(1, 1)
    own = {"distribute_optimizer": lambda self, optimizer: optimizer}
    alone = (
        nullcontext() if size == 1 else pytest.raises(UnsupportedOperation, match="equally many")
    )
    with use_backend(world(size, **own)), alone, idist.join_uneven_inputs(model):
        pass


def world(size, **more):
    """Rank 0 of a world that torch.distributed knows nothing of."""
    return type("World", (SerialBackend,), {"world_size": size, **more})()
