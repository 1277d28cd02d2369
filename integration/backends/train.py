"""Trains the digits network on the ranks of a backend: train.py BACKEND RANKS REPORT.

All ranks together take the batches that one process would take, the last of them not full, each
rank its share; so they come to the weights that one process would come to.
"""

import sys
from pathlib import Path

import torch
from torch.nn import functional as F

sys.path.insert(0, str(Path(__file__).parents[2] / "examples"))
from digits import load_digits, make_model

import ignite.distributed as idist
from ignite.engine import Engine, Events
from ignite.metrics import Accuracy, Loss

IMAGES, HELD_OUT, BATCH_SIZE, EPOCHS, LR = 307, 101, 50, 2, 0.05


def batches(length):
    """Return which images each step takes."""
    return torch.arange(length).split(BATCH_SIZE)


def data():
    """Return images and labels to train on, and others to evaluate."""
    whole, _, held_out = load_digits()
    return whole[:IMAGES], held_out[:HELD_OUT]


def network():
    """Return the network without its dropout, whose noise differs from rank to rank."""
    torch.manual_seed(0)
    model = make_model()
    for module in model:
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    return model


def train(local_rank, report):
    rank, size, device = idist.get_rank(), idist.get_world_size(), idist.device()
    model = idist.auto_model(network())
    optimizer = idist.auto_optim(torch.optim.SGD(model.parameters(), lr=LR, momentum=0.9))
    (images, labels), (held_out, their_labels) = data()

    def share(indices):
        return indices[rank::size]

    def step(engine, indices):
        mine = share(indices)
        optimizer.zero_grad()
        loss = F.cross_entropy(
            model(images[mine].to(device)), labels[mine].to(device), reduction="sum"
        )
        (loss * size / len(indices)).backward()
        optimizer.step()
        idist.sync()

    def evaluate(engine, indices):
        mine = share(indices)
        with torch.no_grad():
            return model(held_out[mine].to(device)), their_labels[mine].to(device)

    trainer, evaluator = Engine(step), Engine(evaluate)
    Accuracy(device=device).attach(evaluator, "accuracy")
    Loss(F.cross_entropy, device=device).attach(evaluator, "loss")
    trainer.add_event_handler(Events.COMPLETED, lambda: evaluator.run([*batches(HELD_OUT)]))
    trainer.run([*batches(IMAGES)], max_epochs=EPOCHS)

    weights = torch.cat([p.detach().flatten() for p in model.parameters()]).cpu()
    everyone = idist.all_gather({"weights": weights, "metrics": evaluator.state.metrics})
    if rank == 0:
        torch.save(everyone, report)


if __name__ == "__main__":
    backend, ranks, report = sys.argv[1:]
    alone = backend == "serial"
    with idist.Parallel(
        backend=None if alone else backend, nproc_per_node=None if alone else int(ranks)
    ) as parallel:
        parallel.run(train, report)
