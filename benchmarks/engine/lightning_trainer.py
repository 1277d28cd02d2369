"""Lightning's Trainer with ``barebones=True``, the least that it can do.

It trains a module and cannot call a bare function, so what comes closest to an engine
without handlers is a module whose step does nothing, without an optimizer.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from typing import Any

import lightning  # type: ignore[import-not-found,unused-ignore]
import torch
from torch.nn.functional import cross_entropy

from benchmarks.engine import mlp
from benchmarks.timing import Sampler, microseconds_per_iteration

logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)  # a page for every fit


class _Batches:
    """Not a list: Lightning takes one for several sources."""

    def __init__(self, batches: list[mlp.Batch]) -> None:
        self._batches = batches

    def __len__(self) -> int:
        return len(self._batches)

    def __iter__(self) -> Iterator[mlp.Batch]:
        return iter(self._batches)


class _Clocked(lightning.LightningModule):  # type: ignore[misc,unused-ignore]
    """Knows when its first step and its last began."""

    first: int | None = None
    last: int

    def clock(self) -> None:
        self.last = time.process_time_ns()
        if self.first is None:
            self.first = self.last


class _Empty(_Clocked):
    def __init__(self) -> None:
        super().__init__()
        self.automatic_optimization = False

    def training_step(self, batch: Any, batch_idx: int) -> None:
        self.clock()

    def configure_optimizers(self) -> None: ...


class _Mlp(_Clocked):
    def __init__(self) -> None:
        super().__init__()
        self.network = mlp.network()

    def training_step(self, batch: mlp.Batch, batch_idx: int) -> torch.Tensor:
        self.clock()
        x, y = batch
        return cross_entropy(self.network(x), y)

    def on_train_batch_end(self, outputs: Any, batch: Any, batch_idx: int) -> None:
        outputs["loss"].item()

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return mlp.optimizer(self.network)


class _StartAndEnd(lightning.Callback):  # type: ignore[misc,unused-ignore]
    def on_train_batch_start(self, *args: Any) -> None: ...

    def on_train_batch_end(self, *args: Any) -> None: ...


class _EveryHundredth(lightning.Callback):  # type: ignore[misc,unused-ignore]
    def on_train_batch_end(
        self, trainer: Any, module: Any, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        if batch_idx % 100 == 0:
            pass


def no_handler() -> Sampler:
    """A fit of a module that does nothing."""
    return microseconds_per_iteration(lambda n: _seconds(_Empty(), range(n + 1)))


def three_handlers() -> Sampler:
    """The same, with callbacks before and after each batch, and after each hundredth."""
    return microseconds_per_iteration(
        lambda n: _seconds(_Empty(), range(n + 1), _StartAndEnd(), _EveryHundredth())
    )


def supervised() -> Sampler:
    """A fit of the network, with the loss of each step as a number."""
    module = _Mlp()
    return microseconds_per_iteration(lambda n: _seconds(module, _Batches(mlp.batches(n + 1))))


def _seconds(module: _Clocked, batches: Any, *callbacks: Any) -> float:
    """Return the time from the first step to the last; setting up a fit takes far longer."""
    module.first = None
    trainer = lightning.Trainer(
        barebones=True, accelerator="cpu", devices=1, max_epochs=1, callbacks=list(callbacks)
    )
    trainer.fit(module, batches)
    assert module.first is not None
    return (module.last - module.first) / 1e9
