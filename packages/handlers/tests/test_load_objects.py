"""What is refused when a checkpoint is loaded, and that nothing is changed then."""

from __future__ import annotations

import contextlib
import copy
import os
import pickle

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ignite.handlers import (
    Checkpoint,
    CheckpointMismatchError,
    CheckpointNotFoundError,
    CheckpointReadError,
)


@pytest.fixture
def model():
    return torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.BatchNorm1d(3))


@pytest.fixture
def optimizer(model):
    return torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)


@pytest.fixture
def checkpoint(model, optimizer):
    return copy.deepcopy({"model": model.state_dict(), "optimizer": optimizer.state_dict()})


def changed(checkpoint):
    """Return the checkpoint with other values and the same shapes."""
    for value in checkpoint["model"].values():
        value += 1
    checkpoint["optimizer"]["param_groups"][0]["lr"] = 0.5
    return checkpoint


class Hostile:
    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return os.system, (f"touch {self.marker}",)


def test_a_hostile_pickle_runs_no_code(model, tmp_path):
    marker = tmp_path / "ran"
    torch.save({"model": Hostile(marker)}, tmp_path / "zip.pt")
    (tmp_path / "plain.pt").write_bytes(pickle.dumps(Hostile(marker)))
    torch.save(
        {"model": Hostile(marker)}, tmp_path / "old.pt", _use_new_zipfile_serialization=False
    )
    for path in tmp_path.glob("*.pt"):
        with pytest.raises(CheckpointReadError, match=path.name):
            Checkpoint.load_objects({"model": model}, path)
    assert not marker.exists()
    pickle.loads((tmp_path / "plain.pt").read_bytes())  # the test can fail: this one does run
    assert marker.exists()


@pytest.mark.parametrize(
    "content", [b"", b"x", b"PK\x03\x04", b"\x80\x02}q\x00.", os.urandom(4096)]
)
def test_what_is_no_checkpoint_is_refused(model, tmp_path, content):
    path = tmp_path / "foreign.pt"
    path.write_bytes(content)
    with pytest.raises((CheckpointReadError, CheckpointMismatchError)):
        Checkpoint.load_objects({"model": model}, path)


def test_files_of_other_kinds_are_refused(model, tmp_path):
    torch.save([1, 2], tmp_path / "list.pt")
    (tmp_path / "folder.pt").mkdir()
    for name in ("list.pt", "folder.pt"):
        with pytest.raises(CheckpointReadError, match=name):
            Checkpoint.load_objects({"model": model}, str(tmp_path / name))
    with pytest.raises(CheckpointNotFoundError, match="absent"):
        Checkpoint.load_objects({"model": model}, tmp_path / "absent.pt")


def test_a_truncated_file_is_refused_wherever_it_ends(model, optimizer, checkpoint, tmp_path):
    path = tmp_path / "checkpoint.pt"
    torch.save(checkpoint, path)
    whole = path.read_bytes()
    before = copy.deepcopy(model.state_dict())
    for length in range(0, len(whole), max(1, len(whole) // 50)):
        path.write_bytes(whole[:length])
        with pytest.raises(CheckpointReadError, match=r"checkpoint\.pt"):
            Checkpoint.load_objects({"model": model, "optimizer": optimizer}, path)
    torch.testing.assert_close(model.state_dict(), before, rtol=0, atol=0)


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_a_damaged_file_is_refused_or_loads(tmp_path_factory, data):
    model = torch.nn.Linear(2, 2)
    path = tmp_path_factory.mktemp("damaged") / "model.pt"
    torch.save({"model": model.state_dict()}, path)
    content = bytearray(path.read_bytes())
    for index in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=3)):
        content[index] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    with contextlib.suppress(CheckpointReadError, CheckpointMismatchError):
        Checkpoint.load_objects({"model": model}, path)


def without(state, *keys):
    for key in keys:
        del state["model"][key]


def with_key(state):
    state["model"]["extra"] = torch.zeros(1)


def with_shape(state):
    state["model"]["0.weight"] = torch.zeros(2, 2)


def with_number(state):
    state["model"]["0.bias"] = 3


def with_groups(state):
    state["optimizer"]["param_groups"][0]["params"].pop()


def as_list(state):
    state["model"] = [1]


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (lambda state: state.pop("model"), "model"),
        (lambda state: without(state, "0.weight"), "'0.weight' is missing"),
        (with_key, "'extra' is not wanted"),
        (with_shape, r"\(2, 2\) where \(3, 2\) is wanted"),
        (with_number, "not a tensor"),
        (with_groups, "optimizer"),
        (lambda state: state["optimizer"].pop("state"), "optimizer"),
        (as_list, "not a mapping"),
    ],
)
@pytest.mark.parametrize("order", [1, -1])
def test_what_does_not_fit_is_refused_and_all_is_as_it_was(
    model, optimizer, checkpoint, spoil, named, order
):
    spoil(changed(checkpoint))
    before = copy.deepcopy((model.state_dict(), optimizer.state_dict()))
    to_load = dict([("model", model), ("optimizer", optimizer)][::order])
    with pytest.raises(CheckpointMismatchError, match=named):
        Checkpoint.load_objects(to_load, checkpoint)
    after = (model.state_dict(), optimizer.state_dict())
    torch.testing.assert_close(after, before, rtol=0, atol=0)


def test_without_strict_names_may_differ_but_not_shapes(model, checkpoint):
    without(checkpoint, "0.weight")
    with_key(checkpoint)
    Checkpoint.load_objects({"model": model}, checkpoint["model"], strict=False)
    with_shape(checkpoint)
    with pytest.raises(CheckpointMismatchError, match="shape"):
        Checkpoint.load_objects({"model": model}, checkpoint, strict=False)


def test_modules_with_rules_of_their_own_decide_themselves(tmp_path):
    class Renaming(torch.nn.Linear):
        def _load_from_state_dict(self, state, prefix, *args):
            state[f"{prefix}weight"] = state.pop(f"{prefix}old_weight")
            super()._load_from_state_dict(state, prefix, *args)

    source, target = torch.nn.Linear(2, 2), Renaming(2, 2)
    state = {"old_weight": source.weight.detach(), "bias": source.bias.detach()}
    Checkpoint.load_objects({"model": target}, {"model": state})
    assert torch.equal(target.weight, source.weight)


def test_an_object_that_refuses_its_state_is_named(model):
    class Refusing:
        def load_state_dict(self, state):
            raise KeyError("epoch")

    with pytest.raises(CheckpointMismatchError, match=r"'trainer'.*Refusing.*epoch"):
        Checkpoint.load_objects({"trainer": Refusing()}, {"trainer": {}})


def test_a_single_object_takes_its_state_itself_or_by_name(model, checkpoint):
    for content in (checkpoint, checkpoint["model"]):
        for parameter in model.parameters():
            torch.nn.init.zeros_(parameter)
        Checkpoint.load_objects({"model": model}, content)
        assert torch.equal(model[0].weight, checkpoint["model"]["0.weight"])


def test_arguments_of_other_types_are_refused(model):
    with pytest.raises(TypeError, match="path or a mapping"):
        Checkpoint.load_objects({"model": model}, 3)
    with pytest.raises(TypeError, match="load_state_dict"):
        Checkpoint.load_objects({"model": 3}, {})
