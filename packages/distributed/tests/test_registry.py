import sys
import textwrap

import pytest

import ignite.distributed as idist
from ignite.distributed.interface import BackendUnavailable
from ignite.distributed.registry import load_backend


def test_ours_are_registered_as_anybodys():
    assert {"serial", "gloo"} <= set(idist.all_backends())
    assert list(idist.all_backends()) == sorted(idist.all_backends())


def test_some_run_everywhere():
    assert {"serial", "gloo"} <= set(idist.available_backends()) <= set(idist.all_backends())


def test_a_name_stands_for_a_class():
    by_path = load_backend("ignite.distributed.backends.torch_native:GlooBackend")
    assert load_backend("gloo") is by_path


def test_unknown_names():
    with pytest.raises(ValueError, match=r"Unknown backend 'glue'; known are .*gloo.*serial"):
        load_backend("glue")


@pytest.mark.parametrize(
    ("path", "error", "message"),
    [
        ("no.such.module:Backend", BackendUnavailable, "cannot be imported"),
        ("ignite.distributed.utils:Backend", ValueError, "has no class 'Backend'"),
        ("ignite.distributed.utils:barrier", TypeError, "no subclass"),
    ],
)
def test_paths_that_lead_nowhere(path, error, message):
    with pytest.raises(error, match=message):
        load_backend(path)


@pytest.fixture
def pigeons(tmp_path, monkeypatch):
    """A third party's backend, from a module on the path."""
    code = """
        from ignite.distributed.backends.serial import SerialBackend
        from ignite.distributed.interface import BackendUnavailable

        class PigeonBackend(SerialBackend):
            name = "pigeon"
            flock = None

            @classmethod
            def adopt(cls):
                return cls.flock

            @classmethod
            def check_available(cls):
                raise BackendUnavailable("No pigeons; buy some.")
    """
    (tmp_path / "pigeons.py").write_text(textwrap.dedent(code))
    monkeypatch.syspath_prepend(tmp_path)
    yield "pigeons:PigeonBackend"
    sys.modules["pigeons"].PigeonBackend.flock = None


def test_a_class_of_a_third_party(pigeons):
    idist.initialize(pigeons)
    assert idist.backend() == "pigeon"
    idist.finalize()
    assert idist.backend() is None


def test_what_a_loaded_class_finds_is_adopted(pigeons):
    kind = load_backend(pigeons)
    kind.flock = kind()
    assert idist.backend() == "pigeon"
    kind.flock = None
    assert idist.backend() is None


def test_parallel_says_at_once_what_cannot_run(pigeons):
    with pytest.raises(BackendUnavailable, match="buy some"):
        idist.Parallel(backend=pigeons, nproc_per_node=2)
