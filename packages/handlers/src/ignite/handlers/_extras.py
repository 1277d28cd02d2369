"""Optional packages, imported where they are used."""

from __future__ import annotations

import importlib
from typing import Any

from ignite.handlers.errors import MissingExtraError

__all__ = ["import_extra"]


def import_extra(module: str, extra: str) -> Any:
    """Return the module, which comes with an extra of this distribution.

    Raises:
        MissingExtraError: it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingExtraError(
            f'{extra} is not installed ({error}); run: pip install "ignite-handlers[{extra}]"'
        ) from error
