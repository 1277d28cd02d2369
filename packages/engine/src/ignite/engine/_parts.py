"""The exchangeable parts of a supervised step: their types, and what they do by default."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from ignite.engine.engine import Engine

Device = torch.device | str | None
Step = Callable[[Engine, Any], Any]
LossFunction = Callable[[Any, Any], torch.Tensor]
ModelFunction = Callable[[torch.nn.Module, Any], Any]
PrepareBatch = Callable[..., Any]
Transform = Callable[[Any], Any]
TrainingOutput = Callable[[Any, Any, Any, torch.Tensor], Any]
EvaluationOutput = Callable[[Any, Any, Any], Any]
Cast = Callable[[Callable[..., Any]], Callable[..., Any]]
"""A decorator that lets a function run in another precision."""


def call_model(model: torch.nn.Module, x: Any) -> Any:
    """Return what the model makes of the input."""
    return model(x)


def same(value: Any) -> Any:
    """Return the value, as it is."""
    return value


def loss_value(x: Any, y: Any, y_pred: Any, loss: torch.Tensor) -> Any:
    """Return the loss as a number."""
    return loss.item()


def prediction_and_target(x: Any, y: Any, y_pred: Any) -> Any:
    """Return the pair that metrics take."""
    return y_pred, y
