"""The same training, started in every way that one machine has."""

from __future__ import annotations

import pytest

TORCHRUN = ("-m", "torch.distributed.run", "--nproc-per-node=2")
FORMER = ("-W", "ignore", "-m", "torch.distributed.launch", "--nproc-per-node=2")
STANDALONE = (*TORCHRUN, "--standalone")
GLOO = ("--backend=gloo", "--timeout=600")  # it must not be the timeout that ends it


def test_plain_python(start, check):
    for backend in ((), GLOO):
        reports = start(*backend).finish().reports
        check(reports, [1], backend="gloo" if backend else None)


@pytest.mark.parametrize("method", ["spawn", "fork", "forkserver"])
def test_new_processes(start, check, method):
    ended = start(*GLOO, "--nproc-per-node=2", f"--start-method={method}").finish()
    check(ended.reports, [2], backend="gloo")
    assert ended.status == 0


@pytest.mark.parametrize(
    ("launcher", "arguments"),
    [(STANDALONE, ()), (STANDALONE, ("--own-group",)), (FORMER, ())],
    ids=["torchrun", "torchrun with a group of one's own", "torch.distributed.launch"],
)
def test_launchers_of_torch(start, check, launcher, arguments, port):
    ports = () if launcher is STANDALONE else (f"--master-port={port}",)
    ended = start(*GLOO, *arguments, launcher=(*launcher, *ports)).finish()
    check(ended.reports, [2], backend="gloo")
    assert ended.status == 0, ended.output


def test_torchrun_on_nodes_of_unequal_size(start, check, port):
    sizes = [2, 1]
    nodes = [
        start(*GLOO, launcher=(*TORCHRUN[:2], f"--nproc-per-node={size}", *at(node, port)))
        for node, size in enumerate(sizes)
    ]
    ended = [node.finish() for node in nodes]
    check([*ended[0].reports, *ended[1].reports], sizes)
    assert [node.status for node in ended] == [0, 0]


def at(node, port):
    return f"--nnodes=2 --node-rank={node} --master-addr=127.0.0.1 --master-port={port}".split()


def test_variables_set_by_hand(start, check, port):
    ended = [rank.finish() for rank in by_hand(start, port)]
    check([*ended[0].reports, *ended[1].reports], [2])
    assert [rank.status for rank in ended] == [0, 0]


def by_hand(start, port, *arguments):
    place = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    return [start(*GLOO, *arguments, RANK=str(rank), **place) for rank in range(2)]


def test_a_rank_that_fails_ends_them_all_under_torchrun(start):
    alone = ("--misbehaviour=fail_amid_collective", "--others-are-busy")  # nobody else notices
    ended = start(*GLOO, *alone, launcher=STANDALONE).finish()
    assert ended.status == 1
    assert ended.output.count("ValueError: what went wrong") == 1
    assert not ended.reports


@pytest.mark.parametrize("misbehaviour", ["fail_amid_collective", "leave_amid_collective"])
def test_a_rank_that_fails_ends_amid_a_collective(start, port, misbehaviour):
    alone = (f"--misbehaviour={misbehaviour}", "--others-are-busy")
    _, failing = by_hand(start, port, *alone)
    ended = failing.finish()
    assert ended.status == 1
    told = ended.output.count("ValueError: what went wrong")
    assert told == (misbehaviour == "fail_amid_collective")


@pytest.mark.parametrize(("misbehaviour", "status"), [("fail", 1), ("leave", 3)])
def test_a_rank_that_ends_ends_those_that_wait_for_it(start, port, misbehaviour, status):
    ended = [rank.finish() for rank in by_hand(start, port, f"--misbehaviour={misbehaviour}")]
    assert [rank.status for rank in ended] == [1, status]
    assert "Error: " in ended[0].output
    assert "what went wrong" not in ended[0].output
