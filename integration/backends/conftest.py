"""Makes the training script importable, to compare with what one process would do."""

import importlib
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def script():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(Path(__file__).parent)
        yield importlib.import_module("train")
