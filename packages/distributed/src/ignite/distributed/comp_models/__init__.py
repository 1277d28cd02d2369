"""Backends under the name that programs written for PyTorch-Ignite know: computation models."""

from __future__ import annotations

from ignite.distributed.interface import Backend
from ignite.distributed.registry import available_backends, load_backend

__all__ = ["setup_available_computation_models"]


def setup_available_computation_models() -> tuple[type[Backend], ...]:
    """Return the classes of the backends that can run here.

    >>> [kind.name for kind in setup_available_computation_models() if kind.name == "serial"]
    ['serial']
    """
    return tuple(load_backend(name) for name in available_backends())
