"""The object itself, without the wrappers that only change how it runs."""

from __future__ import annotations

from typing import Any

from torch.nn import DataParallel, Module
from torch.nn.parallel import DistributedDataParallel

__all__ = ["unwrap"]


def unwrap(obj: Any) -> Any:
    """Return the module within data-parallel and ``torch.compile`` wrappers; else ``obj``.

    So a state has the same names however the model was run.
    """
    while True:
        if isinstance(obj, (DataParallel, DistributedDataParallel)):
            obj = obj.module
        elif isinstance(obj, Module) and isinstance(original := _original(obj), Module):
            obj = original
        else:
            return obj


def _original(module: Module) -> Any:
    return module._modules.get("_orig_mod")  # what torch.compile calls it
