"""The steps of training, one factory per way to make a loss a step of the optimizer."""

from __future__ import annotations

import torch

from ignite.engine._accumulation import accumulated
from ignite.engine._batch import prepare_batch as _prepare_batch
from ignite.engine._parts import (
    Device,
    LossFunction,
    ModelFunction,
    PrepareBatch,
    Step,
    TrainingOutput,
    Transform,
    call_model,
    loss_value,
    same,
)
from ignite.engine._precision import autocast
from ignite.engine._steps import training_step
from ignite.engine._update import ApexUpdate, ScaledUpdate, TpuUpdate, Update


def supervised_training_step(
    model: torch.nn.Module,
    optimizer: torch.optim.Optimizer,
    loss_fn: LossFunction,
    device: Device = None,
    non_blocking: bool = False,
    prepare_batch: PrepareBatch = _prepare_batch,
    model_transform: Transform = same,
    output_transform: TrainingOutput = loss_value,
    gradient_accumulation_steps: int = 1,
    model_fn: ModelFunction = call_model,
) -> Step:
    """Return the function that trains ``model`` on one batch.

    The model is put into training mode when it is found in another, so modules that
    the user keeps in evaluation mode inside a training model stay so.

    Args:
        model: the model; it must lie on ``device`` already.
        optimizer: updates its parameters.
        loss_fn: called with the (transformed) prediction and the target; a scalar tensor,
            the mean over the batch.
        device: where the batch is moved to; None leaves it where it is.
        non_blocking: whether copies from pinned memory to the device may be asynchronous.
        prepare_batch: called with ``(batch, device=, non_blocking=)``; gives ``(x, y)``.
        model_transform: applied to what the model returns.
        output_transform: called with ``(x, y, y_pred, loss)``; makes ``state.output``. By
            default ``loss.item()``, which waits for the device at every iteration; return
            ``loss.detach()`` to avoid that. The loss is that of the batch alone, also
            where gradients are accumulated.
        gradient_accumulation_steps: batches per step of the optimizer.
        model_fn: called with ``(model, x)``.

    Raises:
        TypeError: ``gradient_accumulation_steps`` is no integer.
        ValueError: it is less than 1.

    Accumulation groups the batches of each epoch from its first on. A group also ends with
    its epoch and with ``max_iters``; the optimizer steps with the mean over the batches
    that are in it. The gradients are zeroed when a group begins.

    - What this function returns sees the end of an epoch coming by ``epoch_length``. It
      does not see it where data without a length is read for the first time, nor where
      ``terminate_epoch()``, a handled exception or data that ends early cuts the epoch
      short: there the open group is dropped. :func:`create_supervised_trainer` steps with it.
    - ``terminate()``, an exception that ends the run, and one amid a backward pass drop the
      open group. So does loading a state in another process, which has no gradients; the
      groups after it are where they would have been. An interrupted run goes on with it.

    >>> import torch
    >>> from ignite.engine import Engine
    >>> model = torch.nn.Linear(1, 1, bias=False)
    >>> _ = torch.nn.init.zeros_(model.weight)
    >>> optimizer = torch.optim.SGD(model.parameters(), lr=1)
    >>> step = supervised_training_step(
    ...     model, optimizer, lambda y_pred, y: (y_pred * y).mean(), gradient_accumulation_steps=2
    ... )
    >>> one = torch.ones(1, 1)
    >>> state = Engine(step).run([(one, -1 * one), (one, -3 * one), (one, -7 * one)])
    >>> model.weight.item()  # a step by the mean of 1 and 3, and one by 7
    9.0
    """
    update = accumulated(Update(optimizer), gradient_accumulation_steps)
    return training_step(
        update,
        same,
        model,
        loss_fn,
        device,
        non_blocking,
        prepare_batch,
        model_transform,
        output_transform,
        model_fn,
    )


