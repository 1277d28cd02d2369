"""Engines for supervised training and evaluation of a torch model."""

from __future__ import annotations

from collections.abc import Mapping

try:
    import torch
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        'Supervised training needs torch: pip install "ignite-engine[torch]".', name="torch"
    ) from error

from ignite.engine._accumulation import AccumulatedUpdate, accumulated
from ignite.engine._batch import prepare_batch as _prepare_batch
from ignite.engine._evaluation_steps import (
    supervised_evaluation_step,
    supervised_evaluation_step_amp,
)
from ignite.engine._parts import (
    Device,
    EvaluationOutput,
    LossFunction,
    ModelFunction,
    PrepareBatch,
    Step,
    TrainingOutput,
    Transform,
    call_model,
    loss_value,
    prediction_and_target,
    same,
)
from ignite.engine._precision import cast_of, is_xla, scaler_of
from ignite.engine._steps import evaluation_step, training_step
from ignite.engine._training_steps import (
    supervised_training_step,
    supervised_training_step_amp,
    supervised_training_step_apex,
    supervised_training_step_tpu,
)
from ignite.engine._update import ApexUpdate, ScaledUpdate, TpuUpdate, Update, xla_model
from ignite.engine.engine import Engine
from ignite.engine.interface import Attachable
from ignite.events.interface import Events

__all__ = [
    "create_supervised_evaluator",
    "create_supervised_trainer",
    "supervised_evaluation_step",
    "supervised_evaluation_step_amp",
    "supervised_training_step",
    "supervised_training_step_amp",
    "supervised_training_step_apex",
    "supervised_training_step_tpu",
]


def create_supervised_trainer(
    model: torch.nn.Module,
    optimizer: torch.optim.Optimizer,
    loss_fn: LossFunction,
    device: Device = None,
    non_blocking: bool = False,
    prepare_batch: PrepareBatch = _prepare_batch,
    model_transform: Transform = same,
    output_transform: TrainingOutput = loss_value,
    deterministic: bool = False,
    amp_mode: str | None = None,
    scaler: bool | torch.amp.GradScaler = False,
    gradient_accumulation_steps: int = 1,
    model_fn: ModelFunction = call_model,
) -> Engine:
    """Return an engine that trains ``model`` on batches of ``(x, y)``.

    Args:
        model: as for :func:`supervised_training_step`, like the arguments not named here.
        optimizer: see there.
        loss_fn: see there.
        device: see there; an XLA device trains by :func:`supervised_training_step_tpu`.
        non_blocking: see there.
        prepare_batch: see there.
        model_transform: see there.
        output_transform: see there.
        deterministic: whether to return a :class:`DeterministicEngine`.
        amp_mode: None for the precision of the parameters. ``"amp"`` as
            :func:`supervised_training_step_amp` does; ``"float16"`` and ``"bfloat16"`` the
            same with that dtype. ``"apex"`` as :func:`supervised_training_step_apex` does.
        scaler: whether the loss is scaled, or the scaler to use; for float16. True makes
            ``state.scaler``, whose state belongs in checkpoints.
        gradient_accumulation_steps: batches per step of the optimizer; see there. However
            many batches the last group of an epoch has, the optimizer steps with it,
            before ``EPOCH_COMPLETED`` reaches a handler that is attached to this trainer.
        model_fn: see there.

    Raises:
        ModuleNotFoundError: ``device`` or ``amp_mode`` needs a package that is missing.
        TypeError: ``scaler`` or ``gradient_accumulation_steps`` is of a wrong type.
        ValueError: there is no such ``amp_mode``, or not on ``device``, or not with a
            scaler; or ``gradient_accumulation_steps`` is less than 1.

    >>> import torch
    >>> model = torch.nn.Linear(1, 1)
    >>> optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    >>> trainer = create_supervised_trainer(model, optimizer, torch.nn.functional.mse_loss)
    >>> x = torch.linspace(-1, 1, 8).reshape(8, 1)
    >>> state = trainer.run([(x, 3 * x)], max_epochs=200)
    >>> round(model.weight.item(), 2)
    3.0
    """
    cast = cast_of(amp_mode, model, device)
    grad_scaler = scaler_of(scaler, amp_mode, model, device)
    update = accumulated(
        _update_of(amp_mode, device, optimizer, grad_scaler), gradient_accumulation_steps
    )
    step = training_step(
        update,
        cast,
        model,
        loss_fn,
        device,
        non_blocking,
        prepare_batch,
        model_transform,
        output_transform,
        model_fn,
    )
    trainer = _deterministic_engine(step) if deterministic else Engine(step)
    if isinstance(update, AccumulatedUpdate):
        trainer.add_event_handler(Events.EPOCH_COMPLETED, update.end_epoch)
    if scaler is True:
        trainer.state.scaler = grad_scaler
    return trainer


def create_supervised_evaluator(
    model: torch.nn.Module,
    metrics: Mapping[str, Attachable] | None = None,
    device: Device = None,
    non_blocking: bool = False,
    prepare_batch: PrepareBatch = _prepare_batch,
    model_transform: Transform = same,
    output_transform: EvaluationOutput = prediction_and_target,
    amp_mode: str | None = None,
    model_fn: ModelFunction = call_model,
) -> Engine:
    """Return an engine that evaluates ``model``.

    Args:
        model: as for :func:`supervised_evaluation_step`, like the arguments not named here.
        metrics: attached to the engine by their names.
        device: see there.
        non_blocking: see there.
        prepare_batch: see there.
        model_transform: see there.
        output_transform: see there.
        amp_mode: as for :func:`create_supervised_trainer`; ``"apex"`` changes nothing here.
        model_fn: see there.

    Raises:
        ModuleNotFoundError: ``device`` needs a package that is missing.
        ValueError: there is no such ``amp_mode``, or not on ``device``.

    >>> import torch
    >>> evaluator = create_supervised_evaluator(torch.nn.Flatten(), model_transform=torch.sum)
    >>> evaluator.run([(torch.ones(2, 2, 2), "target")]).output
    (tensor(8.), 'target')
    """
    cast = cast_of(amp_mode, model, device)
    if is_xla(device):
        xla_model()
    step = evaluation_step(
        cast,
        model,
        device,
        non_blocking,
        prepare_batch,
        model_transform,
        output_transform,
        model_fn,
    )
    evaluator = Engine(step)
    for name, metric in (metrics or {}).items():
        metric.attach(evaluator, name)
    return evaluator


def _update_of(
    amp_mode: str | None,
    device: Device,
    optimizer: torch.optim.Optimizer,
    scaler: torch.amp.GradScaler | None,
) -> Update:
    if is_xla(device):
        return TpuUpdate(optimizer)
    if amp_mode == "apex":
        return ApexUpdate(optimizer)
    return Update(optimizer) if scaler is None else ScaledUpdate(optimizer, scaler)


def _deterministic_engine(step: Step) -> Engine:
    from ignite.engine.deterministic import DeterministicEngine

    return DeterministicEngine(step)
