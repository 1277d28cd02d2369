"""``for_all``: a property over drawn examples that knows the world under test."""

from __future__ import annotations

import functools
import inspect
import os
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

from ignite_contracts._table import EXAMPLES
from ignite_contracts.world import World, WorldHung

__all__ = ["for_all"]


def for_all(
    **strategies: Callable[[World], SearchStrategy[Any]],
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Run a test once per drawn example, ``--ignite-examples`` times.

    In place of hypothesis' ``given``: what can be drawn depends on the world (its size,
    the dtypes its backend declares), which a fixture brings only when the test runs.

    Args:
        strategies: for each drawn argument, a function from the world to its strategy.

    Returns:
        A decorator for a function of ``world``, any other fixtures, and the drawn arguments.
    """

    def decorate(check: Callable[..., None]) -> Callable[..., None]:
        def test(
            world: World,
            request: pytest.FixtureRequest,
            **fixtures: Any,
        ) -> None:
            one = _Example(check)
            drawn = {name: strategy(world) for name, strategy in strategies.items()}
            run = given(**drawn)(
                _settings(request.config.getoption("ignite_examples"))(one.function)
            )
            try:
                run(world=world, **fixtures)
            finally:
                request.node.user_properties.append((EXAMPLES, one.count))

        _take_identity(test, check, set(strategies))
        return test

    return decorate


class _Example:
    """A check that counts its examples, and does not let hangs eat the day.

    Hypothesis tries ever smaller examples after a failure, and one that hangs costs a
    timeout. Once hangs have cost the budget, only those that are known still fail.
    """

    BUDGET = 20.0
    """Seconds."""

    def __init__(self, check: Callable[..., None]) -> None:
        self.count = 0
        self._spent = 0.0
        self._hung: dict[str, tuple[WorldHung, TracebackType | None]] = {}
        self._check = check

        @functools.wraps(check)
        def function(**arguments: Any) -> None:
            self._run(arguments)

        self.function = function

    def _run(self, arguments: dict[str, Any]) -> None:
        key = repr(arguments)
        if key in self._hung:
            error, traceback = self._hung[key]
            raise error.with_traceback(traceback)
        if self._spent > self.BUDGET:
            return
        self.count += 1
        began = time.monotonic()
        try:
            self._check(**arguments)
        except WorldHung as error:
            self._spent += time.monotonic() - began
            self._hung[key] = error, error.__traceback__
            raise


def _settings(examples: int) -> settings:
    """Return settings without deadline: a hang is the world's to tell; the same draws in CI."""
    profile = settings(
        max_examples=examples,
        deadline=None,
        phases=tuple(Phase),  # shrink in CI too, where hypothesis by itself does not
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=[HealthCheck.too_slow],
    )
    return settings(profile, derandomize=True, database=None) if os.environ.get("CI") else profile


def _take_identity(test: Callable[..., None], check: Callable[..., None], drawn: set[str]) -> None:
    """Let pytest see ``check``: its name, place and marks, and the fixtures that either needs."""
    functools.update_wrapper(test, check)
    own = inspect.signature(test, follow_wrapped=False).parameters.values()
    asked = inspect.signature(check).parameters.values()
    fixtures = {p.name: p for p in (*own, *asked) if p.kind is not p.VAR_KEYWORD}
    test.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [parameter for name, parameter in fixtures.items() if name not in drawn]
    )
