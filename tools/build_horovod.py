"""Build a wheel of Horovod against the torch of this Python, once, and print the wheel's path.

PyPI has Horovod's source alone, whose last release does not build with the torch of today. This
fetches it, mends it by the few replacements below and builds it with PyTorch and Gloo, without
MPI, for the CPU. What was built is kept in a folder for the Python, the torch and the
replacements that it was built with, so that only the first call takes minutes.

    python -m pip install torch numpy cloudpickle psutil pyyaml packaging cffi setuptools wheel \
        "cmake<4"
    python -m pip install "$(python tools/build_horovod.py)"
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.metadata
import io
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import urllib.request
from pathlib import Path
from typing import NamedTuple

NAME, VERSION = "horovod", "0.28.1"
SHA256 = "92a43f5a94c43907a56805bad15f19700c62ffc83b7ca483f9e104e229f67ef0"
INDEX = f"https://pypi.org/simple/{NAME}/"
NEEDED = ["torch", "numpy", "cloudpickle", "psutil", "pyyaml", "packaging", "cffi", "setuptools"]
NEEDED += ["wheel", "cmake<4"]
CACHE = Path(__file__).resolve().parents[1] / ".nox" / NAME
OPTIONS = {
    "HOROVOD_WITH_PYTORCH": "1",
    "HOROVOD_WITH_GLOO": "1",
    "HOROVOD_WITHOUT_MPI": "1",
    "HOROVOD_WITHOUT_TENSORFLOW": "1",
    "HOROVOD_WITHOUT_MXNET": "1",
}


class Replacement(NamedTuple):
    """A text of one file that stands there exactly once, and what it becomes."""

    why: str
    path: str
    old: str
    new: str


REPLACEMENTS = [
    Replacement(
        "torch's headers need C++20",
        "CMakeLists.txt",
        "\nset(CMAKE_CXX_STANDARD 14)\n",
        "\nset(CMAKE_CXX_STANDARD 20)\n",
    ),
    Replacement(
        "torch's headers need C++20 in the extension, too",
        "horovod/torch/CMakeLists.txt",
        "set(CMAKE_CXX_STANDARD 14)",
        "set(CMAKE_CXX_STANDARD 20)",
    ),
    Replacement(
        "it is built for the CPU, also where torch is not and there is a CUDA compiler",
        "cmake/Modules/FindPytorch.cmake",
        'string(TOUPPER "${Pytorch_CUDA}" Pytorch_CUDA)',
        "set(Pytorch_CUDA FALSE)",
    ),
    Replacement(
        "no debug symbols, which make the wheel twenty times as large",
        "CMakeLists.txt",
        'string(REPLACE "-O2" "-O3" CMAKE_CXX_FLAGS_RELWITHDEBINFO',
        'string(REPLACE "-O2 -g" "-O2" CMAKE_CXX_FLAGS_RELWITHDEBINFO',
    ),
    Replacement(
        "the vector stays empty, so the check for stalled ranks finds none and waits for ever",
        "horovod/common/gloo/gloo_controller.cc",
        "global_ranks_.reserve(size_);",
        "global_ranks_.resize(size_);",
    ),
    Replacement(
        "a rank that does not come, or ends at once, aborts the others instead of raising",
        "horovod/common/operations.cc",
        """    global_gloo_context.Initialize(ParseGlooIface());
  }
  if (state.control_operation == LibType::GLOO) {
    // Initializes global controller
    state.process_set_table.Initialize(global_gloo_context);
  }
""",
        """    try {
      global_gloo_context.Initialize(ParseGlooIface());
      if (state.control_operation == LibType::GLOO) {
        state.process_set_table.Initialize(global_gloo_context);
      }
    } catch (const std::exception& ex) {
      LOG(ERROR) << "Horovod could not be initialized: " << ex.what();
      state.initialization_failed = true;
      return;
    }
  }
