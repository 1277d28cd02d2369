"""The script that builds Horovod: it changes what it knows, and builds but once."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "tools" / "build_horovod.py"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("build_horovod", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("found", ["", "old\nold\n"])
def test_what_is_not_as_expected_is_not_changed(script, tmp_path, found):
    (tmp_path / "a.cc").write_text(found)
    replacement = script.Replacement("it works", "a.cc", "old", "new")
    with pytest.raises(SystemExit, match=r"a\.cc has [02] times, not once.*\n?.*it works"):
        script.replace_once(tmp_path, replacement)
    assert (tmp_path / "a.cc").read_text() == found


def test_what_stands_there_once_is_changed(script, tmp_path):
    (tmp_path / "a.cc").write_text("the old text")
    script.replace_once(tmp_path, script.Replacement("it works", "a.cc", "old", "new"))
    assert (tmp_path / "a.cc").read_text() == "the new text"


def test_a_wheel_that_was_built_is_found_again(script, tmp_path):
    wheel = tmp_path / script.cache_key() / "horovod-0.28.1-any.whl"
    wheel.parent.mkdir()
    wheel.touch()
    command = [sys.executable, str(SCRIPT), f"--cache={tmp_path}"]
    found = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
    assert found.stdout == f"{wheel}\n"
