"""When ranks exchange gradients: not in every pass, or not all of them to the end."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from torch import nn
from torch.distributed.algorithms.join import Join, Joinable, JoinHook
from torch.nn.parallel import DistributedDataParallel
from torch.optim import Optimizer

from ignite.distributed._auto_model import is_sharded
from ignite.distributed._averaging import averages_gradients, keep_gradients
from ignite.distributed._current import current_backend
from ignite.distributed.errors import UnsupportedOperation
from ignite.distributed.interface import Backend

__all__ = ["join_uneven_inputs", "no_sync"]


@contextmanager
def no_sync(model: nn.Module, enabled: bool = True) -> Iterator[None]:
    """Let backward passes add to the gradients on this rank alone.

    For gradient accumulation: the first backward pass outside averages over the ranks what has
    been added up. It works for whatever ``auto_model`` returns and for models that contain
    such, and does nothing for others. With FSDP, gradients are kept whole meanwhile.

    Args:
        model: forward and backward pass are both made inside.
        enabled: whether it has any effect, alike on all ranks; for loops such as this one:

    >>> import ignite.distributed as idist
    >>> model = idist.auto_model(torch.nn.Linear(2, 1))
    >>> optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    >>> for step, batch in enumerate(torch.ones(8, 4, 2), start=1):
    ...     with no_sync(model, enabled=step % 4 != 0):
    ...         (model(batch).mean() / 4).backward()
    ...     if step % 4 == 0:
    ...         optimizer.step()
    ...         optimizer.zero_grad()
    """
    with ExitStack() as stack:
        for module in model.modules() if enabled else ():
            if isinstance(module, DistributedDataParallel):
                stack.enter_context(module.no_sync())
            elif averages_gradients(module):
                stack.enter_context(keep_gradients(module))
            elif is_sharded(module):
                sharded: Any = module
                sharded.set_requires_gradient_sync(False, recurse=False)
                stack.callback(sharded.set_requires_gradient_sync, True, recurse=False)
        yield


@contextmanager
def join_uneven_inputs(model: nn.Module, *optimizers: Optimizer) -> Iterator[None]:
    """Let ranks train together that do not take equally many steps (collective).

    For what ``auto_dataloader`` warns of, and for data that nobody has split evenly. A rank that
    is through takes part in the exchanges of the others, adding nothing to the gradients, which
    are still divided by the number of all ranks. At the end it takes on the weights and the
    state of the optimizers from a rank that took the most steps. What else counts steps, such
    as a scheduler, is left as it is. Each forward pass inside is followed by a backward pass, or
    made in :func:`no_sync`. For a model that needs no other rank nothing happens.

    Args:
        model: what ``auto_model`` returned, with ``strategy="ddp"``.
        optimizers: those whose steps are taken inside.

    Raises:
        UnsupportedOperation: FSDP shards the model, so that each forward pass needs all ranks;
            or it has several parts that each average their gradients, or the backend is not one
            of ``torch.distributed``: then either the model or the optimizer needs all ranks.

    >>> import ignite.distributed as idist
    >>> model = idist.auto_model(torch.nn.Linear(2, 1))
    >>> optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    >>> with join_uneven_inputs(model, optimizer):
    ...     for batch in torch.ones(3, 4, 2):
    ...         model(batch).mean().backward()
    ...         optimizer.step()
    """
    parallel = [part for part in model.modules() if isinstance(part, DistributedDataParallel)]
    others = any(is_sharded(part) or averages_gradients(part) for part in model.modules())
    current = current_backend()
    steps_together = type(current).distribute_optimizer is not Backend.distribute_optimizer
    if len(parallel) > 1 or others or (steps_together and current.world_size > 1):
        raise UnsupportedOperation(
            "Only one DistributedDataParallel model can go on without some of the ranks; let all "
            "ranks take equally many steps, as auto_dataloader does unless even_batches=False."
        )
    if not parallel:
        yield
        return
    joinables: list[Joinable] = [*parallel]
    joinables.extend(_OptimizerState(optimizer, parallel[0]) for optimizer in optimizers)
    join = Join(joinables)
    try:
        yield
        with warnings.catch_warnings():  # torch changes the filters there
            join.__exit__(None, None, None)
    finally:
        Join(joinables, enable=False)  # or later passes, too, would wait for all ranks


class _OptimizerState(Joinable, JoinHook):
    """Gives an optimizer's state to the ranks that missed its last steps."""

    def __init__(self, optimizer: Optimizer, model: DistributedDataParallel) -> None:
        super().__init__()
        self._optimizer = optimizer
        self._model = model

    def join_hook(self, **kwargs: Any) -> JoinHook:
        return self

    @property
    def join_device(self) -> torch.device:
        device: torch.device = self._model.join_device
        return device

    @property
    def join_process_group(self) -> Any:
        return self._model.join_process_group

    def post_hook(self, is_last_joiner: bool) -> None:
        """Pass it on, once all ranks are through."""
        current = current_backend()
        ranks = torch.distributed.get_process_group_ranks(self.join_process_group)
        took_all = current.all_gather(is_last_joiner, ranks)
        if all(took_all):
            return
        buffer = io.BytesIO()
        if is_last_joiner:
            torch.save(self._optimizer.state_dict(), buffer)
        saved = current.broadcast(buffer.getvalue(), ranks[took_all.index(True)], ranks)
        if not is_last_joiner:
            state = torch.load(io.BytesIO(saved), map_location="cpu", weights_only=True)
            self._optimizer.load_state_dict(state)
