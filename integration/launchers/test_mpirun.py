"""The same training, started by the launchers of MPI."""

from __future__ import annotations

import shutil
import sysconfig

import pytest

from ignite.distributed.backends.mpi import MpiBackend
from ignite.distributed.interface import BackendUnavailable

MPI = ("--backend=mpi", "--timeout=600")
OPEN_MPI = {
    **{f"{name}_ALLOW_RUN_AS_ROOT": "1" for name in ("OMPI", "PRTE")},
    **{f"{name}_ALLOW_RUN_AS_ROOT_CONFIRM": "1" for name in ("OMPI", "PRTE")},
    "PRTE_MCA_rmaps_default_mapping_policy": ":oversubscribe",
    "PRTE_MCA_hwloc_default_binding_policy": "none",
}
MPI4PY = ("-m", "mpi4py")


@pytest.fixture(autouse=True)
def _mpi():
    try:
        MpiBackend.check_available()
    except BackendUnavailable as error:
        pytest.skip(str(error))


@pytest.fixture
def mpirun():
    beside = shutil.which("mpirun", path=sysconfig.get_path("scripts"))
    return beside or shutil.which("mpirun") or pytest.skip("needs mpirun: pip install mpich")


def test_plain_python(start, check):
    check(start(*MPI).finish().reports, [1], backend="mpi")


def test_new_processes(start, check):
    ended = start(*MPI, "--nproc-per-node=2", **OPEN_MPI).finish()
    check(ended.reports, [2], backend="mpi")
    assert ended.status == 0, ended.output


@pytest.mark.parametrize("launcher", [(), MPI4PY], ids=["python", "python -m mpi4py"])
def test_mpirun(start, check, mpirun, launcher):
    ended = start(*MPI, prefix=(mpirun, "-n", "3"), launcher=launcher, **OPEN_MPI).finish()
    check(ended.reports, [3], backend="mpi")
    assert ended.status == 0, ended.output


@pytest.mark.parametrize(
    ("misbehaviour", "status"), [("fail", 1), ("leave", 3), ("die", None)], ids=str
)
def test_a_rank_that_ends_ends_those_that_wait_for_it(start, mpirun, misbehaviour, status):
    prefix = (mpirun, "-n", "2")
    ended = start(*MPI, f"--misbehaviour={misbehaviour}", prefix=prefix, **OPEN_MPI).finish()
    assert ended.status == status or (status is None and ended.status != 0)
    assert ended.output.count("ValueError: what went wrong") == (misbehaviour == "fail")
    assert not ended.reports


def test_torchrun_has_no_world_of_mpi(start):
    torchrun = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2")
    ended = start(*MPI, launcher=torchrun).finish()
    assert "start it with the mpirun" in ended.output
    assert ended.status != 0
