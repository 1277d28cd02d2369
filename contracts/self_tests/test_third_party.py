"""A third party's backend takes part in the suites with nothing of ours changed."""

import os
import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).parent.parent / "examples"


def test_the_example_passes_every_suite(tmp_path):
    run = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "--pyargs", "ignite_contracts.suites.backend"),
            *("--ignite-backend", "folder_backend:FolderBackend", "--ignite-world-sizes", "2"),
            *("--ignite-examples", "5", "--ignite-timeout", "3", "-q", "-p", "no:cacheprovider"),
        ],
        env={**os.environ, "PYTHONPATH": str(EXAMPLES)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert " failed" not in run.stdout
    assert "folder_backend:FolderBackend  2" in run.stdout
