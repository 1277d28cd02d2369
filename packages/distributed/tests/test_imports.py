import subprocess
import sys

import pytest

import ignite.distributed as idist


def run(code, *path):
    environment = {"PYTHONPATH": ":".join(map(str, path))} if path else {}
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, timeout=60
    )


def test_every_public_name_is_there():
    assert idist.__all__ == sorted(idist.__all__)
    for name in idist.__all__:
        assert callable(getattr(idist, name))


def test_unknown_names():
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        idist.nonsense  # noqa: B018


@pytest.mark.parametrize("module", ["ignite.distributed", "ignite.distributed.interface"])
def test_torch_is_not_imported_in_advance(module):
    result = run(f"import {module}, sys; assert 'torch' not in sys.modules")
    assert result.returncode == 0, result.stderr


def test_it_adds_next_to_nothing_to_torch():
    code = """
import time, torch
begin = time.perf_counter()
import ignite.distributed as idist
idist.get_rank(), idist.Parallel, idist.all_reduce(1)
print(time.perf_counter() - begin)
"""
    assert float(run(code).stdout) < 0.3  # of which most is loaded at the first call


def test_another_owner_of_the_name_is_told(tmp_path):
    (tmp_path / "ignite").mkdir()
    init = tmp_path / "ignite" / "__init__.py"
    ours = idist.__path__[0].removesuffix("/distributed")
    init.write_text(f"__path__.append({ours!r})")  # as when one package is put over the other
    result = run("import ignite.distributed", tmp_path)
    assert "ImportError" in result.stderr
    assert str(init) in result.stderr
    assert "pip uninstall pytorch-ignite" in result.stderr
