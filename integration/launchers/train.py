"""Trains a small model, resumes from the last checkpoint, and prints one JSON line per rank.

The same code for every launcher; what differs is how it is started:

    python train.py
    python train.py --nproc-per-node 2
    torchrun --nproc-per-node 2 train.py
    srun -n 2 python train.py
"""

import argparse
import json
import os
import signal
import sys
import time
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

import ignite.distributed as idist
from ignite.engine import Engine, Events
from ignite.handlers import Checkpoint, DiskSaver

EPOCHS, STEPS, SAVED_EVERY = 2, 6, 2
PARALLEL = {
    "backend": str,
    "nproc_per_node": int,
    "nnodes": int,
    "node_rank": int,
    "master_addr": str,
    "master_port": int,
    "init_method": str,
    "start_method": str,
    "timeout": float,
}


def train(local_rank, args):
    rank = idist.get_rank()
    torch.manual_seed(0)
    model = idist.auto_model(nn.Linear(4, 1))
    optimizer = idist.auto_optim(torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9))
    generator = torch.Generator().manual_seed(rank)
    batches = [torch.randn(3, 5, generator=generator) for _ in range(STEPS)]

    def step(engine, batch):
        optimizer.zero_grad()
        F.mse_loss(model(batch[:, :4]), batch[:, 4:]).backward()
        optimizer.step()

    trainer = Engine(step)

    @trainer.on(Events.ITERATION_STARTED(once=args.at))
    def misbehave(trainer):
        if resumed_at:
            return
        if rank == args.on_rank:
            MISBEHAVIOURS[args.misbehaviour]()
        elif args.others_are_busy:
            time.sleep(600)

    resumed_at = 0
    if args.folder:
        state = {"model": model, "optimizer": optimizer, "trainer": trainer}
        saver = DiskSaver(args.folder, require_empty=False)
        checkpoint = Checkpoint(state, saver)
        trainer.add_event_handler(Events.ITERATION_COMPLETED(every=SAVED_EVERY), checkpoint)
        newest = max(Path(args.folder).glob("*.pt"), key=lambda p: p.stat().st_mtime, default=None)
        newest = idist.broadcast(newest, safe_mode=True)
        if newest:
            Checkpoint.load_objects(state, newest)
            resumed_at = trainer.state.iteration

    trainer.run(batches, max_epochs=EPOCHS)
    report = {
        "rank": rank,
        "world_size": idist.get_world_size(),
        "local_rank": idist.get_local_rank(),
        "argument": local_rank,
        "nproc_per_node": idist.get_nproc_per_node(),
        "nnodes": idist.get_nnodes(),
        "node_rank": idist.get_node_rank(),
        "backend": idist.backend(),
        "sum": idist.all_reduce(rank + 1),
        "maximum": idist.all_reduce(0.5 * rank, "MAX"),
        "gathered": idist.all_gather(rank),
        "environment": {name: os.environ.get(name) for name in ("RANK", "LOCAL_RANK")},
        "weights": [weight for p in model.parameters() for weight in p.flatten().tolist()],
        "resumed_at": resumed_at,
        "attempt": os.environ.get("TORCHELASTIC_RESTART_COUNT", "0"),
    }
    os.write(1, f"{json.dumps(report)}\n".encode())


def behave():
    pass


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def fail():
    raise ValueError("what went wrong")


def leave():
    sys.exit(3)


def begin_collective():
    """Begin what the others will never join."""
    torch.distributed.all_reduce(torch.zeros(1), async_op=True)


def fail_amid_collective():
    begin_collective()
    fail()


def leave_amid_collective():
    begin_collective()
    leave()


MISBEHAVIOURS = {
    function.__name__: function
    for function in (behave, die, fail, leave, fail_amid_collective, leave_amid_collective)
}


def parse_args():
    parser = argparse.ArgumentParser()
    for name, kind in PARALLEL.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=kind)
    parser.add_argument("--local-rank", help="given by torch.distributed.launch; not needed")
    parser.add_argument("--own-group", action="store_true", help="make the process group here")
    parser.add_argument("--folder", help="where checkpoints are")
    parser.add_argument("--misbehaviour", choices=MISBEHAVIOURS, default="behave")
    parser.add_argument("--others-are-busy", action="store_true", help="while a rank misbehaves")
    parser.add_argument("--on-rank", type=int, default=1)
    parser.add_argument("--at", type=int, default=8, help="iteration of the misbehaviour")
    return parser.parse_args()


def main():
    args = parse_args()
    options = {name: vars(args)[name] for name in PARALLEL if vars(args)[name] is not None}
    if args.own_group:
        torch.distributed.init_process_group("gloo")
    with idist.Parallel(**options) as parallel:
        parallel.run(train, args)
    assert torch.distributed.is_initialized() == args.own_group
    if args.own_group:
        torch.distributed.destroy_process_group()


if __name__ == "__main__":
    main()
