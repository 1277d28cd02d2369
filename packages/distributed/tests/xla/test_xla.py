"""Replicas on the CPU: training as in one process, threads that do not see each other's world."""

import pickle
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
import torch

from ignite.distributed.registry import available_backends

pytestmark = pytest.mark.skipif(
    "xla" not in available_backends(),
    reason="needs pip install torch==2.9.0 torch_xla==2.9.0",
)

SCENES = Path(__file__).with_name("scenes.py")
SIZES = [1, 2, 4]
TIMEOUT = 300
CPU = {"PJRT_DEVICE": "CPU"}


@pytest.fixture(scope="module")
def scenes():
    spec = spec_from_file_location("xla_scenes", SCENES)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module", params=SIZES)
def played(request, tmp_path_factory):
    """What each replica got in each scene."""
    path = tmp_path_factory.mktemp("xla") / "played"
    command = [sys.executable, str(SCENES), "play", str(request.param), str(path)]
    subprocess.run(command, check=True, timeout=TIMEOUT)
    results = pickle.loads(path.read_bytes())
    assert len(results) == request.param
    return results


def test_each_replica_has_its_own_world(played):
    size = len(played)
    elsewhere = "serial" if size > 1 else "xla"  # alone, a world is that of the whole process
    for rank, result in enumerate(played):
        place = (rank, rank, size, 1)
        assert result["where"] == (place, f"xla:{rank}", "xla", "xla-dist", [elsewhere])


@pytest.mark.parametrize(
    ("scene", "options", "tolerance"),
    [
        ("train", {}, 1e-6),
        ("train bfloat16", {"dtype": torch.bfloat16}, 0.05),
        ("train closure", {"closure": True}, 1e-6),
        ("train accumulate", {"accumulate": 2}, 1e-6),
    ],
)
def test_training_is_that_of_one_process(played, scenes, scene, options, tolerance):
    expected = scenes.train(**options)
    for result in played:
        for weights, same, alone in zip(result[scene], played[0][scene], expected, strict=True):
            assert torch.equal(weights, same)
            torch.testing.assert_close(weights, alone, rtol=0, atol=tolerance)


def test_loaders_raise_what_their_data_raises_and_may_be_left(played):
    size = len(played)
    raised = [result["load"][0] for result in played]
    assert raised.count("sample 7 is broken") == 1  # on the rank whose share it is in
    for rank, result in enumerate(played):
        assert result["load"][1:] == ([float(rank)] * 3, 100 // size, True)


def test_a_world_may_be_left_and_joined_again(played):
    total = len(played) * (2**53 + 1)
    assert [result["join again"] for result in played] == [(None, total)] * len(played)


def test_what_does_not_fit_is_refused(played):
    optim = "TypeError"
    model = None if len(played) == 1 else "TypeError"  # which alone is only moved
    for result in played:
        assert result["refuse"] == ["ValueError", "TypeError", None, model, optim]


def test_one_process_alone(run_script):
    done = run_script(SCENES, "alone", 1, timeout=TIMEOUT, **CPU)
    assert done.returncode == 0, done.stdout
    assert "0 ((0, 0, 1, 1), 'xla:0') torch.Size([8, 4])" in done.stdout


@pytest.mark.parametrize(
    ("how", "status", "told"),
    [
        ("raise", 1, "RuntimeError: rank 1 has had enough"),
        ("exit", 3, ""),
        ("leave", 1, "as rank 1 had not called it"),
    ],
)
def test_a_replica_that_ends_badly_ends_all(run_script, how, status, told):
    done = run_script(SCENES, how, 2, timeout=TIMEOUT, **CPU)
    assert done.returncode == status, done.stdout
    assert told in done.stdout
    assert done.stdout.count("Error: rank 1 has had enough") == (how == "raise")
