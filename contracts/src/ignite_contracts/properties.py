"""``for_all``: a property over drawn examples that knows the implementation under test."""

from __future__ import annotations

import functools
import inspect
import os
import time
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis.strategies import SearchStrategy

from ignite_contracts._table import EXAMPLES
from ignite_contracts.errors import WorldHung
from ignite_contracts.scripts import SCRIPT, script

__all__ = ["PHASES", "example_settings", "for_all"]

PHASES = tuple(Phase)
"""All of hypothesis, whatever profile is loaded."""


def for_all(
    *,
    one_in: int = 1,
    **strategies: SearchStrategy[Any] | Callable[..., SearchStrategy[Any]],
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Run a test once per drawn example, ``--ignite-examples`` times.

    In place of hypothesis' ``given``: what can be drawn may depend on what is under test
    (the size of a world, the dtypes its backend declares), which a fixture brings only
    when the test runs. A failure ends with a script that shows it.

    Args:
        one_in: divides the number of examples, for a property of which there are many, such as
            one for each metric and world.
        strategies: for each drawn argument its strategy, or a function from fixtures,
            named as its parameters are, to its strategy.

    Returns:
        A decorator for a function of fixtures and the drawn arguments.
    """

    def decorate(check: Callable[..., None]) -> Callable[..., None]:
        def test(request: pytest.FixtureRequest, **fixtures: Any) -> None:
            one = _Example(check)
            drawn = {
                name: strategy
                if isinstance(strategy, SearchStrategy)
                else _called(strategy, fixtures)
                for name, strategy in strategies.items()
            }
            examples = max(1, request.config.getoption("ignite_examples") // one_in)
            # quiet: what hypothesis prints of an example cannot be run
            chosen = settings(example_settings(examples), verbosity=Verbosity.quiet)
            run = given(**drawn)(chosen(one.function))
            try:
                _called(run, fixtures)
            except Exception:
                if one.failing is not None:
                    request.node.stash[SCRIPT] = script(check, one.failing)
                raise
            finally:
                request.node.user_properties.append((EXAMPLES, one.count))

        asked = [s for s in strategies.values() if not isinstance(s, SearchStrategy)]
        _take_identity(test, check, asked, set(strategies))
        return test

    return decorate


def _called(function: Callable[..., Any], fixtures: Mapping[str, Any]) -> Any:
    names = inspect.signature(function).parameters
    return function(**{name: fixtures[name] for name in names})


class _Example:
    """A check that counts its examples, keeps a failing one, and lets no hangs eat the day.

    Hypothesis tries ever smaller examples after a failure, and one that hangs costs a
    timeout. Once hangs have cost the budget, only those that are known still fail.
    """

    BUDGET = 20.0
    """Seconds."""

    def __init__(self, check: Callable[..., None]) -> None:
        self.count = 0
        self.failing: dict[str, Any] | None = None
        """The arguments of the last failure: hypothesis ends with the smallest."""
        self._spent = 0.0
        self._hung: dict[str, tuple[WorldHung, TracebackType | None]] = {}
        self._check = check

        @functools.wraps(check)
        def function(**arguments: Any) -> None:
            try:
                self._run(arguments)
            except Exception:
                self.failing = arguments
                raise

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


def example_settings(examples: int) -> settings:
    """Return settings without deadline: a hang is the world's to tell; the same draws in CI."""
    profile = settings(
        max_examples=examples,
        deadline=None,
        phases=PHASES,  # shrink in CI too, where hypothesis by itself does not
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=[HealthCheck.too_slow],
    )
    return settings(profile, derandomize=True, database=None) if os.environ.get("CI") else profile


def _take_identity(
    test: Callable[..., None],
    check: Callable[..., None],
    asking: Iterable[Callable[..., Any]],
    drawn: set[str],
) -> None:
    """Let pytest see ``check``: its name, place and marks, and the fixtures that any needs."""
    fixtures = {
        name: parameter
        for function in (test, check, *asking)
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.kind is not parameter.VAR_KEYWORD and name not in drawn
    }
    functools.update_wrapper(test, check)
    test.__signature__ = inspect.Signature(list(fixtures.values()))  # type: ignore[attr-defined]
