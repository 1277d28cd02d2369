"""The register of backends with one seeded bug each, over the real gloo backend.

It says which properties must find each. The bug does not touch the suite that is run besides.
"""

from __future__ import annotations

from collections import defaultdict

from ignite.distributed.interface import BackendUnavailable
from ignite.distributed.registry import load_backend

Gloo = load_backend("gloo")

BUGS: dict[str, set[tuple[str, str]]] = defaultdict(set)
"""For each ``module:Bug`` the suites, and in each the properties, that must fail."""


def caught_by(suite, *tests):
    """Register a bug with a suite, and the tests in it that must all catch it; may be repeated."""

    def register(kind):
        BUGS[f"{kind.__module__}:{kind.__name__}"] |= {
            (f"test_{suite}", f"test_{test}") for test in tests
        }
        return kind

    return register


class Faithful(Gloo):
    """No bug at all."""


class NotHere(Gloo):
    """A backend that cannot run on this machine."""

    @classmethod
    def check_available(cls):
        raise BackendUnavailable("no pigeons; pip install pigeons")
