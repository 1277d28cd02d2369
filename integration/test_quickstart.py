"""The quickstart as a newcomer uses and misuses it: every way to start, stop and resume it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

ROOT = Path(__file__).parent.parent
SCRIPT = str(ROOT / "examples" / "digits.py")
SHORT = ["--epochs", "3", "--processes", "1"]


def start(*arguments: object, launcher: tuple[str, ...] = ()) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *launcher, SCRIPT, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # so that a signal can reach all of it, as Ctrl-C does
    )


def finish(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=240)
    return process.returncode, out, err


def run(*arguments: object, launcher: tuple[str, ...] = ()) -> tuple[int, str, str]:
    return finish(start(*arguments, launcher=launcher))


def accuracy(text: str) -> float:
    return float(re.search(r"test accuracy ([\d.]+)", text)[1])


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """One full run with every default, on two processes."""
    output = tmp_path_factory.mktemp("runs")
    status, out, err = run("--output", output)
    assert status == 0, err
    return output / "digits-1", out


def test_it_learns_to_read_digits(whole):
    folder, out = whole
    assert accuracy(out) >= 0.97
    assert (folder / "report.txt").read_text() == out[out.index("test accuracy") :]


def test_it_leaves_pictures_checkpoints_and_scalars(whole):
    folder, _ = whole
    for picture in ("curves.png", "confusion_matrix.png"):
        assert (folder / picture).read_bytes().startswith(b"\x89PNG")
    assert len(list((folder / "best").iterdir())) == 1
    assert len(list((folder / "last").iterdir())) == 1
    scalars = EventAccumulator(str(folder / "tensorboard")).Reload()
    assert {"training/loss", "training/accuracy", "validation/loss", "validation/accuracy"} <= set(
        scalars.Tags()["scalars"]
    )
    losses = [point.value for point in scalars.Scalars("training/loss")]
    assert losses[-1] < losses[0] / 10


def test_a_run_that_is_complete_is_reported_again(whole):
    folder, out = whole
    epochs = int(re.search(r"(\d+) of at most", out)[1])
    status, again, err = run("--output", folder.parent, "--resume", "--epochs", epochs)
    assert status == 0, err
    assert accuracy(again) == accuracy(out)


def test_under_torchrun(tmp_path):
    launcher = ("-m", "torch.distributed.run", "--nproc_per_node", "2")
    status, out, err = run("--epochs", 3, "--output", tmp_path, launcher=launcher)
    assert status == 0, err
    assert out.count("test accuracy") == 1
    assert "2 process(es)" in out


def test_stopped_and_resumed_it_goes_on_with_the_next_epoch(tmp_path):
    arguments = ["--epochs", 4, "--processes", 1, "--output", tmp_path, "--name", "mine"]
    process = start(*arguments)
    wait_for(lambda: list((tmp_path / "mine").glob("last/*_1.pt")), process)
    os.killpg(process.pid, signal.SIGINT)
    status, stopped, err = finish(process)
    assert status == 130, err
    done = int(re.search(r"Stopped by SIGINT after epoch (\d) of 4", stopped)[1])
    status, resumed, err = run(*arguments, "--resume")
    assert status == 0, err
    epochs = [int(epoch) for epoch in re.findall(r"^epoch +(\d): ", resumed, re.MULTILINE)]
    assert epochs == list(range(done + 1, 5))
    scalars = EventAccumulator(str(tmp_path / "mine" / "tensorboard")).Reload()
    assert [point.step for point in scalars.Scalars("training/loss")] == [1, 2, 3, 4]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("to_all", [True, False], ids=["to all", "to the parent"])
def test_a_signal_ends_it_with_a_checkpoint_and_a_clear_last_line(tmp_path, number, to_all):
    process = start("--output", tmp_path, "--epochs", 200, "--patience", 200)
    wait_for(lambda: list(tmp_path.glob("digits-1/last/*.pt")), process)
    (os.killpg if to_all else os.kill)(process.pid, number)
    status, out, err = finish(process)
    assert status == 128 + number, err
    # Processes that were started here get SIGTERM from their parent, whichever it got itself.
    told = re.search(r"Stopped by SIG(INT|TERM) after epoch (\d+) of 200, which is saved", out)
    assert told[0] in out.splitlines()[-1]
    saved = [path.name for path in (tmp_path / "digits-1" / "last").iterdir()]
    assert saved == [f"checkpoint_{told[2]}.pt"]
    assert "Traceback" not in err


def test_killed_at_once_it_resumes_from_the_last_whole_checkpoint(tmp_path):
    process = start("--output", tmp_path, "--epochs", 200, "--processes", 1)
    wait_for(lambda: list(tmp_path.glob("digits-1/last/*_2.pt")), process)
    process.kill()
    finish(process)
    status, out, err = run("--output", tmp_path, "--resume", "--epochs", 6, "--processes", 1)
    assert status == 0, err
    assert "6 of at most 6 epochs" in out


def test_help_explains_every_option():
    status, out, _ = run("--help")
    assert status == 0
    options = re.findall(r"^  (--[\w-]+)", out, re.MULTILINE)
    assert len(options) >= 10
    for option in options:
        assert re.search(rf"{option}( \S+)?\s+\S.*\w", out), option


@pytest.mark.parametrize(
    "arguments",
    [
        ["--epochs", "0"],
        ["--epochs", "many"],
        ["--lr", "-1"],
        ["--lr", "nan"],
        ["--batch-size", "100000"],
        ["--processes", "0"],
        ["--unknown"],
        ["--backend", "pigeon"],
    ],
)
def test_options_out_of_range_are_one_line(tmp_path, arguments):
    status, out, err = run("--output", tmp_path / "runs", *arguments)
    assert status not in (0, None)
    assert out == ""
    assert len(err.splitlines()) == 1, err
    assert arguments[-1] in err or arguments[0] in err
    assert not (tmp_path / "runs").exists()


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize(
    "broken",
    [b"", b"no checkpoint at all", "truncated", "foreign"],
    ids=["empty", "text", "truncated", "foreign"],
)
def test_a_broken_checkpoint_is_one_line_and_nothing_is_overwritten(tmp_path, broken, saved_run):
    file = tmp_path / "mine" / "last" / "checkpoint_1.pt"
    file.parent.mkdir(parents=True)
    if broken == "truncated":
        file.write_bytes(saved_run[: len(saved_run) // 2])
    elif broken == "foreign":
        torch.save({"weights": torch.zeros(3)}, file)
    else:
        file.write_bytes(broken)
    before = contents(tmp_path)
    status, _, err = run("--output", tmp_path, "--resume", *SHORT)
    assert status == 1
    assert len(err.splitlines()) == 1, err
    assert "checkpoint_1.pt" in err
    assert contents(tmp_path) == before


@pytest.fixture(scope="module")
def saved_run(whole) -> bytes:
    (file,) = (whole[0] / "last").iterdir()
    return file.read_bytes()


def test_a_missing_checkpoint_is_one_line(tmp_path):
    for more in ([], ["--name", "nowhere"]):
        status, _, err = run("--output", tmp_path, "--resume", *more, *SHORT)
        assert status == 1
        assert len(err.splitlines()) == 1
        assert "no checkpoint to resume from" in err
    assert list(tmp_path.iterdir()) == []


def test_an_existing_run_is_not_overwritten(whole):
    folder, _ = whole
    before = contents(folder)
    status, _, err = run("--output", folder.parent, "--name", folder.name, *SHORT)
    assert status == 1
    assert len(err.splitlines()) == 1
    assert "exists already" in err
    assert contents(folder) == before


def wait_for(condition, process: subprocess.Popen[str], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise AssertionError(f"it did not come to that: {finish(process)}")
        time.sleep(0.02)
