"""A process that is killed at any moment leaves checkpoints that load."""

from __future__ import annotations

import json
import subprocess
import sys

# One process imports torch and forks the ones to be killed: that is quick.
SCRIPT = """
import json, os, random, signal, sys, time
from pathlib import Path
import torch
from ignite.events.testing import RecordingEventSource
from ignite.handlers import Checkpoint, DiskSaver

folder, kills = Path(sys.argv[1]), int(sys.argv[2])
torch.set_num_threads(1)
random.seed(0)

def save(steps, told=None):
    model = torch.nn.Linear(500, 500)
    source = RecordingEventSource()
    handler = Checkpoint({"model": model}, DiskSaver(folder, require_empty=False), n_saved=2)
    handler.load_state_dict({"_saved": sorted(
        (int(path.stem.split("_")[1]), path.name) for path in folder.glob("*.pt"))})
    for source.state.iteration in steps:
        torch.nn.init.constant_(model.weight, source.state.iteration)
        handler(source)
        if told is not None:
            os.write(told, b"%d\\n" % source.state.iteration)

def steps_that_load():
    steps = []
    for path in folder.glob("*.pt"):
        step = int(path.stem.split("_")[1])
        weight = torch.load(path)["weight"]
        assert (weight == step).all(), path
        steps.append(step)
    return sorted(steps)

step, unfinished = 0, 0
for _ in range(kills):
    hears, told = os.pipe()
    child = os.fork()
    if child == 0:
        save(range(step + 1, 10**9), told)
    os.close(told)
    os.read(hears, 1)  # at work
    time.sleep(random.uniform(0, 0.05))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(hears) as heard:
        reported = max(map(int, ("0" + heard.read()).split()))
    steps = steps_that_load()
    assert steps and steps[-1] >= reported, (steps, reported)
    step = steps[-1]
    unfinished += any(not path.name.endswith(".pt") for path in folder.iterdir())
save([step + 1])
print(json.dumps({"unfinished": unfinished, "step": step, "files": sorted(os.listdir(folder))}))
"""


def test_killed_at_any_moment(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path), "20"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["unfinished"] > 0  # some were killed in the midst of writing
    assert f"model_{seen['step'] + 1}.pt" in seen["files"]
    assert all(name.endswith(".pt") for name in seen["files"])
    assert len(seen["files"]) == 2
