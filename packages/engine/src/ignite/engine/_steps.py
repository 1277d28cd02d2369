"""The two steps that all supervised engines are made of."""

from __future__ import annotations

from typing import Any

import torch

from ignite.engine._accumulation import AccumulatedUpdate
from ignite.engine._parts import (
    Cast,
    Device,
    EvaluationOutput,
    LossFunction,
    ModelFunction,
    PrepareBatch,
    Step,
    TrainingOutput,
    Transform,
)
from ignite.engine._update import Update
from ignite.engine.engine import Engine


def training_step(
    update: Update | AccumulatedUpdate,
    cast: Cast,
    model: torch.nn.Module,
    loss_fn: LossFunction,
    device: Device,
    non_blocking: bool,
    prepare_batch: PrepareBatch,
    model_transform: Transform,
    output_transform: TrainingOutput,
    model_fn: ModelFunction,
) -> Step:
    """Return the function that trains ``model`` on one batch."""

    def forward(x: Any, y: Any) -> tuple[Any, torch.Tensor]:
        y_pred = model_transform(model_fn(model, x))
        return y_pred, loss_fn(y_pred, y)

    forward = cast(forward)
    begin, backward, apply = update.begin, update.backward, update.apply

    def step(engine: Engine, batch: Any) -> Any:
        if not model.training:  # looking is cheap, train() visits every module
            model.train()
        begin(engine)
        x, y = prepare_batch(batch, device=device, non_blocking=non_blocking)
        y_pred, loss = forward(x, y)
        backward(loss)
        apply()
        return output_transform(x, y, y_pred, loss)

    return step


def evaluation_step(
    cast: Cast,
    model: torch.nn.Module,
    device: Device,
    non_blocking: bool,
    prepare_batch: PrepareBatch,
    model_transform: Transform,
    output_transform: EvaluationOutput,
    model_fn: ModelFunction,
) -> Step:
    """Return the function that evaluates ``model`` on one batch."""

    def predict(x: Any) -> Any:
        return model_transform(model_fn(model, x))

    predict = cast(predict)

    def step(engine: Engine, batch: Any) -> Any:
        if model.training:
            model.eval()
        with torch.no_grad():
            x, y = prepare_batch(batch, device=device, non_blocking=non_blocking)
            return output_transform(x, y, predict(x))

    return step
