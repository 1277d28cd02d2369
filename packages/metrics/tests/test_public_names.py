from __future__ import annotations

import doctest
from importlib import import_module
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    "module", ["", ".functional", ".interface", ".metric", ".usage", ".testing"]
)
def test_what_is_published_exists(module):
    module = import_module("ignite.metrics" + module)
    assert module.__all__ == sorted(module.__all__)
    for name in module.__all__:
        assert getattr(module, name) is not None


def test_an_unknown_name():
    with pytest.raises(ImportError, match="Nothing"):
        from ignite.metrics import Nothing  # noqa: F401


def test_the_readme_is_true():
    readme = Path(__file__).parent.parent / "README.md"
    result = doctest.testfile(str(readme), module_relative=False)
    assert result.attempted > 0
    assert result.failed == 0
