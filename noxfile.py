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

import nox

nox.needs_version = ">=2025.2.9"
nox.options.sessions = ["lint", "types", "tests", "contracts", "event_sources"]
nox.options.error_on_missing_interpreters = True

ROOT = Path(__file__).parent
CACHE = ROOT / ".nox"
REPORTS = CACHE / "reports"
PACKAGES = ["events", "engine", "distributed", "metrics", "handlers"]
PORTIONS = [*(f"packages/{name}" for name in PACKAGES), "contracts"]
BACKENDS = ["serial", "gloo"]
PEERS = ["pytorch-ignite", "lightning"]
WITHOUT_TORCH = {"events", "engine"}
PROJECT = nox.project.load_toml(ROOT / "pyproject.toml")


def environment(session: nox.Session) -> str:
    """Return the Python of the shared environment; make it, or make it anew, if it must be."""
    sources = ["constraints.txt", "pyproject.toml", *(f"{p}/pyproject.toml" for p in PORTIONS)]
    wanted = nox.project.dependency_groups(PROJECT, "dev")
    editable = [argument for portion in PORTIONS for argument in ("-e", f"./{portion}")]
    return renewed(
        session,
        "shared",
        sources,
        ["-c", "constraints.txt", *wanted],
        ["--no-deps", "--no-build-isolation", *editable],
    )


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


@nox.session(venv_backend="none")
@nox.parametrize("package", [*PACKAGES, "contracts"], ids=[*PACKAGES, "contracts"])
def tests(session: nox.Session, package: str) -> None:
    """Run one package's own tests, and the examples in its docstrings."""
    portion = package if package == "contracts" else f"packages/{package}"
    apart = ["--ignore", "contracts/src/ignite_contracts/suites"]  # these have their own session
    report = f"tests-{package}"
    by_file = ["-n", "2", "--dist", "loadfile"]  # fixtures that cost are those of one file
    pytest(session, environment(session), report, portion, "--doctest-modules", *by_file, *apart)


@nox.session(venv_backend="none")
@nox.parametrize("backend", BACKENDS, ids=BACKENDS)
def contracts(session: nox.Session, backend: str) -> None:
    """Run the contract suites of backends against one of them."""
    suites = ["--pyargs", "ignite_contracts.suites.backend", "--ignite-backend", backend]
    pytest(session, environment(session), f"contracts-{backend}", *suites)


@nox.session(venv_backend="none")
def event_sources(session: nox.Session) -> None:
    """Run the contract suites of event sources against all that are registered."""
    suites = ["--pyargs", "ignite_contracts.suites.event_source", "-n", "2"]
    pytest(session, environment(session), "event-sources", *suites)


@nox.session(venv_backend="none")
def integration(session: nox.Session) -> None:
    """Run several packages together, as their users do."""
    pytest(session, environment(session), "integration", "integration", "benchmarks")


@nox.session(venv_backend="none")
def bench(session: nox.Session) -> None:
    """Measure a suite side by side with its peers: ``nox -s bench -- engine``."""
    python = environment(session)
    suite, *options = session.posargs or ["engine"]
    peers = [f"--peer={name}={peer(session, name)}" for name in PEERS]
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
    pytest(session, python, f"isolation-{package}", f"packages/{package}/tests")


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
