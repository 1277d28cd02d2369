"""Detects another distribution that owns the name ``ignite``."""

from __future__ import annotations

import sys
from importlib.machinery import PathFinder

__all__ = ["foreign_ignite"]


def foreign_ignite() -> str | None:
    """Return the path of an ``ignite/__init__.py`` that hides our namespace, or None.

    It looks from outside the namespace, where the detectors inside it are hidden too.
    """
    spec = PathFinder.find_spec("ignite", sys.path)
    return None if spec is None else spec.origin
