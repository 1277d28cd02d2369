"""The package as it is installed: light, complete, alone."""

import subprocess
import sys

import ignite.events


def test_every_public_name_is_there():
    assert set(ignite.events.__all__) == set(ignite.events.interface.__all__)
    assert all(hasattr(ignite.events, name) for name in ignite.events.__all__)


def test_importing_it_imports_nothing_heavy():
    code = "import ignite.events, sys; print([m for m in ('torch', 'numpy') if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_another_owner_of_the_name_is_told(tmp_path):
    (tmp_path / "ignite").mkdir()
    (tmp_path / "ignite" / "__init__.py").write_text(
        f"__path__ += {list(ignite.__path__)!r}\n"  # as if both were unpacked into one folder
    )
    shown = subprocess.run(
        [sys.executable, "-c", "import ignite.events"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert shown.returncode != 0
    assert "ImportError: Another distribution owns the name 'ignite'" in shown.stderr
    assert str(tmp_path / "ignite" / "__init__.py") in shown.stderr
    assert "pip uninstall pytorch-ignite" in shown.stderr
