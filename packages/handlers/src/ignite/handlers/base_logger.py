"""What loggers of experiments have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Generic, TypeVar

from torch.optim import Optimizer

from ignite.distributed.interface import current_backend
from ignite.events.interface import (
    AnyEvent,
    EventsList,
    EventSource,
    RemovableEventHandle,
)
from ignite.handlers._loggable import Loggable

__all__ = ["BaseHandler", "BaseLogger", "BaseOptimizerParamsHandler", "BaseOutputHandler"]

L = TypeVar("L")
Self = TypeVar("Self", bound="BaseLogger")


class BaseHandler(ABC, Generic[L]):
    """Writes something of an event source to a logger."""

    @abstractmethod
    def __call__(self, engine: EventSource, logger: L, event_name: Any) -> None:
        """Write to ``logger`` what there is at ``event_name``."""


class BaseOutputHandler(BaseHandler[L]):
    """Chooses outputs, metrics and attributes of the state, and their step.

    Args:
        tag: begins the names, such as ``"training"``.
        metric_names: names in ``state.metrics``, or ``"all"``.
        output_transform: what to log of ``state.output``: a mapping by name, or anything
            else under the name ``output``.
        global_step_transform: gives the step from the event source and the event; the
            event's number when left out.
        state_attributes: names of attributes of the state.

    Raises:
        TypeError: an argument is of the wrong type.
        ValueError: there is nothing to log.
    """

    def __init__(
        self,
        tag: str,
        metric_names: str | Sequence[str] | None = None,
        output_transform: Callable[[Any], Any] | None = None,
        global_step_transform: Callable[[Any, Any], int] | None = None,
        state_attributes: Sequence[str] | None = None,
    ) -> None:
        if metric_names is None and output_transform is None and state_attributes is None:
            raise ValueError(
                "There is nothing to log; give metric_names=, output_transform= or "
                "state_attributes=."
            )
        if global_step_transform is not None and not callable(global_step_transform):
            raise TypeError(
                f"global_step_transform= takes a function, got {global_step_transform!r}."
            )
        self.tag = tag
        self.global_step_transform = global_step_transform
        self._loggable = Loggable(metric_names, output_transform, state_attributes)

    def _step(self, engine: EventSource, event_name: Any) -> int:
        if self.global_step_transform is None:
            return engine.state.get_event_attrib_value(event_name)
        step = self.global_step_transform(engine, event_name)
        if not isinstance(step, int):
            raise TypeError(
                f"A step is an integer, got {step!r}; look at what global_step_transform returns."
            )
        return step


class BaseOptimizerParamsHandler(BaseHandler[L]):
    """Chooses a parameter of an optimizer's groups.

    Args:
        optimizer: has ``param_groups``, as every torch optimizer.
        param_name: the parameter's name in the groups.
        tag: begins the names, if given.

    Raises:
        TypeError: ``optimizer`` has no parameter groups.
        ValueError: they have no such parameter.
    """

    def __init__(
        self, optimizer: Optimizer, param_name: str = "lr", tag: str | None = None
    ) -> None:
        groups = getattr(optimizer, "param_groups", None)
        if not isinstance(groups, (list, tuple)):
            raise TypeError(
                f"optimizer= takes a torch optimizer, or what has param_groups; "
                f"got {type(optimizer).__name__}."
            )
        for group in groups:
            if param_name not in group:
                raise ValueError(
                    f"The optimizer has no parameter {param_name!r}, but {', '.join(group)}."
                )
        self.optimizer = optimizer
        self.param_name = param_name
        self.tag = tag


class BaseLogger(ABC):
    """Attaches handlers that write to it; a context manager that closes it at the end.

    Attach on every rank or on rank 0 alone: only rank 0 writes, on the others nothing is
    attached, and nothing here waits for another rank.
    """

    @abstractmethod
    def close(self) -> None:
        """Write what is pending, and end."""

    @abstractmethod
    def _create_output_handler(self, *args: Any, **kwargs: Any) -> Callable[..., Any]:
        """Return the handler that :meth:`attach_output_handler` attaches."""

    @abstractmethod
    def _create_opt_params_handler(self, *args: Any, **kwargs: Any) -> Callable[..., Any]:
        """Return the handler that :meth:`attach_opt_params_handler` attaches."""

    def attach(
        self,
        engine: EventSource,
        log_handler: Callable[..., Any],
        event_name: AnyEvent,
        *args: Any,
        **kwargs: Any,
    ) -> RemovableEventHandle:
        """Call ``log_handler`` with the source, this logger and the event.

        Args:
            engine: the event source.
            log_handler: a :class:`BaseHandler`, or any such function.
            event_name: the event, or several.
            args: further positional arguments for the handler.
            kwargs: keyword arguments for the handler.
        """
        if current_backend().rank == 0:
            events = event_name if isinstance(event_name, EventsList) else [event_name]
            for event in events:
                engine.add_event_handler(event, log_handler, self, event, *args, **kwargs)
        return RemovableEventHandle(event_name, log_handler, engine)

    def attach_output_handler(
        self, engine: EventSource, event_name: AnyEvent, *args: Any, **kwargs: Any
    ) -> RemovableEventHandle:
        """Log outputs, metrics and attributes; the arguments are those of ``OutputHandler``."""
        return self.attach(engine, self._create_output_handler(*args, **kwargs), event_name)

    def attach_opt_params_handler(
        self, engine: EventSource, event_name: AnyEvent, *args: Any, **kwargs: Any
    ) -> RemovableEventHandle:
        """Log an optimizer's parameter; the arguments are those of ``OptimizerParamsHandler``."""
        return self.attach(engine, self._create_opt_params_handler(*args, **kwargs), event_name)

    def __enter__(self: Self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
