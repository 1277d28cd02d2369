"""A check and the arguments on which it failed, as a script that can be pasted and run."""

from __future__ import annotations

import inspect
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from enum import Enum
from pathlib import Path
from textwrap import indent
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any

import pytest

__all__ = ["SCRIPT", "script"]

SCRIPT = pytest.StashKey[str]()
"""Where a test keeps the script of its failure."""

_WIDTH = 80
_INDENT = "    "


def script(check: Callable[..., None], arguments: Mapping[str, Any]) -> str:
    """Return a script that calls a property on these arguments, and imports what it names.

    A value of which nothing tells how it was made stands there as its ``repr``.

    Args:
        check: what :func:`~ignite_contracts.properties.for_all` decorates.
        arguments: fixtures and drawn values by name; worlds are opened and closed.
    """
    writer = _Writer()
    opened = {name: value for name, value in arguments.items() if _is_opened(value)}
    passed = [
        f"{name}={name if name in opened else writer.source(value)}"
        for name, value in arguments.items()
    ]
    body = _joined(f"{writer.named(check)}.__wrapped__(", passed, ")")
    for name, value in reversed(opened.items()):
        body = f"with {writer.source(value)} as {name}:\n{indent(body, _INDENT)}"
    return f'{writer.imports()}\n\nif __name__ == "__main__":\n{indent(body, _INDENT)}\n'


def _is_opened(value: Any) -> bool:
    return isinstance(value, AbstractContextManager) and not isinstance(value, Path)


class _Writer:
    """Writes values as expressions, and remembers the names that these use."""

    def __init__(self) -> None:
        self._names: dict[str, set[str]] = defaultdict(set)
        self._modules: set[str] = set()

    def imports(self) -> str:
        """Return the statements that import the names used so far, and a blank line."""
        lines = [f"import {module}\n" for module in sorted(self._modules)]
        lines += [
            f"from {module} import {', '.join(sorted(names))}\n"
            for module, names in sorted(self._names.items())
        ]
        return "".join(lines)

    def named(self, value: Any) -> str:
        """Return the name of a class or function."""
        name: str = value.__qualname__
        return self._from(value.__module__, name)

    def _from(self, module: str, name: str) -> str:
        if module != "builtins":
            self._names[module].add(name.partition(".")[0])
        return name

    def source(self, value: Any) -> str:
        """Return an expression of which the value is ``value``."""
        if isinstance(value, Enum):
            return f"{self.named(type(value))}.{value.name}"
        if isinstance(value, float):
            return self._float(value)
        if isinstance(value, complex):
            return f"complex({self._float(value.real)}, {self._float(value.imag)})"
        if isinstance(value, Path):
            return f"{self._from('pathlib', 'Path')}({str(value)!r})"
        if type(value) in _BRACKETS:
            return self._collection(value)
        if isinstance(value, _NAMED) and "<" not in value.__qualname__:
            return self.named(value)
        if isinstance(value, MethodType):
            return f"{self.source(value.__self__)}.{value.__name__}"
        return self._object(value)

    def _float(self, value: float) -> str:
        if not math.isfinite(value):
            self._from("math", "nan" if math.isnan(value) else "inf")
        return repr(value)

    def _collection(self, values: Any) -> str:
        opening, closing = _BRACKETS[type(values)]
        if isinstance(values, dict):
            parts = [f"{self.source(key)}: {self.source(item)}" for key, item in values.items()]
        else:
            parts = self._sources(values)
        if type(values) is tuple and len(parts) == 1:
            return f"({parts[0]},)"
        if type(values) is set and not parts:
            return "set()"
        return _joined(opening, parts, closing)

    def _sources(self, values: Iterable[Any]) -> list[str]:
        return [self.source(value) for value in values]

    def _object(self, value: Any) -> str:
        """Write the call that makes it: as it is pickled, or of arguments that it keeps."""
        kind = type(value)
        if repr(value).startswith("torch."):  # a dtype, for one
            self._modules.add("torch")
            return repr(value)
        if any("__reduce__" in vars(base) for base in kind.__mro__[:-1]):
            reduced = value.__reduce__()
            if isinstance(reduced, tuple) and len(reduced) == 2:
                return _joined(f"{self.named(reduced[0])}(", self._sources(reduced[1]), ")")
        kept = _kept(value)
        if kept is None:
            return repr(value)
        arguments = [f"{name}={self.source(item)}" for name, item in kept.items()]
        return _joined(f"{self.named(kind)}(", arguments, ")")


_NAMED = (type, FunctionType, BuiltinFunctionType)

_BRACKETS: dict[type, tuple[str, str]] = {
    list: ("[", "]"),
    tuple: ("(", ")"),
    dict: ("{", "}"),
    set: ("{", "}"),
    frozenset: ("frozenset([", "])"),
}


def _kept(value: Any) -> dict[str, Any] | None:
    """Return the arguments of its class, where it keeps each under its name."""
    if type(value).__module__ == "builtins":
        return None
    names = inspect.signature(type(value)).parameters
    if not all(hasattr(value, name) for name in names):
        return None
    return {name: getattr(value, name) for name in names}


def _joined(opening: str, parts: Sequence[str], closing: str) -> str:
    """Return the parts between brackets: on one line, or on one line each."""
    flat = f"{opening}{', '.join(parts)}{closing}"
    if len(flat) <= _WIDTH and "\n" not in flat:
        return flat
    lines = "".join(f"{part},\n" for part in parts)
    return f"{opening}\n{indent(lines, _INDENT)}{closing}"
