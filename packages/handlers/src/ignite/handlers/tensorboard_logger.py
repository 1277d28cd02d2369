"""Logging to TensorBoard."""

from __future__ import annotations

from typing import Any

from ignite.distributed.interface import current_backend
from ignite.events.interface import EventSource
from ignite.handlers._extras import import_extra
from ignite.handlers.base_logger import (
    BaseLogger,
    BaseOptimizerParamsHandler,
    BaseOutputHandler,
)

__all__ = ["OptimizerParamsHandler", "OutputHandler", "TensorboardLogger"]


class TensorboardLogger(BaseLogger):
    """Writes to TensorBoard through ``torch.utils.tensorboard``.

    Any method of the writer can be called on the logger, such as ``add_text``. Only rank 0
    has a writer; on the others such calls do nothing.

    Args:
        args: as ``torch.utils.tensorboard.SummaryWriter`` takes; the first is ``log_dir``.
        kwargs: likewise.

    Raises:
        MissingExtraError: tensorboard is not installed.

    Attributes:
        writer: the ``SummaryWriter``.

    >>> import tempfile
    >>> from ignite.events.interface import Events
    >>> from ignite.events.testing import RecordingEventSource
    >>> trainer = RecordingEventSource()
    >>> with TensorboardLogger(log_dir=tempfile.mkdtemp()) as logger:
    ...     handle = logger.attach_output_handler(
    ...         trainer,
    ...         Events.ITERATION_COMPLETED,
    ...         tag="training",
    ...         output_transform=lambda loss: {"loss": loss},
    ...     )
    ...     trainer.run([0.5, 0.25])
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.writer: Any = _NoWriter()
        if current_backend().rank == 0:
            tensorboard = import_extra("torch.utils.tensorboard", "tensorboard")
            self.writer = tensorboard.SummaryWriter(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        if name == "writer":  # not made yet
            raise AttributeError(name)
        return getattr(self.writer, name)

    def close(self) -> None:
        """Write what is pending, and close the file."""
        self.writer.close()

    def _create_output_handler(self, *args: Any, **kwargs: Any) -> OutputHandler:
        return OutputHandler(*args, **kwargs)

    def _create_opt_params_handler(self, *args: Any, **kwargs: Any) -> OptimizerParamsHandler:
        return OptimizerParamsHandler(*args, **kwargs)


class OutputHandler(BaseOutputHandler[TensorboardLogger]):
    """Writes outputs, metrics and attributes of the state as scalars.

    They are named ``{tag}/{name}``, elements of vectors and mappings
    ``{tag}/{name}/{element}``. The arguments are those of :class:`BaseOutputHandler`.
    """

    def __call__(self, engine: EventSource, logger: TensorboardLogger, event_name: Any) -> None:
        """Write them."""
        _check(self, logger)
        step = self._step(engine, event_name)
        for path, value in self._loggable.read(engine):
            if not isinstance(value, str):
                logger.writer.add_scalar("/".join((self.tag, *path)), value, step)


class OptimizerParamsHandler(BaseOptimizerParamsHandler[TensorboardLogger]):
    """Writes an optimizer's parameter as scalars ``{tag}/{param_name}/group_{index}``.

    The arguments are those of :class:`BaseOptimizerParamsHandler`.
    """

    def __call__(self, engine: EventSource, logger: TensorboardLogger, event_name: Any) -> None:
        """Write it, at the event's number."""
        _check(self, logger)
        step = engine.state.get_event_attrib_value(event_name)
        name = f"{self.tag}/{self.param_name}" if self.tag else self.param_name
        for index, group in enumerate(self.optimizer.param_groups):
            logger.writer.add_scalar(f"{name}/group_{index}", float(group[self.param_name]), step)


class _NoWriter:
    """Takes every call and does nothing."""

    def __getattr__(self, name: str) -> Any:
        return lambda *args, **kwargs: None


def _check(handler: Any, logger: Any) -> None:
    if not isinstance(logger, TensorboardLogger):
        raise TypeError(
            f"This {type(handler).__name__} writes to a TensorboardLogger, "
            f"got {type(logger).__name__}; attach it with the logger's attach()."
        )