def supervised_training_step_amp(
    model: torch.nn.Module,
    optimizer: torch.optim.Optimizer,
    loss_fn: LossFunction,
    device: Device = None,
    non_blocking: bool = False,
    prepare_batch: PrepareBatch = _prepare_batch,
    model_transform: Transform = same,
    output_transform: TrainingOutput = loss_value,
    scaler: torch.amp.GradScaler | None = None,
    gradient_accumulation_steps: int = 1,
    model_fn: ModelFunction = call_model,
) -> Step:
    """Return the function that trains ``model`` on one batch under ``torch.autocast``.

    Autocast is that of the type of ``device``, or if that is None, of the device on which
    the model lies when this is called. It covers the model and the loss. Its dtype is
    what torch takes there (bfloat16 on CPUs, float16 on GPUs); call this within a
    ``torch.autocast`` for another::

        with torch.autocast("cuda", dtype=torch.bfloat16):
            step = supervised_training_step_amp(model, optimizer, loss_fn)

    Args:
        model: as for :func:`supervised_training_step`, like the arguments not named here.
        optimizer: see there.
        loss_fn: see there.
        device: see there.
        non_blocking: see there.
        prepare_batch: see there.
        model_transform: see there.
        output_transform: see there; the loss is not scaled.
        scaler: scales the loss, unscales the gradients, and skips the step where one is
            not finite, which float16 needs and bfloat16 does not; None scales nothing.
        gradient_accumulation_steps: see there.
        model_fn: see there.

    Raises:
        TypeError: ``gradient_accumulation_steps`` is no integer.
        ValueError: it is less than 1.

    >>> import torch
    >>> from ignite.engine import Engine
    >>> model = torch.nn.Linear(2, 1)
    >>> optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    >>> step = supervised_training_step_amp(
    ...     model,
    ...     optimizer,
    ...     torch.nn.functional.mse_loss,
    ...     output_transform=lambda x, y, y_pred, loss: y_pred.dtype,
    ... )
    >>> Engine(step).run([(torch.ones(4, 2), torch.zeros(4, 1))]).output
    torch.bfloat16
    """
    update = Update(optimizer) if scaler is None else ScaledUpdate(optimizer, scaler)
    return training_step(
        accumulated(update, gradient_accumulation_steps),
        autocast(model, device),
        model,
        loss_fn,
        device,
        non_blocking,
        prepare_batch,
        model_transform,
        output_transform,
        model_fn,
    )


def supervised_training_step_apex(
    model: torch.nn.Module,
    optimizer: torch.optim.Optimizer,
    loss_fn: LossFunction,
    device: Device = None,
    non_blocking: bool = False,
    prepare_batch: PrepareBatch = _prepare_batch,
    model_transform: Transform = same,
    output_transform: TrainingOutput = loss_value,
    gradient_accumulation_steps: int = 1,
    model_fn: ModelFunction = call_model,
) -> Step:
    """Return the function that trains ``model`` on one batch, its loss scaled by Apex.

    ``apex.amp.initialize`` must have been called with the model and the optimizer. The
    arguments are those of :func:`supervised_training_step`::

        model, optimizer = apex.amp.initialize(model, optimizer, opt_level="O2")
        step = supervised_training_step_apex(model, optimizer, loss_fn)

    Raises:
        ModuleNotFoundError: Apex is not installed.
        TypeError: ``gradient_accumulation_steps`` is no integer.
        ValueError: it is less than 1.
    """
    return training_step(
        accumulated(ApexUpdate(optimizer), gradient_accumulation_steps),
        same,
        model,
        loss_fn,
        device,
        non_blocking,
        prepare_batch,
        model_transform,
        output_transform,
        model_fn,
    )


def supervised_training_step_tpu(
    model: torch.nn.Module,
    optimizer: torch.optim.Optimizer,
    loss_fn: LossFunction,
    device: Device = None,
    non_blocking: bool = False,
    prepare_batch: PrepareBatch = _prepare_batch,
    model_transform: Transform = same,
    output_transform: TrainingOutput = loss_value,
    gradient_accumulation_steps: int = 1,
    model_fn: ModelFunction = call_model,
) -> Step:
    """Return the function that trains ``model`` on one batch on an XLA device.

    ``torch_xla`` steps the optimizer: it averages the gradients over the replicas and
    runs what has been recorded. The arguments are those of :func:`supervised_training_step`::

        step = supervised_training_step_tpu(model, optimizer, loss_fn, device="xla")

    Raises:
        ModuleNotFoundError: torch_xla is not installed.
        TypeError: ``gradient_accumulation_steps`` is no integer.
        ValueError: it is less than 1.
    """
    return training_step(
        accumulated(TpuUpdate(optimizer), gradient_accumulation_steps),
        same,
        model,
        loss_fn,
        device,
        non_blocking,
        prepare_batch,
        model_transform,
        output_transform,
        model_fn,
    )
