"""The register of event sources with one seeded bug each, over the bridge of these self-tests."""

from __future__ import annotations

import functools

from bridge import Bridge, BridgedTrainer, Trainer

BUGS: dict[str, set[tuple[str, str]]] = {}
"""For each ``module:Bug`` the suite that must fail, and the property in it that must."""

FOUND_BY_SEQUENCES: list[str] = []
"""Those that the state machine must find too, without the property meant for them."""


def caught_by(suite, test, *, sequences=False):
    """Register a source, or a part of a bridged trainer, and make a factory of it.

    Args:
        suite: name of the suite that must catch it.
        test: name of the test in it.
        sequences: whether the state machine must find it too.
    """

    def register(kind):
        name = f"{kind.__module__}:{kind.__name__}"
        BUGS[name] = {(f"test_{suite}", f"test_{test}")}
        if sequences:
            FOUND_BY_SEQUENCES.append(name)
        for part, base in (("trainer", Trainer), ("bridge", Bridge)):
            if issubclass(kind, base):
                return functools.partial(BridgedTrainer, **{part: kind})
        return kind

    return register
