"""Any callable is a handler: it gets the source if it takes it, then what it was attached with."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import strategies as st

from ignite.events.interface import Events, EventSource, HandlerSignatureError
from ignite_contracts.event_source.factory import NewSource
from ignite_contracts.properties import for_all

Write = Callable[..., None]


def with_source(source: Any, write: Write, x: object = 0, *, key: object = None) -> None:
    write(source, x, key)


def without_source(write: Write, x: object = 0, *, key: object = None) -> None:
    write(x, key)


@functools.wraps(without_source)
def decorated(*args: Any, **kwargs: Any) -> None:
    without_source(*args, **kwargs)


def of_anything(*args: Any, **kwargs: Any) -> None:
    source, write, *more = args
    write(source, *more, *kwargs.items())


class Holder:
    """Handlers that belong to a class."""

    def __call__(self, source: Any, write: Write) -> None:
        """Be a callable object."""
        write(source)

    def method(self, source: Any, write: Write) -> None:
        """Take the source."""
        write(source)

    def alone(self, write: Write) -> None:
        """Take no source."""
        write()

    @classmethod
    def of_class(cls, source: Any, write: Write) -> None:
        """Belong to the class."""
        write(source)

    @staticmethod
    def static(source: Any, write: Write) -> None:
        """Belong to nothing."""
        write(source)


class Made:
    """A class that is a handler itself."""

    def __init__(self, source: Any, write: Write) -> None:
        write(source)


SOURCE = "the source"
"""Stands for it in what is expected."""

FORMS: dict[str, tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any], tuple[Any, ...]]] = {
    "function": (with_source, (), {}, (SOURCE, 0, None)),
    "function with arguments": (with_source, (1,), {"key": 2}, (SOURCE, 1, 2)),
    "function with keywords": (with_source, (), {"x": 1, "key": 2}, (SOURCE, 1, 2)),
    "partial": (functools.partial(with_source, x=3), (), {"key": 4}, (SOURCE, 3, 4)),
    "partial without source": (functools.partial(without_source, x=3), (), {}, (3, None)),
    "lambda": (lambda source, write: write(source), (), {}, (SOURCE,)),
    "lambda without source": (lambda write: write(), (), {}, ()),
    "keyword that is needed": (lambda write, *, key: write(key), (), {"key": 5}, (5,)),
    "of anything": (of_anything, (1, 2), {"key": 3}, (SOURCE, 1, 2, ("key", 3))),
    "decorated": (decorated, (), {"x": 1, "key": 2}, (1, 2)),
    "callable object": (Holder(), (), {}, (SOURCE,)),
    "method": (Holder().method, (), {}, (SOURCE,)),
    "method without source": (Holder().alone, (), {}, ()),
    "class method": (Holder.of_class, (), {}, (SOURCE,)),
    "static method": (Holder.static, (), {}, (SOURCE,)),
    "class": (Made, (), {}, (SOURCE,)),
}
"""Handlers, what they are attached with after ``write``, and what they then write."""


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gets_its_arguments(new_source: NewSource, form: str) -> None:
    handler, args, kwargs, expected = FORMS[form]
    source, got = new_source(), list[tuple[Any, ...]]()

    def write(*values: Any) -> None:
        got.append(tuple(SOURCE if value is source else value for value in values))

    source.add_event_handler(Events.STARTED, handler, write, *args, **kwargs)
    source.fire_event(Events.STARTED)
    source.fire_event(Events.STARTED)
    assert got == [expected, expected]


def test_builtins_are_handlers(new_source: NewSource) -> None:
    source, seen = new_source(), list[Any]()
    source.add_event_handler(Events.STARTED, seen.append, "x")
    source.add_event_handler(Events.STARTED, seen.extend, "yz")
    source.add_event_handler(Events.STARTED, functools.partial(seen.insert, 0), "w")
    source.fire_event(Events.STARTED)
    assert seen == ["w", "x", "y", "z"]


def test_a_decorated_handler_stays_itself_and_gets_its_arguments(new_source: NewSource) -> None:
    source, seen = new_source(), list[Any]()

    def handler(source: EventSource, x: int, *, key: int) -> None:
        seen.append((x, key))

    assert source.on(Events.STARTED | Events.COMPLETED, 1, key=2)(handler) is handler
    assert source.has_event_handler(handler, Events.STARTED)
    source.fire_event(Events.STARTED)
    source.fire_event(Events.COMPLETED)
    assert seen == [(1, 2), (1, 2)]


def test_each_attachment_has_its_own_arguments(new_source: NewSource) -> None:
    source, seen = new_source(), list[Any]()

    def handler(source: EventSource, *args: int, **kwargs: int) -> None:
        seen.append((args, kwargs))

    source.add_event_handler(Events.STARTED, handler, 1, 2)
    source.add_event_handler(Events.STARTED, handler, key=3)
    source.add_event_handler(Events.STARTED, handler)
    source.fire_event(Events.STARTED)
    assert seen == [((1, 2), {}), ((), {"key": 3}), ((), {})]


@for_all(
    needed=st.integers(0, 3),
    optional=st.integers(0, 2),
    variadic=st.booleans(),
    given=st.integers(0, 4),
)
def test_what_is_handed_over_follows_from_the_signature(
    new_source: NewSource, needed: int, optional: int, variadic: bool, given: int
) -> None:
    def takes(count: int) -> bool:
        return needed <= count and (variadic or count <= needed + optional)

    source, attached, got = new_source(), tuple(range(given)), list[tuple[Any, ...]]()
    handler = function_of(needed, optional, variadic, lambda *values: got.append(values))
    if not takes(1 + given) and not takes(given):
        with pytest.raises(HandlerSignatureError):
            source.add_event_handler(Events.STARTED, handler, *attached)
        assert not source.has_event_handler(handler)
        return
    source.add_event_handler(Events.STARTED, handler, *attached)
    source.fire_event(Events.STARTED)
    handed = (source, *attached) if takes(1 + given) else attached
    assert got == [handed + (None,) * (needed + optional - len(handed))]


def function_of(needed: int, optional: int, variadic: bool, write: Write) -> Callable[..., None]:
    """Return a function of so many arguments, which it writes."""
    names = [f"x{i}" for i in range(needed + optional)]
    defaults = [""] * needed + ["=None"] * optional
    taken = [name + default for name, default in zip(names, defaults, strict=True)]
    rest = ["*more"] * variadic
    code = f"lambda {', '.join([*taken, *rest])}: write({', '.join([*names, *rest])})"
    function: Callable[..., None] = eval(code, {"write": write})
    return function
