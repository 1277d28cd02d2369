"""The three programs that the project began with, as they were written."""

from __future__ import annotations

import pytest

import ignite.distributed as idist
from ignite.engine import Engine, Events


def test_an_engine_runs_a_function():
    data, seen = [1, 2, 3], []

    def process_function(engine, batch):
        seen.append(batch)

    engine = Engine(process_function)
    engine.run(data, max_epochs=50)

    assert seen == data * 50


def test_a_handler_of_an_event():
    engine, called = Engine(lambda engine, batch: None), []

    @engine.on(Events.STARTED)
    def handler():
        called.append(True)

    engine.run([0], max_epochs=2)
    assert called == [True]


def test_the_order_of_events_in_its_simplest_form():
    seen = []
    engine = Engine(lambda engine, batch: seen.append("process_function"))
    for event in (
        Events.COMPLETED,
        Events.EPOCH_COMPLETED,
        Events.ITERATION_COMPLETED,
        Events.ITERATION_STARTED,
        Events.EPOCH_STARTED,
        Events.STARTED,
    ):
        engine.add_event_handler(event, lambda engine, event=event: seen.append(event.name))
    engine.run(range(2), max_epochs=2)
    batch = ["ITERATION_STARTED", "process_function", "ITERATION_COMPLETED"]
    epoch = ["EPOCH_STARTED", *batch, *batch, "EPOCH_COMPLETED"]
    assert seen == ["STARTED", *epoch, *epoch, "COMPLETED"]


@pytest.mark.parametrize("backend", [None, "gloo"])
def test_a_function_runs_in_parallel(backend, capsys):
    config = {"expected": 1}

    def run(_, config):
        print("sum", idist.all_reduce(1), "expected", config["expected"])

    with idist.Parallel(backend=backend) as parallel:
        parallel.run(run, config)
    assert capsys.readouterr().out == "sum 1 expected 1\n"
