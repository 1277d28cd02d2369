"""Which event sources a run tests."""

from __future__ import annotations

import pytest

from ignite_contracts.event_source.factory import GROUP, all_sources, load_source

__all__ = ["check_given", "parameters"]


def check_given(config: pytest.Config) -> None:
    """Refuse what is named on the command line and cannot be loaded.

    Raises:
        pytest.UsageError: it says which, and why.
    """
    for name in _given(config):
        try:
            load_source(name)
        except (ValueError, ImportError, TypeError) as error:
            raise pytest.UsageError(f"--ignite-event-source {name}: {error}") from error


def parameters(config: pytest.Config) -> list[object]:
    """Return one parameter per event source: those given, or all that are registered.

    One that cannot be imported here is skipped with the reason.
    """
    names = _given(config) or list(all_sources())
    if not names:
        return [_skipped("none", f"give --ignite-event-source, or register one under {GROUP}")]
    return [_parameter(name) for name in names]


def _given(config: pytest.Config) -> list[str]:
    given: list[str] = config.getoption("ignite_event_source")
    return [name for text in given for name in text.split(",")]


def _parameter(name: str) -> object:
    try:
        load_source(name)
    except ImportError as error:
        return _skipped(name, f"{name} cannot run here: {error}")
    return pytest.param(name, id=name)


def _skipped(name: str, reason: str) -> object:
    return pytest.param(name, id=name, marks=pytest.mark.skip(reason=reason))
