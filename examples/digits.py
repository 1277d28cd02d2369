"""Train a small convolutional network on 1,797 handwritten digits, on two processes.

    python examples/digits.py                          # two processes, started here
    python examples/digits.py --resume                 # go on with the newest run
    torchrun --nproc_per_node 2 examples/digits.py     # processes that torchrun starts

A run leaves the best model, its last state, TensorBoard scalars, two pictures and a report
in runs/<name>/. Ctrl-C or SIGTERM ends it after the epoch in progress.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

import torch
from digits_pictures import draw_confusion, draw_curves
from torch import nn
from torch.nn import functional as F  # noqa: N812 - everybody's name for it
from torch.utils.data import TensorDataset

import ignite.distributed as idist
from ignite.engine import Engine, Events, create_supervised_evaluator, create_supervised_trainer
from ignite.handlers import (
    Checkpoint,
    CosineAnnealingScheduler,
    DiskSaver,
    EarlyStopping,
    ParamScheduler,
    PreemptionHandler,
    ProgressBar,
    TensorboardLogger,
    create_lr_scheduler_with_warmup,
    global_step_from_engine,
)
from ignite.handlers.interface import CheckpointError, Serializable
from ignite.metrics import Accuracy, ConfusionMatrix, Loss

CLASSES = 10


# -- what is trained, and on what ------------------------------------------------------------


def make_model() -> nn.Module:
    """Return a network from images (batch, 1, 8, 8) to logits (batch, 10)."""
    return nn.Sequential(
        *[nn.Conv2d(1, 32, 3, padding=1), nn.ReLU()],
        *[nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)],
        *[nn.Flatten(), nn.Dropout(0.5), nn.Linear(64 * 4 * 4, CLASSES)],
    )


def load_digits() -> list[TensorDataset]:
    """Return 1,257 images to train on, 180 to choose the best model by, and 360 to test it."""
    from sklearn import datasets
    from sklearn.model_selection import train_test_split

    pixels, labels = datasets.load_digits(return_X_y=True)
    images = torch.tensor(pixels, dtype=torch.float32).reshape(-1, 1, 8, 8) / 16
    whole, parts = range(len(labels)), []
    for size in (360, 180):
        whole, part = train_test_split(
            whole, test_size=size, stratify=labels[whole], random_state=0
        )
        parts.append(part)
    targets = torch.tensor(labels)
    return [TensorDataset(images[part], targets[part]) for part in (whole, *reversed(parts))]


def shifted(batch: Any, device: torch.device, non_blocking: bool) -> tuple[Any, Any]:
    """Move a batch to the device, its images by up to one pixel up, down and sideways."""
    x, y = (part.to(device, non_blocking=non_blocking) for part in batch)
    down, right = torch.randint(0, 3, (2,)).tolist()
    return F.pad(x, (1, 1, 1, 1))[..., down : down + 8, right : right + 8], y


class History:
    """The curves of a run; saved with its state, so that a resumed run has them whole."""

    def __init__(self) -> None:
        self.curves: dict[str, list[float]] = {}

    def add(self, **values: float) -> None:
        """Add one epoch's values."""
        for name, value in values.items():
            self.curves.setdefault(name, []).append(value)

    def state_dict(self) -> dict[str, list[float]]:
        """Return the curves."""
        return self.curves

    def load_state_dict(self, state_dict: dict[str, list[float]]) -> None:
        """Take on saved curves."""
        self.curves = {name: list(values) for name, values in state_dict.items()}


# -- one run ---------------------------------------------------------------------------------