""",
    ),
    Replacement(
        "with process sets, the loss of a rank aborts the others instead of raising",
        "horovod/common/process_set.cc",
        """    while (true) {
      InitializeRegisteredAndRemoveMarkedIfReady_(context, status);
""",
        """    while (true) {
      try {
        InitializeRegisteredAndRemoveMarkedIfReady_(context, status);
      } catch (const std::exception&) {
        id_to_process_set_[id].Finalize(status);
        DeregisterProcessSet(id);
        id_to_be_removed_ = NO_PENDING_REMOVAL;
        break;
      }
""",
    ),
]


def main() -> None:
    """Print the path of the wheel, which is built if it is not there."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cache", type=Path, default=CACHE, help=f"default: {CACHE}")
    folder = parser.parse_args().cache / cache_key()
    if not any(folder.glob("*.whl")):
        _check_needed()
        with tempfile.TemporaryDirectory(prefix="horovod-") as scratch:
            source = _unpacked(_fetched(), Path(scratch))
            for replacement in REPLACEMENTS:
                replace_once(source, replacement)
            wheel = _built(source, Path(scratch))
            folder.mkdir(parents=True, exist_ok=True)
            # In one step: who looks meanwhile finds a whole wheel or none.
            shutil.copy(wheel, folder / "unfinished")
            (folder / "unfinished").replace(folder / wheel.name)
    sys.stdout.write(f"{next(folder.glob('*.whl'))}\n")


def cache_key() -> str:
    """Return what a wheel depends on, as the name of a folder."""
    changes = json.dumps([SHA256, OPTIONS, REPLACEMENTS]).encode()
    tag = f"{sys.implementation.cache_tag}-{sysconfig.get_platform()}"
    digest = hashlib.sha256(changes).hexdigest()[:16]
    return f"{tag}-torch{_version('torch') or _fail_for('torch')}-{digest}"


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _check_needed() -> None:
    missing = [name for name in NEEDED if _version(name.partition("<")[0]) is None]
    if missing:
        _fail_for(*missing)


def _fail_for(*missing: str) -> str:
    names = " ".join(f'"{name}"' for name in missing)
    sys.exit(f"Building {NAME} needs {names}: {sys.executable} -m pip install {names}")


def _fetched() -> bytes:
    """Return the source archive, as the package index has it."""
    accept = {"Accept": "application/vnd.pypi.simple.v1+json"}
    with urllib.request.urlopen(urllib.request.Request(INDEX, headers=accept)) as page:
        files = json.load(page)["files"]
    wanted = f"{NAME}-{VERSION}.tar.gz"
    (url,) = [file["url"] for file in files if file["filename"] == wanted]
    with urllib.request.urlopen(url) as response:
        archive: bytes = response.read()
    found = hashlib.sha256(archive).hexdigest()
    if found != SHA256:
        sys.exit(f"{url} has the SHA-256 {found}, not {SHA256}: it is not what was examined.")
    return archive


def _unpacked(archive: bytes, folder: Path) -> Path:
    with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        opened.extractall(folder, filter="data")
    return folder / f"{NAME}-{VERSION}"


def replace_once(source: Path, replacement: Replacement) -> None:
    """Change one file of a source tree, or end the program if it is not as it was expected."""
    path = source / replacement.path
    text = path.read_text()
    found = text.count(replacement.old)
    if found != 1:
        sys.exit(
            f"{replacement.path} has {found} times, not once, what was to be replaced so that "
            f"{replacement.why}:\n{replacement.old}"
        )
    path.write_text(text.replace(replacement.old, replacement.new))


def _built(source: Path, folder: Path) -> Path:
    """Return the wheel made from a source tree; its compiler's output is shown if it fails."""
    binaries = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {"MAKEFLAGS": f"-j{os.cpu_count()}", **os.environ, **OPTIONS, "PATH": binaries}
    command = [sys.executable, "-m", "pip", "wheel", "--verbose", "--no-deps"]
    result = subprocess.run(
        [*command, "--no-build-isolation", "--wheel-dir", str(folder), str(source)],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        sys.exit(f"{result.stdout}\nBuilding {NAME} failed.")
    (wheel,) = folder.glob("*.whl")
    return wheel


if __name__ == "__main__":
    main()
