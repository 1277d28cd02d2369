"""Starting the one training script in every way, and what it must report."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

SCRIPT = str(Path(__file__).parent / "train.py")
FOREIGN = ("RANK", "WORLD_SIZE", "LOCAL_", "GROUP_", "MASTER_", "SLURM_", "TORCHELASTIC_")
FOREIGN += ("GLOO_", "HOROVOD_", "OMPI_", "PMI", "PRTE_", "HYDRA_", "MPI_")
LIMIT = 90


@dataclass
class Ended:
    """What a launch came to: its status, all that it wrote, and the reports of its ranks."""

    status: int
    output: str

    @property
    def reports(self) -> list[dict]:
        return [json.loads(text) for text in self.output.splitlines() if text.startswith("{")]


class Started:
    """A launcher under way, with all the processes of its session."""

    def __init__(self, command: list[str], environment: dict[str, str], output: Path) -> None:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(FOREIGN)}
        self._output = output
        with output.open("w") as stream:
            self._process = subprocess.Popen(
                command,
                env={**kept, "OMP_NUM_THREADS": "1", **environment},
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def finish(self, timeout: float = LIMIT) -> Ended:
        """Wait for its end, and kill what is left of its session."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout)
        status = self._process.poll()
        self.kill()
        output = self._output.read_text()
        assert status is not None, f"it did not end within {timeout} s:\n{output}"
        return Ended(status, output)

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


@pytest.fixture
def start(tmp_path_factory):
    """Start ``python [launcher] train.py [arguments]``; what is left of it is killed in the end."""
    folder = tmp_path_factory.mktemp("output")
    with contextlib.ExitStack() as stack:

        def started(*arguments, launcher=(), prefix=(), **environment):
            command = [*prefix, sys.executable, *launcher, SCRIPT, *arguments]
            output = folder / str(len(list(folder.iterdir())))
            found = Started(list(map(str, command)), environment, output)
            stack.callback(found.kill)
            return found

        yield started


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@pytest.fixture
def check():
    return check_reports


def check_reports(reports: list[dict], sizes: list[int], **others: object) -> None:
    """Check that ranks on nodes of these sizes have reported, and all trained as they must."""
    world_size = sum(sizes)
    assert len(reports) == world_size
    reports = sorted(reports, key=lambda report: report["rank"])
    assert [report["rank"] for report in reports] == list(range(world_size))
    ranks = iter(reports)
    for node_rank, size in enumerate(sizes):
        for local_rank in range(size):
            report = next(ranks)
            expected = {
                "world_size": world_size,
                "local_rank": local_rank,
                "argument": local_rank,
                "nproc_per_node": size,
                "nnodes": len(sizes),
                "node_rank": node_rank,
                "sum": world_size * (world_size + 1) // 2,
                "maximum": (world_size - 1) / 2,
                "gathered": list(range(world_size)),
                **others,
            }
            assert {name: report[name] for name in expected} == expected
            assert report["weights"] == reports[0]["weights"]
    torch.testing.assert_close(
        torch.tensor(reports[0]["weights"]), trained(world_size), rtol=1e-4, atol=1e-5
    )


def trained(world_size: int, epochs: int = 2, steps: int = 6) -> torch.Tensor:
    """Return the weights that train.py must come to, by plain gradient descent."""
    torch.manual_seed(0)
    linear = torch.nn.Linear(4, 1)
    weights = torch.cat([linear.weight.detach()[0], linear.bias.detach()])
    data = []
    for rank in range(world_size):
        generator = torch.Generator().manual_seed(rank)
        data.append([torch.randn(3, 5, generator=generator) for _ in range(steps)])
    velocity = torch.zeros(5)
    for step in list(range(steps)) * epochs:
        gradients = []
        for batches in data:
            inputs = torch.cat([batches[step][:, :4], torch.ones(3, 1)], 1)
            wrong = inputs @ weights - batches[step][:, 4]
            gradients.append(2 / 3 * inputs.T @ wrong)
        velocity = 0.9 * velocity + torch.stack(gradients).mean(0)
        weights = weights - 0.1 * velocity
    return weights
