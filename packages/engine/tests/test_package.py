"""The package as it is installed: no torch until it is asked for."""

import subprocess
import sys

import pytest

import ignite.engine


def run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)


def test_the_list_of_public_names_is_true():
    names = [n for n in ignite.engine.__all__ if "supervised" not in n]
    assert all(hasattr(ignite.engine, name) for name in names)
    assert set(dir(ignite.engine)) == set(ignite.engine.__all__)
    with pytest.raises(AttributeError, match="nothing"):
        ignite.engine.nothing  # noqa: B018


def test_importing_it_imports_no_torch():
    code = "import ignite.events, ignite.engine, sys; assert 'torch' not in sys.modules"
    assert run(code).returncode == 0


def test_without_torch_the_remedy_is_told():
    shown = run(
        "import sys; sys.modules['torch'] = None\n"
        "from ignite.engine import create_supervised_trainer"
    )
    assert shown.returncode != 0
    assert 'pip install "ignite-engine[torch]"' in shown.stderr
