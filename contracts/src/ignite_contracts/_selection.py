"""Which backends and world sizes a run tests; what a backend says of itself decides."""

from __future__ import annotations

from functools import cache

import pytest

from ignite.distributed.interface import BackendUnavailable
from ignite.distributed.registry import all_backends, load_backend
from ignite_contracts.world import World, WorldBroken, WorldHung

__all__ = ["backends", "cases"]


def backends(config: pytest.Config) -> list[str]:
    """Return the backends asked for, or all that are registered.

    Raises:
        pytest.UsageError: there is no such backend.
    """
    given = config.getoption("ignite_backend")
    names = [name for text in given for name in text.split(",")] or list(all_backends())
    for name in names:
        try:
            load_backend(name)
        except BackendUnavailable:
            pass  # its tests are skipped, with the reason
        except (ValueError, TypeError) as error:
            raise pytest.UsageError(f"--ignite-backend {name}: {error}") from error
    return names


def cases(config: pytest.Config) -> list[object]:
    """Return one parameter per backend and world size.

    A backend that cannot run here gives one parameter, skipped with the reason. World
    sizes beyond what a backend declares give none.
    """
    sizes = tuple(config.getoption("ignite_world_sizes"))
    timeout = config.getoption("ignite_timeout")
    return [case for name in backends(config) for case in _of_backend(name, sizes, timeout)]


@cache
def _of_backend(name: str, sizes: tuple[int, ...], timeout: float) -> list[object]:
    try:
        load_backend(name).check_available()
    except BackendUnavailable as error:
        skip = pytest.mark.skip(reason=f"{name} cannot run here: {error}")
        return [pytest.param((name, 0), id=name, marks=skip)]
    limit = _largest(name, timeout)
    return [_case(name, size) for size in sizes if size <= limit]


def _case(name: str, size: int) -> object:
    title = f"{name}-{size}"
    # Of several processes of pytest-xdist one has all tests of a world, which then starts once.
    return pytest.param((name, size), id=title, marks=pytest.mark.xdist_group(title))


def _largest(name: str, timeout: float) -> float:
    """Return the size of the largest world, or no limit if the backend does not tell."""
    try:
        with World(name, 1, timeout) as world:
            return world.capabilities.max_world_size or float("inf")
    except (WorldBroken, WorldHung):
        return float("inf")  # every test shall show why it does not start
