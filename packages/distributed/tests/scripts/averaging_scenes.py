"""What ranks do whose gradients are averaged; test_averaging.py judges it."""

import pytest
import torch
from torch import nn
from torch.utils.checkpoint import checkpoint

import ignite.distributed as idist
from ignite.distributed._averaging import average_gradients
from ignite.distributed.auto import join_uneven_inputs, no_sync
from ignite.distributed.interface import UnsupportedOperation, current_backend


class Branches(nn.Module):
    """Layers of two dtypes, of which an input takes only some; one is frozen, one never used."""

    def __init__(self, seed, recompute=False):
        super().__init__()
        torch.manual_seed(seed)
        self.first = nn.Linear(3, 4)
        self.branches = nn.ModuleList(nn.Linear(4, 1) for _ in range(3))
        self.last = nn.Linear(1, 1).double()
        self.frozen = nn.Linear(4, 4).requires_grad_(False)
        self.unused = nn.Linear(2, 2)
        self.recompute = recompute

    def forward(self, inputs, taken):
        hidden = self.frozen(torch.tanh(self.first(inputs)))
        for number in taken:
            branch = self.branches[number]
            if self.recompute:
                hidden = hidden + checkpoint(branch, hidden, use_reentrant=True)
            else:
                hidden = hidden + branch(hidden)
        return self.last(hidden.sum(1, keepdim=True).double()).mean()


def data(rank, step):
    generator = torch.Generator().manual_seed(97 * rank + step)
    return torch.randn(5, 3, generator=generator)


def play(scenes):
    return {name: globals()[scene](*args) for name, (scene, *args) in scenes.items()}


def gradients(taken_by_rank, bucket_mib, recompute=False):
    """Return the gradients of each of two passes; the second adds to the first."""
    rank = idist.get_rank()
    model = Branches(seed=rank, recompute=recompute)
    average_gradients(model, current_backend(), bucket_mib=bucket_mib)
    found = []
    for step in range(2):
        model(data(rank, step), taken_by_rank[rank]).backward()
        found.append(copied(model))
    return found


def copied(model):
    return {
        name: None if parameter.grad is None else parameter.grad.clone()
        for name, parameter in model.named_parameters()
    }


def accumulate(passes):
    rank = idist.get_rank()
    model = Branches(seed=0)
    average_gradients(model, current_backend())
    for step in range(passes):
        with no_sync(model, enabled=step < passes - 1):
            model(data(rank, step), [0]).backward()
    return copied(model)


def go_on_after_a_failure():
    """On every rank a backward pass fails midway; the next one is averaged as if it had not."""
    rank = idist.get_rank()
    model = Branches(seed=0)
    average_gradients(model, current_backend(), bucket_mib=1e-6)

    def fail(gradient):
        raise ValueError("on purpose")

    hidden = model.first(data(rank, 0))
    hidden.register_hook(fail)
    with pytest.raises(ValueError, match="on purpose"):
        model.branches[0](hidden).sum().backward()
    model.zero_grad()
    model(data(rank, 0), [0]).backward()
    return copied(model)


def statistics():
    """Return the running means that each rank begins the second step with."""
    rank = idist.get_rank()
    model = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2))
    average_gradients(model, current_backend())
    model(data(rank, 0)).sum().backward()
    before = idist.all_gather(model[1].running_mean[None])
    seen = []
    model[1].register_forward_pre_hook(lambda *_: seen.append(model[1].running_mean.clone()))
    model(data(rank, 1))
    return before, seen[0], model.eval()(data(rank, 2)) is not None


def train(compiled):
    """Train with whatever auto_model makes of the model; return the weights."""
    rank = idist.get_rank()
    torch.manual_seed(rank)
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))
    average_gradients(model, current_backend())
    run = torch.compile(model, backend="aot_eager") if compiled else model
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    for step in range(4):
        optimizer.zero_grad()
        run(data(rank, step)).mean().backward()
        optimizer.step()
    return [parameter.detach().clone() for parameter in model.parameters()]


def refuse():
    backend = current_backend()
    model = nn.Embedding(4, 2, sparse=True)
    average_gradients(model, backend)
    with pytest.raises(ValueError, match="distributed already"):
        average_gradients(model, backend)
    with pytest.raises(ValueError, match="distributed already"):
        idist.auto_model(model)
    with pytest.raises(ValueError, match="bucket_mib must be positive"):
        average_gradients(nn.Linear(1, 1), backend, bucket_mib=0)
    joined = join_uneven_inputs(model)
    with pytest.raises(UnsupportedOperation, match="Only one DistributedData"), joined:
        pass
    with pytest.raises(TypeError, match="sparse=False"):
        model(torch.tensor([1])).sum().backward()
