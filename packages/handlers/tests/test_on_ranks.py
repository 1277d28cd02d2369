"""Worlds of real ranks: who writes, and how the ranks agree."""

from __future__ import annotations

import signal

import pytest
import torch

from ignite.distributed.testing import run_world
from ignite.handlers.testing import (
    log_on_ranks,
    preempt_on_ranks,
    save_gathered_on_ranks,
    save_on_ranks,
)


@pytest.mark.parametrize("save_on_rank", [0, 1])
def test_one_rank_saves_and_all_keep_the_record(tmp_path, save_on_rank):
    results = run_world(save_on_ranks, 2, str(tmp_path), save_on_rank)
    assert results == [
        (["model_6.pt"], str(tmp_path / "model_6.pt"), 2 if rank == save_on_rank else 0)
        for rank in range(2)
    ]
    assert torch.load(tmp_path / "model_6.pt")["weight"].item() == save_on_rank


def test_a_state_may_be_gathered_from_the_ranks(tmp_path):
    run_world(save_gathered_on_ranks, 2, str(tmp_path))
    assert torch.load(tmp_path / "gathered_1.pt") == {"ranks": [0, 1]}


@pytest.mark.parametrize(
    ("signals", "expected"),
    [
        ({1: signal.SIGTERM}, (2, signal.SIGTERM, True)),
        ({0: signal.SIGINT, 1: signal.SIGTERM}, (2, signal.SIGTERM, True)),
        ({}, (4, None, True)),
    ],
)
def test_the_ranks_end_together_when_any_was_signalled(signals, expected):
    assert run_world(preempt_on_ranks, 2, signals, 4) == [expected] * 2


def test_rank_0_alone_logs(tmp_path):
    pytest.importorskip("tensorboard")
    pytest.importorskip("tqdm")
    (files, screen), (no_files, no_screen) = run_world(log_on_ranks, 2, str(tmp_path))
    assert len(files) == 1
    assert screen > 0
    assert (no_files, no_screen) == ([], 0)
