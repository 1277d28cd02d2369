"""How a world of ranks fails."""

from __future__ import annotations

__all__ = ["WorldBroken", "WorldHung"]


class WorldBroken(Exception):
    """The ranks could not form a world."""


class WorldHung(Exception):
    """Ranks died or did not answer in time; all were killed, the next call starts new ones."""
