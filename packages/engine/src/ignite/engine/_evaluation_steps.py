"""The steps of evaluation."""

from __future__ import annotations

import torch

from ignite.engine._batch import prepare_batch as _prepare_batch
from ignite.engine._parts import (
    Device,
    EvaluationOutput,
    ModelFunction,
    PrepareBatch,
    Step,
    Transform,
    call_model,
    prediction_and_target,
    same,
)
from ignite.engine._precision import autocast
from ignite.engine._steps import evaluation_step


def supervised_evaluation_step(
    model: torch.nn.Module,
    device: Device = None,
    non_blocking: bool = False,
    prepare_batch: PrepareBatch = _prepare_batch,
    model_transform: Transform = same,
    output_transform: EvaluationOutput = prediction_and_target,
    model_fn: ModelFunction = call_model,
) -> Step:
    """Return the function that evaluates ``model`` on one batch, without gradients.

    Args:
        model: the model; put into evaluation mode when it is found in training mode.
        device: where the batch is moved to; None leaves it where it is.
        non_blocking: whether copies from pinned memory to the device may be asynchronous.
        prepare_batch: called with ``(batch, device=, non_blocking=)``; gives ``(x, y)``.
        model_transform: applied to what the model returns.
        output_transform: called with ``(x, y, y_pred)``; by default gives ``(y_pred, y)``,
            which is what metrics take.
        model_fn: called with ``(model, x)``.

    >>> import torch
    >>> from ignite.engine import Engine
    >>> step = supervised_evaluation_step(torch.nn.Dropout(), model_transform=torch.sum)
    >>> Engine(step).run([(torch.ones(3), "target")]).output
    (tensor(3.), 'target')
    """
    return evaluation_step(
        same,
        model,
        device,
        non_blocking,
        prepare_batch,
        model_transform,
        output_transform,
        model_fn,
    )


def supervised_evaluation_step_amp(
    model: torch.nn.Module,
    device: Device = None,
    non_blocking: bool = False,
    prepare_batch: PrepareBatch = _prepare_batch,
    model_transform: Transform = same,
    output_transform: EvaluationOutput = prediction_and_target,
    model_fn: ModelFunction = call_model,
) -> Step:
    """Return the function that evaluates ``model`` on one batch under ``torch.autocast``.

    Autocast covers the model; its device and dtype are as
    :func:`supervised_training_step_amp` says. The arguments are those of
    :func:`supervised_evaluation_step`.

    >>> import torch
    >>> from ignite.engine import Engine
    >>> step = supervised_evaluation_step_amp(torch.nn.Linear(2, 1))
    >>> y_pred, y = Engine(step).run([(torch.ones(4, 2), "target")]).output
    >>> y_pred.dtype
    torch.bfloat16
    """
    return evaluation_step(
        autocast(model, device),
        model,
        device,
        non_blocking,
        prepare_batch,
        model_transform,
        output_transform,
        model_fn,
    )
