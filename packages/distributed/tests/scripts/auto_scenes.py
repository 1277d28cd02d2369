"""What ranks do with the models that they make; test_auto_ranks.py judges it."""

import warnings
from contextlib import nullcontext

import pytest
import torch
from torch import nn
from torch.distributed.checkpoint.state_dict import StateDictOptions, get_model_state_dict
from torch.utils.data import Dataset

import ignite.distributed as idist
from ignite.distributed.auto import join_uneven_inputs, no_sync
from ignite.distributed.interface import UnsupportedOperation

FEATURES = 3


class Samples(Dataset):
    """Sample i: a vector that depends on i, and i itself."""

    def __init__(self, length):
        self.length = length

    def __len__(self):
        return self.length

    def __getitem__(self, index):
        return torch.sin(torch.arange(FEATURES) + index), index


def make_model(seed=0, buffers=False):
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(FEATURES, 4), nn.Tanh(), nn.Linear(4, 1))
    if buffers:  # which DDP exchanges in each forward pass
        model.append(nn.BatchNorm1d(1, affine=False).eval())
    return model


def make_optimizer(model):
    return torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)


def weights(model):
    options = StateDictOptions(full_state_dict=True)
    state = get_model_state_dict(model, options=options)
    return {name: value.clone() for name, value in state.items()}


def train_each_sample_once(cases, joined):
    """Train two epochs for each case; return what was seen, and the weights it led to."""
    return [train_case(*case, joined=joined) for case in cases]


def train_case(length, batch_size, shuffle, buffers, joined):
    rank = idist.get_rank()
    model = idist.auto_model(make_model(seed=rank, buffers=buffers))
    optimizer = idist.auto_optim(make_optimizer(model))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        loader = idist.auto_dataloader(
            Samples(length), batch_size=batch_size, shuffle=shuffle, even_batches=False
        )
    filters = list(warnings.filters)
    epochs = []
    for epoch in range(2):
        loader.sampler.set_epoch(epoch)
        with join_uneven_inputs(model, optimizer) if joined else nullcontext():
            epochs.append(run_epoch(model, optimizer, loader))
        with torch.no_grad():
            for _ in range(rank):  # each rank as often as it likes, without the others
                (model.module if buffers else model)(torch.zeros(1, FEATURES))
    assert warnings.filters == filters
    assert [len(epoch) for epoch in epochs] == [len(loader)] * 2
    told = any("join_uneven_inputs" in str(warning.message) for warning in caught)
    return {"epochs": epochs, "told": told, "weights": weights(model)}


def run_epoch(model, optimizer, loader):
    seen = []
    for inputs, indices in loader:
        optimizer.zero_grad()
        model(inputs).square().mean().backward()
        optimizer.step()
        seen.append(indices.tolist())
    return seen


class Counting:
    """Counts the buckets of gradients that DDP reduces."""

    def __init__(self, model):
        self.buckets = 0
        model.register_comm_hook(None, self.reduce)

    def reduce(self, _, bucket):
        self.buckets += 1
        work = torch.distributed.all_reduce(bucket.buffer(), async_op=True)
        size = torch.distributed.get_world_size()
        return work.get_future().then(lambda future: future.value()[0] / size)


def accumulate(compiled):
    """Return after how many backward passes gradients were reduced, and the weights."""
    rank, size = idist.get_rank(), idist.get_world_size()
    model = idist.auto_model(make_model())
    counting = Counting(model)
    used = torch.compile(model, backend="eager") if compiled else model
    optimizer = make_optimizer(model)
    reduced = []
    for step, inputs in enumerate(micro_batches(size), start=1):
        with no_sync(used, enabled=step % 3 != 0):
            (used(inputs[rank::size]).square().mean() / 3).backward()
        reduced.append(counting.buckets)
        if step % 3 == 0:
            optimizer.step()
            optimizer.zero_grad()
    return reduced, weights(used)


def micro_batches(size, steps=6):
    generator = torch.Generator().manual_seed(1)
    return torch.randn(steps, 4 * size, FEATURES, generator=generator)


def train_compiled():
    """Train what was compiled before it came to auto_model."""
    rank, size = idist.get_rank(), idist.get_world_size()
    model = idist.auto_model(torch.compile(make_model(seed=rank), backend="eager"))
    optimizer = make_optimizer(model)
    for inputs in micro_batches(size):
        optimizer.zero_grad()
        model(inputs[rank::size]).square().mean().backward()
        optimizer.step()
    return weights(model)


def refuse():
    wrapped = idist.auto_model(make_model())
    two = nn.ModuleList([wrapped, idist.auto_model(make_model())])
    batch_norm = nn.Sequential(nn.BatchNorm1d(2))
    for model in (wrapped, torch.compile(wrapped, backend="eager")):
        for strategy in ("ddp", "fsdp", "none"):
            with pytest.raises(ValueError, match="distributed already"):
                idist.auto_model(model, strategy=strategy)
    for strategy in ("ddp", "fsdp", "none"):
        with pytest.raises(ValueError, match="sync_bn=True needs CUDA"):
            idist.auto_model(batch_norm, sync_bn=True, strategy=strategy)
    with pytest.raises(TypeError, match="nonsense"):
        idist.auto_model(make_model(), nonsense=1)
    with pytest.raises(UnsupportedOperation, match="Only one"), join_uneven_inputs(two):
        pass


def leave_alone():
    for model in (make_model().requires_grad_(False), nn.Tanh()):
        assert idist.auto_model(model) is model
    model = make_model()
    assert idist.auto_model(model, strategy="none") is model
    with join_uneven_inputs(model), no_sync(model):
        assert idist.auto_model(model, sync_bn=True).module is model  # nothing to synchronize


def play(scenes):
    """Call functions, each as (function, *arguments) under a name, in one world."""
    return {name: function(*arguments) for name, (function, *arguments) in scenes.items()}
