"""What is on the disk after a save that worked and after one that did not."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import stat
import tempfile
from pathlib import Path

import pytest
import torch

from ignite.events.interface import Events
from ignite.events.testing import RecordingEventSource
from ignite.handlers import Checkpoint, CheckpointWriteError, DiskSaver


def content(folder):
    return sorted(path.name for path in folder.iterdir())


@contextlib.contextmanager
def file_size_limit(size):
    """Let files grow to ``size`` bytes only, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextlib.contextmanager
def read_only(folder):
    """Take the right to write in ``folder`` from this process, also from root."""
    folder.chmod(0o555)
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)
        folder.chmod(0o755)


class Dying:
    """Cannot be pickled, which comes out after part of the file is written."""

    def __reduce__(self):
        raise ZeroDivisionError("a save function that dies")


@pytest.mark.parametrize("size", [0, 1, 1000, 100_000])
def test_a_full_disk_leaves_the_previous_checkpoint(tmp_path, size):
    saver = DiskSaver(tmp_path)
    saver({"weight": torch.ones(4)}, "model.pt")
    with file_size_limit(size), pytest.raises(CheckpointWriteError, match=r"model\.pt.*too large"):
        saver({"weight": torch.zeros(1_000_000)}, "model.pt")
    assert content(tmp_path) == ["model.pt"]
    assert torch.equal(torch.load(tmp_path / "model.pt")["weight"], torch.ones(4))


def test_a_full_disk_removes_no_older_checkpoint(tmp_path):
    model = torch.nn.Linear(300, 300)
    handler = Checkpoint({"model": model}, tmp_path, n_saved=2)
    source = RecordingEventSource()
    source.add_event_handler(Events.EPOCH_COMPLETED, handler)
    source.run([1], epochs=3)
    with file_size_limit(1000), pytest.raises(CheckpointWriteError):
        source.run([1], epochs=4)
    assert content(tmp_path) == ["model_2.pt", "model_3.pt"]
    assert handler.last_checkpoint == tmp_path / "model_3.pt"
    source.run([1], epochs=5)
    assert content(tmp_path) == ["model_3.pt", "model_5.pt"]


def test_a_read_only_folder_is_named():
    folder = Path(tempfile.mkdtemp())
    try:
        saver = DiskSaver(folder)
        saver({}, "old.pt")
        with read_only(folder):
            with pytest.raises(CheckpointWriteError, match="Permission denied"):
                saver({}, "new.pt")
            with pytest.raises(CheckpointWriteError, match="Permission denied"):
                saver.remove("old.pt")
            with pytest.raises(CheckpointWriteError, match="could not be made"):
                DiskSaver(folder / "sub")
        assert content(folder) == ["old.pt"]
    finally:
        shutil.rmtree(folder)


def test_a_vanished_folder_is_named(tmp_path):
    saver = DiskSaver(tmp_path / "runs")
    shutil.rmtree(tmp_path / "runs")
    with pytest.raises(CheckpointWriteError, match="No such file"):
        saver({}, "model.pt")
    assert content(tmp_path) == []


def test_a_name_that_is_taken_by_a_folder_is_refused(tmp_path):
    (tmp_path / "model.pt").mkdir()
    saver = DiskSaver(tmp_path, require_empty=False)
    with pytest.raises(CheckpointWriteError, match=r"model\.pt"):
        saver({}, "model.pt")
    assert content(tmp_path) == ["model.pt"]


@pytest.mark.parametrize("kwargs", [{}, {"_use_new_zipfile_serialization": False}])
def test_a_save_that_dies_leaves_nothing(tmp_path, kwargs):
    saver = DiskSaver(tmp_path, **kwargs)
    saver({"weight": 1}, "model.pt")
    with pytest.raises(CheckpointWriteError, match="a save function that dies"):
        saver({"weight": torch.zeros(10_000), "more": Dying()}, "model.pt")
    assert content(tmp_path) == ["model.pt"]
    assert torch.load(tmp_path / "model.pt") == {"weight": 1}


def test_an_interrupted_save_leaves_nothing(tmp_path):
    class Interrupting:
        def __reduce__(self):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        DiskSaver(tmp_path)({"x": Interrupting()}, "model.pt")
    assert content(tmp_path) == []


def test_what_another_writer_has_unfinished_is_left_to_it(tmp_path):
    saver, other = DiskSaver(tmp_path), DiskSaver(tmp_path)

    class Meanwhile:
        def __reduce__(self):
            other({"other": 1}, "other.pt")
            return dict, ()

    saver({"x": Meanwhile()}, "model.pt")
    assert content(tmp_path) == ["model.pt", "other.pt"]


def test_files_have_the_rights_that_the_user_gives(tmp_path):
    saver = DiskSaver(tmp_path)
    for umask, mode in ((0o022, 0o644), (0o077, 0o600)):
        previous = os.umask(umask)
        try:
            saver({}, f"{umask}.pt")
        finally:
            os.umask(previous)
        assert stat.S_IMODE((tmp_path / f"{umask}.pt").stat().st_mode) == mode


def test_without_atomic_the_file_is_written_in_place(tmp_path):
    saver = DiskSaver(tmp_path, atomic=False)
    saver({"weight": 1}, "model.pt")
    assert torch.load(tmp_path / "model.pt") == {"weight": 1}
    with pytest.raises(CheckpointWriteError):
        saver({"x": Dying()}, "model.pt")


def test_a_folder_with_checkpoints_is_refused_unless_told(tmp_path):
    (tmp_path / "notes.txt").touch()
    DiskSaver(tmp_path)({}, "old.pt")
    with pytest.raises(ValueError, match=r"old\.pt"):
        DiskSaver(tmp_path)
    DiskSaver(tmp_path, require_empty=False)
    with pytest.raises(ValueError, match="no folder"):
        DiskSaver(tmp_path / "new", create_dir=False)
    with pytest.raises(ValueError, match="no folder"):
        DiskSaver(tmp_path / "old.pt")
    assert DiskSaver(tmp_path / "a" / "b").dirname.is_dir()


def test_removing_what_is_gone_is_harmless(tmp_path):
    DiskSaver(tmp_path).remove("gone.pt")
