"""Workers that measure, and workers that break."""

from __future__ import annotations

import sys

import pytest

from benchmarks.compare import measure
from benchmarks.environment import WorkerFailed, running
from benchmarks.row import OURS, Contender, Row


def contender(case, environment=OURS):
    return Contender(case, environment, "benchmarks.tests.cases", case)


@pytest.fixture(scope="module")
def worker():
    with running(OURS, sys.executable) as environment:
        yield environment


@pytest.fixture
def environments(worker):
    return {OURS: worker}


def test_contenders_take_turns_and_of_the_two_compared_so_does_who_comes_first(environments):
    names = ["counting", "counting_again", "counting_more"]
    against, ours, beside = map(contender, names)
    row = Row("what", ours, 1, against=(against,), beside=(beside,))
    samples = measure(row, environments, 3, 0.0).samples
    order = sorted((number, name) for name in names for number in samples[name])
    assert [name for _, name in order] == [
        *["counting", "counting_again", "counting_more"],
        *["counting_again", "counting", "counting_more"],
        *["counting", "counting_again", "counting_more"],
    ]


def test_a_row_may_want_fewer_rounds_but_never_gets_more(environments):
    for wanted, expected in [(None, 4), (2, 2), (9, 4)]:
        row = Row("what", contender("constant"), 1, rounds=wanted)
        assert measure(row, environments, 4, 0.0).samples == {"constant": [3.0] * expected}


def test_contenders_of_an_environment_that_is_not_there_are_left_out(environments):
    row = Row("what", contender("constant"), 1, against=(contender("printing", "elsewhere"),))
    assert measure(row, environments, 1, 0.0).samples == {"constant": [3.0]}


def test_a_case_is_prepared_once(worker):
    assert [worker.sample(contender("preparations"), 0.0) for _ in range(3)] == [1, 1, 1]


def test_what_a_case_prints_does_not_disturb(worker):
    assert worker.sample(contender("printing"), 0.0) == 1.0


def test_a_case_is_told_how_long_to_take(worker):
    assert worker.sample(contender("asked_seconds"), 0.25) == 0.25


def test_a_worker_computes_with_one_thread(worker):
    pytest.importorskip("torch")
    assert worker.sample(contender("torch_threads"), 0.0) == 1


def test_two_ranks_make_the_same_calls(worker):
    assert all(worker.sample(contender("two_ranks"), 0.01) > 0 for _ in range(3))


def test_a_worker_says_what_it_runs_on(worker):
    assert worker.description["python"] == sys.version.split()[0]
    assert worker.description["installed"]["pytest"] == pytest.__version__


def test_a_case_that_raises_is_reported_with_its_name_and_what_it_wrote():
    with running(OURS, sys.executable) as environment, pytest.raises(WorkerFailed) as failed:
        environment.sample(contender("raising"), 0.0)
    message = str(failed.value)
    assert "'ours' ended with status 1 while measuring benchmarks.tests.cases.raising" in message
    assert "about to break" in message
    assert "ValueError: the case is broken" in message


def test_a_worker_that_is_gone_stays_failed():
    with running(OURS, sys.executable) as environment:
        for _ in range(2):
            with pytest.raises(WorkerFailed, match="ended with status 7"):
                environment.sample(contender("exiting"), 0.0)


def test_a_worker_that_hangs_is_ended():
    with (
        running(OURS, sys.executable, patience=3.0) as environment,
        pytest.raises(WorkerFailed, match=r"status -9 while measuring .*hanging \(it has 3 s\)"),
    ):
        environment.sample(contender("hanging"), 0.0)


def test_an_interpreter_that_is_not_there_is_named():
    with (
        pytest.raises(WorkerFailed, match=r"of 'lightning' cannot start: .*no/python"),
        running("lightning", "/no/python"),
    ):
        pass


def test_an_environment_without_the_peer_is_refused():
    with (
        pytest.raises(WorkerFailed, match="no distribution 'pytorch-ignite'; pip install -r"),
        running("pytorch-ignite", sys.executable),
    ):
        pass
