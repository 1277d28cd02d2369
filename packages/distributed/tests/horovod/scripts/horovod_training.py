"""What ranks of Horovod train, each on its share; test_horovod_training.py judges it."""

import torch
from torch import nn

import ignite.distributed as idist

STEPS = 4


def network(seed):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Tanh(), nn.Linear(4, 1))


def data(rank, step):
    generator = torch.Generator().manual_seed(97 * rank + step)
    return torch.randn(5, 3, generator=generator)


OPTIMIZERS = {
    "SGD": lambda parameters: torch.optim.SGD(parameters, lr=0.1, momentum=0.9),
    "AdamW": lambda parameters: torch.optim.AdamW(parameters, lr=0.01, weight_decay=0.1),
}


def play(scenes):
    return {name: globals()[scene](*args) for name, (scene, *args) in scenes.items()}


def train(kind):
    """Begin unlike the others; return the weights, and whether the optimizer is of its kind."""
    rank = idist.get_rank()
    model = idist.auto_model(network(seed=rank)).eval()
    optimizer = idist.auto_optim(OPTIMIZERS[kind](model.parameters()))
    for step in range(STEPS):
        optimizer.zero_grad()
        model(data(rank, step)).mean().backward()
        optimizer.step()
    return weights(model), isinstance(optimizer, getattr(torch.optim, kind))


def weights(model):
    return [parameter.detach().clone() for parameter in model.parameters()]


def equal_at_the_start():
    """Return parameters and buffers, which each rank has its own of before."""
    model = network(seed=idist.get_rank())
    model[1].running_mean += idist.get_rank()
    assert idist.auto_model(model) is model
    return {name: tensor.clone() for name, tensor in model.state_dict().items()}


def accumulate(passes):
    """Return the weights after a step that several backward passes precede."""
    rank = idist.get_rank()
    model = idist.auto_model(network(seed=0)).eval()
    optimizer = idist.auto_optim(
        OPTIMIZERS["SGD"](model.parameters()), backward_passes_per_step=passes
    )
    for step in range(passes):
        model(data(rank, step)).mean().backward()
    optimizer.step()
    return weights(model)


def two_at_once():
    """Return the gradients that two optimizers average, named by themselves, in one pass."""
    rank = idist.get_rank()
    models = [idist.auto_model(nn.Linear(3, 1)) for _ in range(2)]
    optimizers = [idist.auto_optim(torch.optim.SGD(m.parameters(), lr=0.1)) for m in models]
    sum(model(data(rank, 0)).mean() * (1 + n) for n, model in enumerate(models)).backward()
    for optimizer in reversed(optimizers):
        optimizer.synchronize()
    return [model.weight.grad.clone() for model in models]


def resume():
    """Return the momentum of an optimizer that only rank 0 has loaded a state into."""
    model = idist.auto_model(nn.Linear(3, 1))
    optimizer = OPTIMIZERS["SGD"](model.parameters())
    if idist.get_rank() == 0:
        model(data(0, 0)).mean().backward()
        optimizer.step()
        optimizer.param_groups[0]["lr"] = 0.5
    optimizer = idist.auto_optim(optimizer)
    momentum = optimizer.state[model.weight]["momentum_buffer"].clone()
    return momentum, optimizer.param_groups[0]["lr"]


def refuse():
    try:
        idist.auto_model(nn.Linear(3, 1), bucket_mib=1.0)
    except TypeError as error:
        return str(error)
    return ""
