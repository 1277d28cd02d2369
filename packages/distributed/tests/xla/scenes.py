"""What replicas do, in worlds that this program starts; test_xla.py judges it."""

import pickle
import sys
import threading
from functools import partial
from pathlib import Path

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, TensorDataset

import ignite.distributed as idist
from ignite.distributed.interface import current_backend
from ignite.distributed.testing import run_world


def where():
    """This rank's place, and what a thread of nobody's sees meanwhile."""
    seen = []
    thread = threading.Thread(target=lambda: seen.append(current_backend().name))
    thread.start()
    thread.join()
    place = idist.get_rank(), idist.get_local_rank(), idist.get_world_size(), idist.get_nnodes()
    return place, str(idist.device()), idist.backend(), idist.model_name(), seen


def train(dtype=torch.float32, closure=False, accumulate=1):
    """Train from weights that differ between the ranks, and return those at the end."""
    generator = torch.Generator().manual_seed(0)
    inputs, targets = torch.randn(32, 4, generator=generator), torch.randn(32, generator=generator)
    generator.manual_seed(idist.get_rank())
    model = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1), nn.Flatten(0))
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator) / 3)
    model = idist.auto_model(model.to(dtype))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    assert idist.auto_optim(optimizer) is optimizer
    loader = idist.auto_dataloader(TensorDataset(inputs, targets), batch_size=8, shuffle=False)
    for _ in range(2):
        for step, (x, y) in enumerate(loader, start=1):
            assert x.device == idist.device()
            backward = partial(add_gradients, model, x.to(dtype), y.to(dtype), accumulate)
            if closure:
                optimizer.zero_grad()
                optimizer.step(backward)
                continue
            backward()
            if step % accumulate == 0:
                optimizer.step()
                optimizer.zero_grad()
    return [parameter.detach().cpu() for parameter in model.parameters()]


def add_gradients(model, x, y, accumulate):
    loss = nn.functional.mse_loss(model(x), y) / accumulate
    loss.backward()
    return loss


class Numbers(Dataset):
    def __init__(self, broken):
        self.broken = broken

    def __len__(self):
        return 100

    def __getitem__(self, index):
        if index == self.broken:
            raise ValueError("sample 7 is broken")
        return torch.tensor(float(index))


def load():
    """What a loader does whose data ends with an error, and one that is left early, and again."""
    loader = idist.auto_dataloader(Numbers(broken=7), batch_size=idist.get_world_size())
    error = None
    try:
        for _ in loader:
            pass
    except ValueError as raised:
        error = str(raised)
    loader = idist.auto_dataloader(
        Numbers(broken=-1), batch_size=idist.get_world_size(), shuffle=False
    )
    firsts = [next(iter(loader)).item() for _ in range(3)]
    return error, firsts, len(loader), isinstance(loader, DataLoader)


def join_again():
    """A second world after the first."""
    idist.finalize()
    between = idist.backend()
    idist.initialize("xla", timeout=10)
    return between, idist.all_reduce(2**53 + 1)


def refuse():
    """What is raised where options and worlds do not fit."""
    model = nn.Linear(1, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=1)
    idist.finalize()
    size = current_backend().world_size + 5
    calls = [
        lambda: idist.initialize("xla", world_size=size),
        lambda: idist.initialize("xla", speed=1),
        lambda: idist.initialize("xla", timeout=10),
        lambda: idist.auto_model(model, bucket_mib=1),
        lambda: idist.auto_optim(optimizer, speed=1),
    ]
    return [kind_of_error(call) for call in calls]


def kind_of_error(call):
    try:
        call()
    except (TypeError, ValueError) as error:
        return type(error).__name__
    return None


def play():
    return {
        "where": where(),
        "train": train(),
        "train bfloat16": train(torch.bfloat16),
        "train closure": train(closure=True),
        "train accumulate": train(accumulate=2),
        "load": load(),
        "join again": join_again(),
        "refuse": refuse(),
    }


def end(local_rank, how):
    """End badly on one rank."""
    idist.barrier()
    if local_rank == 1 and how == "raise":
        raise RuntimeError("rank 1 has had enough")
    if local_rank == 1 and how == "exit":
        sys.exit(3)
    if local_rank != 1 or how != "leave":
        idist.barrier()


if __name__ == "__main__":
    what, size = sys.argv[1], int(sys.argv[2])
    if what == "play":
        Path(sys.argv[3]).write_bytes(pickle.dumps(run_world(play, size, backend="xla")))
    elif what == "alone":
        with idist.Parallel(backend="xla") as parallel:
            parallel.run(lambda local_rank: print(local_rank, where()[:2], train()[0].shape))
    else:
        with idist.Parallel(backend="xla", nproc_per_node=size, timeout=5) as parallel:
            parallel.run(end, what)