def train(local_rank: int, args: argparse.Namespace) -> None:
    """Train, test and report; every rank calls this."""
    began = time.perf_counter()
    first = idist.get_rank() == 0
    folder, problem = idist.broadcast(find_folder(args) if first else None, safe_mode=True)
    if problem:
        fail(problem)

    torch.manual_seed(args.seed)  # the same weights on every rank, then noise of its own
    device = idist.device()
    model = idist.auto_model(make_model())
    optimizer = idist.auto_optim(torch.optim.AdamW(model.parameters(), lr=args.lr))
    torch.manual_seed(args.seed + idist.get_rank())

    train_set, validation_set, test_set = load_digits()
    loader = idist.auto_dataloader(
        train_set, batch_size=args.batch_size, shuffle=True, drop_last=True
    )
    validation_loader, test_loader = (
        idist.auto_dataloader(part, batch_size=180) for part in (validation_set, test_set)
    )

    trainer = create_supervised_trainer(
        model,
        optimizer,
        F.cross_entropy,
        device,
        prepare_batch=shifted,
        output_transform=lambda x, y, y_pred, loss: (y_pred.detach(), y),
    )
    validator = create_supervised_evaluator(model, make_metrics(device), device)
    confusion = ConfusionMatrix(CLASSES, device=device)
    tester = create_supervised_evaluator(
        model, {**make_metrics(device), "confusion": confusion}, device
    )
    for name, metric in make_metrics(device).items():
        metric.attach(trainer, name)

    @trainer.on(Events.EPOCH_STARTED)
    def reshuffle(trainer: Engine) -> None:
        if hasattr(loader.sampler, "set_epoch"):
            loader.sampler.set_epoch(trainer.state.epoch)

    steps, warmup = args.epochs * len(loader), min(args.warmup, args.epochs - 1) * len(loader)
    scheduler: ParamScheduler = CosineAnnealingScheduler(
        optimizer, "lr", args.lr, args.lr / 100, cycle_size=max(2, steps - warmup)
    )
    if warmup:
        scheduler = create_lr_scheduler_with_warmup(
            scheduler, warmup_start_value=args.lr / 100, warmup_duration=warmup
        )
    trainer.add_event_handler(Events.ITERATION_STARTED, scheduler)

    # The validator's own handlers: the best model is kept, and training ends without progress.
    best = Checkpoint(
        {"model": model},
        DiskSaver(folder / "best", require_empty=False),
        score_name="accuracy",
        greater_or_equal=True,
        global_step_transform=global_step_from_engine(trainer),
    )
    stopping = EarlyStopping(
        args.patience, Checkpoint.get_default_score_fn("loss", score_sign=-1.0), trainer
    )
    validator.add_event_handler(Events.COMPLETED, best)
    validator.add_event_handler(Events.COMPLETED, stopping)

    # The trainer's, in this order at the end of each epoch: validate, save, heed signals.
    bar = ProgressBar()
    bar.attach(trainer, metric_names=[])
    history = History()

    @trainer.on(Events.EPOCH_COMPLETED)
    def validate(trainer: Engine) -> None:
        seen, held_out = trainer.state.metrics, validator.run(validation_loader).metrics
        history.add(
            train_loss=seen["loss"],
            train_accuracy=seen["accuracy"],
            validation_loss=held_out["loss"],
            validation_accuracy=held_out["accuracy"],
        )
        if first:
            bar.log_message(
                f"epoch {trainer.state.epoch:3d}: training loss {seen['loss']:.4f}, "
                f"validation loss {held_out['loss']:.4f}, accuracy {held_out['accuracy']:.4f}"
            )

    state: dict[str, Serializable] = {
        "model": model,
        "optimizer": optimizer,
        "scheduler": scheduler,
        "trainer": trainer,
        "stopping": stopping,
        "best": best,
        "history": history,
    }
    last = Checkpoint(
        state,
        DiskSaver(folder / "last", require_empty=False),
        global_step_transform=lambda trainer, event: trainer.state.epoch,
        include_self=True,
    )
    trainer.add_event_handler(Events.EPOCH_COMPLETED, last)
    preemption = PreemptionHandler()
    preemption.attach(trainer)

    if args.resume:
        newest = max((folder / "last").glob("*.pt"), key=lambda path: path.stat().st_mtime)
        try:
            Checkpoint.load_objects({**state, "checkpointer": last}, newest)
        except CheckpointError as error:
            fail(f"cannot go on from {newest.name}: {error}")
    if trainer.state.epoch > args.epochs:
        fail(f"this run has {trainer.state.epoch} epochs already; --epochs must be at least that.")

    if trainer.state.epoch < args.epochs:
        with TensorboardLogger(log_dir=folder / "tensorboard") as board:
            follow(board, trainer, validator, optimizer)
            trainer.run(loader, max_epochs=args.epochs)
    if preemption.signum is not None:
        if first:
            print(
                f"Stopped by {signal.Signals(preemption.signum).name} after epoch "
                f"{trainer.state.epoch} of {args.epochs}, which is saved; go on with: "
                f"{sys.argv[0]} --resume --name {folder.name}"
            )
        sys.exit(128 + preemption.signum)

    assert best.last_checkpoint is not None
    idist.barrier()  # the best model is written before any rank reads it
    Checkpoint.load_objects({"model": model}, best.last_checkpoint)
    tested = tester.run(test_loader).metrics
    if first:
        report(folder, args, trainer, best, history, tested, time.perf_counter() - began)


def make_metrics(device: torch.device) -> dict[str, Any]:
    """Return what is measured of every part of the data."""
    return {"accuracy": Accuracy(device=device), "loss": Loss(F.cross_entropy, device=device)}


