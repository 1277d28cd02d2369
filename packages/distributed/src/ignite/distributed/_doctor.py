"""The state of this installation, in lines to be read by a person."""

from __future__ import annotations

import platform
import sys
import textwrap
from importlib.machinery import PathFinder
from importlib.metadata import version

from ignite.distributed.errors import BackendUnavailable
from ignite.distributed.registry import all_backends, load_backend

__all__ = ["examine"]


def examine() -> tuple[list[str], bool]:
    """Return what there is to say, and whether nothing is broken.

    A backend that cannot run here is no defect; another owner of the name ``ignite`` is.
    """
    versions = f"ignite-distributed {version('ignite-distributed')}, torch {version('torch')}"
    lines = [f"{versions}, Python {platform.python_version()}", ""]
    owner = _owner_of_the_name()
    lines.append(_line("ignite", "ok", "the packages share the name") if owner is None else owner)
    lines += [_of_backend(name) for name in all_backends()]
    return lines, owner is None


def _owner_of_the_name() -> str | None:
    found = PathFinder.find_spec("ignite", sys.path)
    if found is None or found.origin is None:
        return None
    return _line(
        "ignite",
        "broken",
        f"{found.origin} makes it a regular package, which hides parts of the ignite-* packages: "
        "run 'pip uninstall pytorch-ignite' (or whatever installed that file), then "
        "'pip install --force-reinstall --no-deps' for each ignite-* package",
    )


def _of_backend(name: str) -> str:
    try:
        load_backend(name).check_available()
    except BackendUnavailable as error:
        return _line(name, "no", str(error))
    return _line(name, "yes", "can run here")


def _line(name: str, state: str, text: str) -> str:
    head = f"{name:<12}{state:<8}"
    return textwrap.fill(text, 100, initial_indent=head, subsequent_indent=" " * len(head))
