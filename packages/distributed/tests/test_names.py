"""Names that programs written for PyTorch-Ignite look for, and the command line."""

import subprocess
import sys

import pytest
import torch

import ignite.distributed as idist
from ignite.distributed.backends.torch_native import NcclBackend, torch_backend
from ignite.distributed.comp_models import setup_available_computation_models
from ignite.distributed.comp_models.base import ComputationModel
from ignite.distributed.interface import Backend, BackendUnavailable


def test_models_are_backends():
    assert idist.model_name() == "serial"
    assert ComputationModel is Backend
    models = idist.registered_computation_models
    assert models == setup_available_computation_models()
    assert all(issubclass(kind, ComputationModel) for kind in models)


@pytest.mark.parametrize("name", ["auto", "comp_models", "launcher", "utils"])
def test_modules_are_there_without_an_import_of_their_own(name):
    assert getattr(idist, name).__name__ == f"ignite.distributed.{name}"


def test_what_is_supported_is_asked_when_asked_for():
    assert idist.has_native_dist_support is torch.distributed.is_available()
    assert idist.has_xla_support is False
    assert idist.has_hvd_support is False


def test_the_local_rank_of_a_group_that_the_user_made(monkeypatch):
    monkeypatch.setattr("ignite.distributed._current._local_rank", None)
    store = torch.distributed.HashStore()
    torch.distributed.init_process_group("gloo", store=store, rank=0, world_size=1)
    try:
        assert (idist.model_name(), idist.get_local_rank()) == ("native-dist", 0)
        idist.set_local_rank(3)
        idist.sync(temporary=True)
        assert idist.get_local_rank() == 3
    finally:
        torch.distributed.destroy_process_group()
    assert idist.get_local_rank() == 0
    for wrong in (-1, True, "0"):
        with pytest.raises(ValueError, match="local rank"):
            idist.set_local_rank(wrong)


def test_whatever_torch_offers_is_a_backend():
    assert {"gloo", "nccl", "xccl", "ucc"} <= set(idist.all_backends())
    assert "mpi" not in torch.distributed.Backend.backend_list or "fake" not in idist.all_backends()
    assert torch_backend("nccl") is NcclBackend
    xccl = torch_backend("xccl")
    assert (xccl.name, xccl.transport, xccl.device_type) == ("xccl", "xccl", "xpu")
    assert torch_backend("xccl") is xccl
    with pytest.raises(BackendUnavailable, match="xccl"):
        idist.initialize("xccl")


def doctor(tmp_path=None):
    return subprocess.run(
        [sys.executable, "-m", "ignite.distributed", "doctor"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=120,
    )


def test_the_doctor_tells_what_can_run_here_and_why_not():
    told = doctor()
    assert told.returncode == 0, told.stderr
    lines = {line.split()[0]: line for line in told.stdout.splitlines() if line[:1].strip()}
    assert set(idist.all_backends()) <= set(lines)
    for name in idist.all_backends():
        assert lines[name].split()[1] == ("yes" if name in idist.available_backends() else "no")
    assert "pytorch.org" in told.stdout or len(idist.available_backends()) > 3
    assert "ignite      ok" in told.stdout


def test_the_doctor_finds_another_owner_of_the_name(tmp_path):
    (tmp_path / "ignite").mkdir()
    (tmp_path / "ignite" / "__init__.py").write_text("")
    told = doctor(tmp_path)
    assert told.returncode != 0


def test_the_command_line_wants_a_command():
    told = subprocess.run(
        [sys.executable, "-m", "ignite.distributed"], capture_output=True, text=True
    )
    assert told.returncode == 2
    assert "usage" in told.stderr
