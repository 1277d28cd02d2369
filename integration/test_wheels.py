"""What the wheels hold: their portion, and nothing that hides another's."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PORTIONS = sorted(path.parent for path in ROOT.glob("packages/*/pyproject.toml"))


@pytest.mark.parametrize("portion", PORTIONS, ids=lambda path: path.name)
def test_a_wheel_is_one_typed_portion_of_the_namespace(portion, tmp_path):
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*build, "-w", str(tmp_path), str(portion)], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    files = zipfile.ZipFile(wheel).namelist()
    modules = [name for name in files if not name.split("/")[0].endswith(".dist-info")]
    assert {tuple(name.split("/")[:2]) for name in modules} == {("ignite", portion.name)}
    assert f"ignite/{portion.name}/py.typed" in files
    assert f"ignite/{portion.name}/interface.py" in files
    assert any(name.endswith("licenses/LICENSE") for name in files)
