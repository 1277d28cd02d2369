"""Where backends are found: the entry-point group ``ignite.distributed.backends``.

A package adds a backend with two lines in its ``pyproject.toml``; ours do the same::

    [project.entry-points."ignite.distributed.backends"]
    carrier-pigeon = "pigeons.backend:PigeonBackend"

The module is imported only when the backend is asked for by name, or when
:func:`available_backends` asks every backend whether it can run; what is heavy to
import belongs into the class's methods.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING

from ignite.distributed.errors import BackendUnavailable

if TYPE_CHECKING:
    from ignite.distributed.interface import Backend

__all__ = ["adopters", "all_backends", "available_backends", "load_backend"]

GROUP = "ignite.distributed.backends"
_FINDERS = {
    "torch._C._distributed_c10d": "ignite.distributed.backends.torch_native:TorchBackend",
    "mpi4py.MPI": "ignite.distributed.backends.mpi:MpiBackend",
    "horovod.torch": "ignite.distributed.backends.horovod:HorovodBackend",
}
"""Our backends over what the user may have made, by the module that this takes."""

_loaded: dict[str, type[Backend]] = {}
_adopters: list[type[Backend]] = []


def all_backends() -> tuple[str, ...]:
    """Return the names of all backends, whether or not they can run here.

    They are those that are registered, and whatever ``torch.distributed`` knows beside them.

    >>> "gloo" in all_backends()
    True
    """
    return tuple(sorted({*_registered(), *_transports()}))


def available_backends() -> tuple[str, ...]:
    """Return the names of the backends that can run here.

    >>> "serial" in available_backends()
    True
    """
    return tuple(name for name in all_backends() if _can_run(name))


def load_backend(name: str) -> type[Backend]:
    """Return the backend's class.

    Args:
        name: a name from :func:`all_backends`, or ``"package.module:Class"``.

    Raises:
        ValueError: there is no backend of that name.
        BackendUnavailable: its module cannot be imported.
        TypeError: what was imported is no backend.

    >>> load_backend("serial")
    <class 'ignite.distributed.backends.serial.SerialBackend'>
    >>> load_backend("carrier-pigeon")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ValueError: Unknown backend 'carrier-pigeon'; known are gloo, ...
    """
    kind = _loaded.get(name)
    if kind is None:
        kind = _loaded[name] = _import(name)
        owner = next(owner for owner in kind.__mro__ if "adopt" in vars(owner))
        if owner not in _adopters:  # subclasses that inherit it would find the same
            _adopters.append(owner)
    return kind


def adopters() -> Iterable[type[Backend]]:
    """Return the loaded classes that may find a context which the user made.

    Torch's own is among them as soon as torch is imported, if it was built with it, and those of
    MPI and Horovod as soon as mpi4py and horovod.torch are.
    """
    for module, finder in _FINDERS.items():
        if finder not in _loaded and module in sys.modules:
            load_backend(finder)
    return _adopters


@cache
def _registered() -> dict[str, EntryPoint]:
    found: dict[str, EntryPoint] = {}
    for entry in entry_points(group=GROUP):
        other = found.setdefault(entry.name, entry)
        if other.value != entry.value:
            raise ValueError(
                f"Two backends are registered as {entry.name!r}: {other.value} and "
                f"{entry.value}; uninstall one of the packages that bring them."
            )
    return found


def _import(name: str) -> type[Backend]:
    if ":" not in name and name not in _registered():
        return _of_torch(name)
    target = name if ":" in name else _registered()[name].value
    module, _, attribute = target.partition(":")
    try:
        found = getattr(import_module(module), attribute)
    except ImportError as error:
        raise BackendUnavailable(
            f"Backend {name!r} cannot be imported ({error}); install the package that brings "
            f"{module!r}, or what it needs."
        ) from error
    except AttributeError:
        raise ValueError(f"Module {module!r} has no class {attribute!r}.") from None
    if not isinstance(found, type) or not hasattr(found, "adopt"):
        raise TypeError(f"{target} is no subclass of ignite.distributed.interface.Backend.")
    return found


def _of_torch(name: str) -> type[Backend]:
    if name not in _transports():
        known = ", ".join(all_backends())
        raise ValueError(
            f"Unknown backend {name!r}; known are {known}. "
            "A class that is not registered can be named as 'package.module:Class'."
        )
    from ignite.distributed.backends.torch_native import torch_backend

    return torch_backend(name)


@cache
def _transports() -> frozenset[str]:
    """Return what ``torch.distributed`` knows, whether or not it was built with it.

    Its ``mpi`` is not among them: it needs a torch built for it.
    """
    import torch.distributed as dist

    known = dist.Backend.backend_list if dist.is_available() else []
    return frozenset(known) - {"undefined", "fake", "mpi"}


def _can_run(name: str) -> bool:
    try:
        load_backend(name).check_available()
    except BackendUnavailable:
        return False
    return True
