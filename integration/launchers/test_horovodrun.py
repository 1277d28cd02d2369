"""The same training, started by horovodrun and by Parallel with Horovod."""

import dataclasses
import re
import sys
from pathlib import Path

import pytest

from ignite.distributed.interface import BackendUnavailable
from ignite.distributed.registry import load_backend

HOROVODRUN = (str(Path(sys.executable).with_name("horovodrun")), "--disable-cache")
HOROVOD = ("--backend=horovod", "--timeout=600")  # it must not be the timeout that ends it


@pytest.fixture(autouse=True, scope="module")
def _horovod():
    try:
        load_backend("horovod").check_available()
    except BackendUnavailable as error:
        pytest.skip(str(error))


def finished(started):
    """Return how a launch ended, without what horovodrun puts before each line."""
    ended = started.finish()
    plain = re.sub(r"^\[\d+\]<std(out|err)>:", "", ended.output, flags=re.MULTILINE)
    return dataclasses.replace(ended, output=plain)


@pytest.mark.parametrize(
    ("sizes", "hosts"), [([2], "localhost:2"), ([2, 1], "localhost:2,127.0.0.1:1")]
)
def test_horovodrun(start, check, sizes, hosts):
    launcher = (*HOROVODRUN, "-np", sum(sizes), "-H", hosts)
    ended = finished(start(*HOROVOD, prefix=launcher))
    check(ended.reports, sizes, backend="horovod")
    assert ended.status == 0, ended.output


@pytest.mark.parametrize("method", ["spawn", "fork", "forkserver"])
def test_new_processes(start, check, method):
    ended = start(*HOROVOD, "--nproc-per-node=2", f"--start-method={method}").finish()
    check(ended.reports, [2], backend="horovod")
    assert ended.status == 0, ended.output


def test_plain_python(start, check):
    ended = start(*HOROVOD).finish()
    check(ended.reports, [1], backend="horovod")
    assert ended.status == 0, ended.output


@pytest.mark.parametrize("others", ["--others-are-busy", "--on-rank=1"])  # or they wait for it
def test_a_rank_that_fails_ends_them_all(start, others):
    failing = (*HOROVOD, "--misbehaviour=fail", others)
    ended = finished(start(*failing, prefix=(*HOROVODRUN, "-np", 2)))
    assert ended.status != 0
    assert ended.output.count("ValueError: what went wrong") == 1
    assert not ended.reports


def test_ranks_of_horovodrun_start_no_processes(start):
    ended = finished(start(*HOROVOD, "--nproc-per-node=2", prefix=(*HOROVODRUN, "-np", 2)))
    assert ended.status != 0
    assert "ValueError: nproc_per_node starts processes, but horovodrun" in ended.output
