import os
import shutil
import sysconfig
from pathlib import Path

import pytest

from ignite.distributed.backends.mpi import MpiBackend
from ignite.distributed.interface import BackendUnavailable

collect_ignore_glob = ["scripts/*"]  # programs of their own, which have no examples to check

TOLD_BY_LAUNCHERS = ("OMPI_", "PMI_", "PMIX_", "PRTE_", "HYDRA_", "MPI_")
OPEN_MPI = {
    **{f"{name}_ALLOW_RUN_AS_ROOT": "1" for name in ("OMPI", "PRTE")},
    **{f"{name}_ALLOW_RUN_AS_ROOT_CONFIRM": "1" for name in ("OMPI", "PRTE")},
    "PRTE_MCA_rmaps_default_mapping_policy": ":oversubscribe",
    "PRTE_MCA_hwloc_default_binding_policy": "none",
}


@pytest.fixture(autouse=True)
def _environment(monkeypatch):
    """Start from the environment of a program that no launcher of MPI has started."""
    try:
        MpiBackend.check_available()
    except BackendUnavailable as error:
        pytest.skip(str(error))
    for name in [name for name in os.environ if name.startswith(TOLD_BY_LAUNCHERS)]:
        monkeypatch.delenv(name)
    for name, value in OPEN_MPI.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def mpiexec():
    beside = shutil.which("mpiexec", path=sysconfig.get_path("scripts"))
    found = beside or shutil.which("mpiexec")
    if found is None:
        pytest.skip("needs mpiexec: pip install mpich")
    return found


@pytest.fixture
def is_mpich(mpiexec):
    return Path(mpiexec).with_name("mpichversion").exists()


@pytest.fixture
def run(run_script):
    """Run a function of scripts/programs.py to its end."""

    def run(function, *args, **options):
        program = Path(__file__).parent / "scripts" / "programs.py"
        return run_script(program, function, *args, timeout=120, **options)

    return run


@pytest.fixture
def mpirun(run, mpiexec):
    """Run it in two ranks, or another number."""

    def mpirun(function, *args, size=2, **options):
        return run(function, *args, prefix=(mpiexec, "-n", str(size)), **options)

    return mpirun
