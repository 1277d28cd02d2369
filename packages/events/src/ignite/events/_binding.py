"""How a handler is called: worked out once, when it is attached."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ignite.events.errors import HandlerSignatureError
from ignite.events.events import Events

Call = Callable[..., Any]
"""Called with the source, then with what the event hands over."""

# What an event hands over besides the source; keyword arguments are optional for a handler.
_POSITIONAL: Mapping[Any, tuple[str, ...]] = {Events.EXCEPTION_RAISED: ("exception",)}
_KEYWORD: Mapping[Any, str] = {Events.TERMINATE_SINGLE_EPOCH: "iter_counter"}


def bind(handler: Callable[..., Any], event: Any, args: tuple[Any, ...], kwargs: Any) -> Call:
    """Return the call that runs ``handler`` with the arguments its signature asks for.

    The source comes first where the handler takes it; a handler that does not take it
    is called without.

    Raises:
        TypeError: the handler is not callable.
        HandlerSignatureError: no way to call it fits its signature.
    """
    if not callable(handler):
        raise TypeError(f"A handler is a function or another callable, got {handler!r}.")
    payload, keyword = _POSITIONAL.get(event, ()), _KEYWORD.get(event)
    fits = _fitting(handler)
    if keyword and fits(("source", *args), {**kwargs, keyword: 0}):
        return lambda source, value: handler(source, *args, **kwargs, **{keyword: value})
    if fits(("source", *payload, *args), kwargs):
        if not args and not kwargs and not keyword:
            return handler  # nothing to add: the event calls it directly
        return lambda source, *given: handler(source, *given[: len(payload)], *args, **kwargs)
    if fits((*payload, *args), kwargs):
        return lambda source, *given: handler(*given[: len(payload)], *args, **kwargs)
    if fits(args, kwargs):
        return lambda source, *given: handler(*args, **kwargs)
    raise HandlerSignatureError(_explain(handler, ("source", *payload, *args), kwargs))


def _fitting(handler: Callable[..., Any]) -> Callable[[tuple[Any, ...], Mapping[str, Any]], bool]:
    import inspect  # here, since importing it costs as much as all of this package

    try:
        signature = inspect.signature(handler)
    except ValueError:  # a builtin that does not tell: it takes what it is given
        return lambda args, kwargs: True

    def fits(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> bool:
        try:
            signature.bind(*args, **kwargs)
        except TypeError:
            return False
        return True

    return fits


def _explain(handler: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
    import inspect

    name = getattr(handler, "__qualname__", repr(handler))
    given = [str(arg) if index == 0 else repr(arg) for index, arg in enumerate(args)]
    given += [f"{key}={value!r}" for key, value in kwargs.items()]
    return (
        f"The handler is {name}{inspect.signature(handler)}, but it would be called as "
        f"{name}({', '.join(given)}), or so without the source. Let it take these arguments, "
        "or pass those it lacks when it is attached."
    )
