"""The package's surface."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys

import pytest

import ignite.handlers

MODULES = ["ignite.handlers"] + [
    module.name for module in pkgutil.walk_packages(ignite.handlers.__path__, "ignite.handlers.")
]


@pytest.mark.parametrize("name", MODULES)
def test_every_public_name_is_there(name):
    module = importlib.import_module(name)
    for public in getattr(module, "__all__", ()):
        assert getattr(module, public) is not None


def test_the_names_are_sorted_and_listed():
    assert sorted(ignite.handlers.__all__) == ignite.handlers.__all__
    assert dir(ignite.handlers) == ignite.handlers.__all__
    assert not hasattr(ignite.handlers, "nothing")


def test_importing_it_imports_no_optional_package():
    code = (
        "import torch, sys; before = set(sys.modules); import ignite.handlers.checkpoint, "
        "ignite.handlers.param_scheduler, ignite.handlers.tensorboard_logger, "
        "ignite.handlers.tqdm_logger, ignite.handlers.preemption, ignite.handlers.early_stopping; "
        "print([m for m in sys.modules if m.split('.')[0] in ('tensorboard', 'tqdm') "
        "and m not in before])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout == "[]\n"
