"""The package as it is installed: no torch until it is asked for."""

import importlib.util
import subprocess
import sys

import pytest

import ignite.engine


def run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)


def test_the_list_of_public_names_is_true():
    with_torch = importlib.util.find_spec("torch") is not None
    for name in ignite.engine.__all__:
        if with_torch or not ("supervised" in name or name == "DeterministicEngine"):
            assert hasattr(ignite.engine, name)
    assert set(dir(ignite.engine)) == set(ignite.engine.__all__)
    with pytest.raises(AttributeError, match="nothing"):
        ignite.engine.nothing  # noqa: B018


def test_importing_it_imports_no_torch():
    code = "import ignite.events, ignite.engine, sys; assert 'torch' not in sys.modules"
    assert run(code).returncode == 0


@pytest.mark.parametrize("name", ["create_supervised_trainer", "DeterministicEngine"])
def test_without_torch_the_remedy_is_told(name):
    shown = run(f"import sys; sys.modules['torch'] = None\nfrom ignite.engine import {name}")
    assert shown.returncode != 0
    assert 'pip install "ignite-engine[torch]"' in shown.stderr
