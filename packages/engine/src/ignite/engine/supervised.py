"""Engines for supervised training and evaluation of a torch model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ignite.engine._batch import prepare_batch as _prepare_batch
from ignite.engine.engine import Engine
from ignite.engine.interface import Attachable

try:
    import torch
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        'Supervised training needs torch: pip install "ignite-engine[torch]".', name="torch"
    ) from error

__all__ = [
    "create_supervised_evaluator",
    "create_supervised_trainer",
    "supervised_evaluation_step",
    "supervised_training_step",
]

Device = torch.device | str | None
Step = Callable[[Engine, Any], Any]


def _call_model(model: torch.nn.Module, x: Any) -> Any:
    return model(x)


def _same(output: Any) -> Any:
    return output


def _loss_value(x: Any, y: Any, y_pred: Any, loss: torch.Tensor) -> Any:
    return loss.item()


def _prediction_and_target(x: Any, y: Any, y_pred: Any) -> Any:
    return y_pred, y


def supervised_training_step(
    model: torch.nn.Module,
    optimizer: torch.optim.Optimizer,
    loss_fn: Callable[[Any, Any], torch.Tensor],
    device: Device = None,
    non_blocking: bool = False,
    prepare_batch: Callable[..., Any] = _prepare_batch,
    model_transform: Callable[[Any], Any] = _same,
    output_transform: Callable[[Any, Any, Any, torch.Tensor], Any] = _loss_value,
    *,
    model_fn: Callable[[torch.nn.Module, Any], Any] = _call_model,
) -> Step:
    """Return the function that trains ``model`` on one batch.

    The model is put into training mode when it is found in another, so modules that
    the user keeps in evaluation mode inside a training model stay so.

    Args:
        model: the model; it must lie on ``device`` already.
        optimizer: updates its parameters.
        loss_fn: called with the (transformed) prediction and the target; a scalar tensor.
        device: where the batch is moved to; None leaves it where it is.
        non_blocking: whether copies from pinned memory to the device may be asynchronous.
        prepare_batch: called with ``(batch, device=, non_blocking=)``; gives ``(x, y)``.
        model_transform: applied to what the model returns.
        output_transform: called with ``(x, y, y_pred, loss)``; makes ``state.output``. By
            default ``loss.item()``, which waits for the device at every iteration; return
            ``loss.detach()`` to avoid that.
        model_fn: called with ``(model, x)``.
    """

    def step(engine: Engine, batch: Any) -> Any:
        if not model.training:
            model.train()
        optimizer.zero_grad()
        x, y = prepare_batch(batch, device=device, non_blocking=non_blocking)
        y_pred = model_transform(model_fn(model, x))
        loss = loss_fn(y_pred, y)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        return output_transform(x, y, y_pred, loss)

    return step


def create_supervised_trainer(
    model: torch.nn.Module,
    optimizer: torch.optim.Optimizer,
    loss_fn: Callable[[Any, Any], torch.Tensor],
    device: Device = None,
    non_blocking: bool = False,
    prepare_batch: Callable[..., Any] = _prepare_batch,
    model_transform: Callable[[Any], Any] = _same,
    output_transform: Callable[[Any, Any, Any, torch.Tensor], Any] = _loss_value,
    *,
    model_fn: Callable[[torch.nn.Module, Any], Any] = _call_model,
) -> Engine:
    """Return an engine that trains ``model`` on batches of ``(x, y)``.

    The arguments are those of :func:`supervised_training_step`.

    >>> import torch
    >>> model = torch.nn.Linear(1, 1)
    >>> optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    >>> trainer = create_supervised_trainer(model, optimizer, torch.nn.functional.mse_loss)
    >>> x = torch.linspace(-1, 1, 8).reshape(8, 1)
    >>> state = trainer.run([(x, 3 * x)], max_epochs=200)
    >>> round(model.weight.item(), 2)
    3.0
    """
    return Engine(
        supervised_training_step(
            model,
            optimizer,
            loss_fn,
            device,
            non_blocking,
            prepare_batch,
            model_transform,
            output_transform,
            model_fn=model_fn,
        )
    )


def supervised_evaluation_step(
    model: torch.nn.Module,
    device: Device = None,
    non_blocking: bool = False,
    prepare_batch: Callable[..., Any] = _prepare_batch,
    model_transform: Callable[[Any], Any] = _same,
    output_transform: Callable[[Any, Any, Any], Any] = _prediction_and_target,
    *,
    model_fn: Callable[[torch.nn.Module, Any], Any] = _call_model,
) -> Step:
    """Return the function that evaluates ``model`` on one batch, without gradients.

    Args:
        model: the model; put into evaluation mode when it is found in training mode.
        device: as for :func:`supervised_training_step`, like the arguments not named here.
        non_blocking: see there.
        prepare_batch: see there.
        model_transform: see there.
        output_transform: called with ``(x, y, y_pred)``; by default gives ``(y_pred, y)``,
            which is what metrics take.
        model_fn: see there.
    """

    def step(engine: Engine, batch: Any) -> Any:
        if model.training:
            model.eval()
        with torch.no_grad():
            x, y = prepare_batch(batch, device=device, non_blocking=non_blocking)
            y_pred = model_transform(model_fn(model, x))
            return output_transform(x, y, y_pred)

    return step


def create_supervised_evaluator(
    model: torch.nn.Module,
    metrics: Mapping[str, Attachable] | None = None,
    device: Device = None,
    non_blocking: bool = False,
    prepare_batch: Callable[..., Any] = _prepare_batch,
    model_transform: Callable[[Any], Any] = _same,
    output_transform: Callable[[Any, Any, Any], Any] = _prediction_and_target,
    *,
    model_fn: Callable[[torch.nn.Module, Any], Any] = _call_model,
) -> Engine:
    """Return an engine that evaluates ``model``, with ``metrics`` attached by their names.

    The other arguments are those of :func:`supervised_evaluation_step`.
    """
    evaluator = Engine(
        supervised_evaluation_step(
            model,
            device,
            non_blocking,
            prepare_batch,
            model_transform,
            output_transform,
            model_fn=model_fn,
        )
    )
    for name, metric in (metrics or {}).items():
        metric.attach(evaluator, name)
    return evaluator