def follow(
    board: TensorboardLogger, trainer: Engine, validator: Engine, optimizer: torch.optim.Optimizer
) -> None:
    """Write the scalars of both engines, by the trainer's epochs, and the learning rate."""
    epoch = global_step_from_engine(trainer)
    for tag, engine, event in (
        ("training", trainer, Events.EPOCH_COMPLETED),
        ("validation", validator, Events.COMPLETED),
    ):
        board.attach_output_handler(
            engine, event, tag=tag, metric_names=["accuracy", "loss"], global_step_transform=epoch
        )
    board.attach_opt_params_handler(trainer, Events.ITERATION_COMPLETED(every=5), optimizer)


# -- its folder and its report ---------------------------------------------------------------


def find_folder(args: argparse.Namespace) -> tuple[Path, str]:
    """Return the run's folder, and what is wrong with it, if anything is."""
    root: Path = args.output
    if args.resume:
        runs = [root / args.name] if args.name else [path.parent for path in root.glob("*/last")]
        saved = [path for run in runs for path in run.glob("last/*.pt")]
        if not saved:
            where = root / (args.name or "")
            return (
                where,
                f"there is no checkpoint to resume from in {where}; start without --resume.",
            )
        return max(saved, key=lambda path: path.stat().st_mtime).parent.parent, ""
    numbered = (root / f"digits-{number}" for number in range(1, 10**9))
    folder = root / args.name if args.name else next(path for path in numbered if not path.exists())
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        return (
            folder,
            f"{folder} exists already; go on with it by --resume, or choose another --name.",
        )
    except OSError as error:
        return folder, f"{folder} cannot be made ({error.strerror}); choose another --output."
    return folder, ""


def report(
    folder: Path,
    args: argparse.Namespace,
    trainer: Engine,
    best: Checkpoint,
    history: History,
    tested: dict[str, Any],
    seconds: float,
) -> None:
    """Print how it went, and leave that and two pictures in the folder."""
    draw_curves(folder / "curves.png", history.curves)
    draw_confusion(folder / "confusion_matrix.png", tested["confusion"])
    text = (
        f"test accuracy {tested['accuracy']:.4f}, test loss {tested['loss']:.4f}\n"
        f"{trainer.state.epoch} of at most {args.epochs} epochs, {idist.get_world_size()} "
        f"process(es), {seconds:.1f} s; best model: {best.last_checkpoint}\n"
        f"pictures, checkpoints and TensorBoard scalars: {folder}\n"
    )
    (folder / "report.txt").write_text(text)
    print(text, end="")


# -- the command line --------------------------------------------------------------------------


def fail(message: str) -> NoReturn:
    """End with one line; every rank calls this, the first one speaks."""
    if idist.get_rank() == 0:
        print(f"{Path(sys.argv[0]).name}: {message}", file=sys.stderr)
    sys.exit(1)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (--help explains every option)\n")


def parse_args() -> argparse.Namespace:
    """Return the options, all within their ranges."""

    def number(kind: type, least: float, most: float = float("inf")) -> Any:
        def read(text: str) -> Any:
            try:
                value = kind(text)
            except ValueError:
                value = None
            if value is None or not least <= value <= most:
                bound = "or more" if most == float("inf") else f"to {most}"
                raise argparse.ArgumentTypeError(
                    f"{text!r} is no {kind.__name__} of {least} {bound}"
                )
            return value

        return read

    assert __doc__
    parser = _Parser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("--epochs", type=number(int, 1), default=30, help="epochs to train at most (30)")
    add(
        "--patience", type=number(int, 1), default=10, help="epochs without progress to end at (10)"
    )
    add(
        "--batch-size", type=number(int, 1, 512), default=64, help="images per step, all ranks (64)"
    )
    add("--lr", type=number(float, 1e-6, 1), default=3e-3, help="learning rate at its peak (0.003)")
    add("--warmup", type=number(int, 0), default=2, help="epochs of rising learning rate (2)")
    add(
        "--processes",
        type=number(int, 1, 16),
        default=2,
        help="processes to start (2); not for torchrun",
    )
    add(
        "--backend",
        choices=[name for name in idist.available_backends() if name != "serial"],
        default="gloo",
        help="how several processes communicate (gloo)",
    )
    add("--seed", type=number(int, 0), default=0, help="seed of weights, dropout and order (0)")
    add("--output", type=Path, default=Path("runs"), help="folder of all runs (runs)")
    add("--name", help="name of this run (digits-1, digits-2, …; with --resume the newest)")
    add("--resume", action="store_true", help="go on from the last checkpoint of the run")
    return parser.parse_args()


def main() -> None:
    """Run under torchrun if it started this process, else on processes started here."""
    args = parse_args()
    started = "LOCAL_RANK" in os.environ
    processes = None if started or args.processes == 1 else args.processes
    backend = args.backend if started or processes else None
    with idist.Parallel(backend=backend, nproc_per_node=processes) as parallel:
        parallel.run(train, args)


if __name__ == "__main__":
    main()
