"""A check that does nothing but remember its arguments, for scripts to call."""

from __future__ import annotations

SEEN = []


def check():
    raise AssertionError("a script calls what this wraps")


def _remember(**arguments):
    SEEN.append(arguments)


check.__wrapped__ = _remember
