from __future__ import annotations

import doctest
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

MODULES = ["", ".functional", ".interface", ".metric", ".usage", ".testing"]
MODULES += [".clustering", ".fairness", ".gan", ".nlp", ".rec_sys", ".regression", ".vision"]


@pytest.mark.parametrize("module", MODULES)
def test_what_is_published_exists(module):
    module = import_module("ignite.metrics" + module)
    assert len(module.__all__) == len(set(module.__all__)) > 0
    for name in module.__all__:
        assert getattr(module, name) is not None


def test_modules_are_attributes():
    code = "import ignite.metrics; print(ignite.metrics.nlp.bleu.Bleu.__name__)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "Bleu\n"


def test_importing_the_package_imports_no_metric():
    code = "import sys, ignite.metrics; print('ignite.metrics.metric' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "False\n"


def test_an_unknown_name():
    with pytest.raises(ImportError, match="Nothing"):
        from ignite.metrics import Nothing  # noqa: F401


def test_the_readme_is_true():
    readme = Path(__file__).parent.parent / "README.md"
    result = doctest.testfile(str(readme), module_relative=False)
    assert result.attempted > 0
    assert result.failed == 0
